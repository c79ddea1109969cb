import { BUILT_IN_ROLES, type RoleAssignment } from './access.ts';
import type { App } from './apps.ts';
import type { PublishedPackage } from './answerKudu.ts';
import type { SentDeployment, StoredResource } from './template.ts';

export interface Stack extends SentDeployment {
  readonly body: Readonly<Record<string, unknown>>;
  readonly tags: Readonly<Record<string, string>>;
  provisioningState: 'deploying' | 'succeeded' | 'failed' | 'deleting';
  outputs: Readonly<Record<string, unknown>>;
  /** The ids of the resources that it has made. */
  readonly managed: Set<string>;
  error?: object;
}

/** An operation that continues after its request. Each poll runs `step`, until that returns the final status. */
export interface Operation {
  readonly step: () => 'Running' | 'Succeeded' | 'Failed';
  status: 'Running' | 'Succeeded' | 'Failed';
  readonly result: () => object;
}

/** Faults that a test injects. */
export interface ArmFaults {
  /** How many of the next requests get status 429. */
  throttled: number;
  /** How many of the next requests get status 503. */
  unavailable: number;
  /** How many of the next connections close without an answer. */
  reset: number;
  /** The symbol of a template's resource that fails to deploy, for as long as it is set. */
  failingResource: string | undefined;
  /** Kudu's final status of the next packages; 4 is success. */
  packageStatus: number;
  /** How many of the next packages the app may not store yet. */
  forbiddenPackages: number;
  /** How many of the next packages the app refuses, since it takes another one. */
  busyPackages: number;
  /** The deployment endpoint takes nothing from the deployer's address. */
  scmIsClosed: boolean;
  /** The app's identity may not read the vault. */
  vaultRefusesApp: boolean;
  /** After a stack is sent, no token for a resource that nobody has asked for before. */
  assertionExpires: boolean;
}

/** What the region of the tests offers to the subscription. */
interface Region {
  flexConsumption: boolean;
  flexConsumptionZones: boolean;
  cosmosDb: boolean;
  cosmosDbZones: boolean;
  /** Cores of Flex Consumption. */
  coreLimit: number;
  storageAccounts: number;
  storageAccountLimit: number;
}

/** Everything that the server stores. */
export interface ArmState {
  readonly groups: Map<string, { readonly location?: string }>;
  readonly resources: Map<string, StoredResource>;
  readonly stacks: Map<string, Stack>;
  readonly operations: Map<string, Operation>;
  readonly apps: Map<string, App>;
  /** The secrets of the vault, by name. */
  readonly secrets: Map<string, string>;
  readonly packages: PublishedPackage[];
  /** The roles of the signed-in identity. */
  assignments: readonly RoleAssignment[];
  /** The registered resource providers, in small letters; `undefined` if every one is. */
  providers: Set<string> | undefined;
  readonly region: Region;
  /** The tables of every workspace that have received a record. */
  readonly tables: Set<string>;
  /** The roles in a token of the API; `undefined` if the identity gets none. */
  apiRoles: readonly string[] | undefined;
  readonly faults: ArmFaults;
  /** How often a client has read a stack. */
  stackReads: number;
  /** How often a client has sent a stack. */
  stackWrites: number;
}

const OWNER = BUILT_IN_ROLES.filter(({ roleName }) =>
  ['Owner', 'Key Vault Secrets User'].includes(roleName),
);

/** A subscription that is in use, and an identity that may do everything in it. */
export function createArmState(secrets: Map<string, string>): ArmState {
  return {
    groups: new Map(),
    resources: new Map(),
    stacks: new Map(),
    operations: new Map(),
    apps: new Map(),
    secrets,
    packages: [],
    assignments: OWNER.map((role) => ({ role, scope: '/' })),
    providers: undefined,
    region: {
      flexConsumption: true,
      flexConsumptionZones: true,
      cosmosDb: true,
      cosmosDbZones: true,
      coreLimit: 250,
      storageAccounts: 0,
      storageAccountLimit: 250,
    },
    tables: new Set(),
    apiRoles: ['Devices.ReadWrite.All', 'Access.Decide'],
    stackReads: 0,
    stackWrites: 0,
    faults: {
      throttled: 0,
      unavailable: 0,
      reset: 0,
      failingResource: undefined,
      packageStatus: 4,
      forbiddenPackages: 0,
      busyPackages: 0,
      scmIsClosed: false,
      vaultRefusesApp: false,
      assertionExpires: false,
    },
  };
}

/** Whether the subscription is registered for the provider, such as `Microsoft.Web`. */
export function isRegistered({ providers }: ArmState, namespace: string): boolean {
  return providers === undefined || providers.has(namespace.toLowerCase());
}
