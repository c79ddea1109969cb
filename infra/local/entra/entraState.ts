import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../../../shared/base/jsonObject.ts';

/** The permissions of Graph that the registration of an application needs. */
export type GraphPermission =
  | 'Application.Read.All'
  | 'Application.ReadWrite.All'
  | 'AppRoleAssignment.ReadWrite.All';

/** Who signs in, and whom roles are assigned to. */
export interface Principal {
  /** The id of the object. */
  readonly id: string;
  readonly kind: 'User' | 'ServicePrincipal';
  readonly permissions: readonly GraphPermission[];
}

/** A role or a scope, as it is stored. */
export interface Entitlement extends JsonObject {
  readonly id: string;
  readonly value: string;
  readonly isEnabled: boolean;
}

export interface StoredApi extends JsonObject {
  readonly requestedAccessTokenVersion: number | null;
  readonly oauth2PermissionScopes: readonly Entitlement[];
  readonly preAuthorizedApplications: readonly {
    readonly appId: string;
    readonly delegatedPermissionIds: readonly string[];
  }[];
}

export interface StoredApplication extends JsonObject {
  readonly id: string;
  readonly appId: string;
  readonly uniqueName: string | null;
  readonly identifierUris: readonly string[];
  readonly appRoles: readonly Entitlement[];
  readonly api: StoredApi;
}

export interface StoredServicePrincipal {
  readonly id: string;
  readonly appId: string;
}

export interface StoredAssignment {
  readonly id: string;
  readonly principalId: string;
  readonly resourceId: string;
  readonly appRoleId: string;
}

/** A tenant. */
export interface EntraState {
  readonly tenantId: string;
  readonly principals: Map<string, Principal>;
  readonly applications: Map<string, StoredApplication>;
  readonly servicePrincipals: Map<string, StoredServicePrincipal>;
  readonly assignments: StoredAssignment[];
  /** How many more requests each new object is unknown for: Entra replicates objects within seconds. */
  readonly lags: Map<string, number>;
}

export function createEntraState(): EntraState {
  return {
    tenantId: randomUUID(),
    principals: new Map(),
    applications: new Map(),
    servicePrincipals: new Map(),
    assignments: [],
    lags: new Map(),
  };
}

/** Whether a replica that has not heard of the object answers this request. */
export function isLagging({ lags }: EntraState, id: string): boolean {
  const left = lags.get(id) ?? 0;
  if (left > 0) lags.set(id, left - 1);
  return left > 0;
}
