import type { Role } from '../../../shared/core/ports/tokens.ts';

/** A role of the application (learn.microsoft.com/graph/api/resources/approle). */
export interface AppRole {
  readonly id: string;
  readonly value: string;
  readonly displayName: string;
  readonly description: string;
  readonly isEnabled: boolean;
  readonly allowedMemberTypes: readonly string[];
}

/** A delegated permission of the application (learn.microsoft.com/graph/api/resources/permissionscope). */
export interface PermissionScope {
  readonly id: string;
  readonly value: string;
  readonly type: string;
  readonly isEnabled: boolean;
  readonly adminConsentDisplayName: string;
  readonly adminConsentDescription: string;
}

/** An application that gets tokens for this one without asking the user. */
export interface PreAuthorizedApplication {
  readonly appId: string;
  readonly delegatedPermissionIds: readonly string[];
}

/**
 * The Azure CLI in every tenant. Unless it is pre-authorised, a signed-in user gets no token for the API: AADSTS65001
 * or AADSTS650057 (github.com/Azure/azure-cli/issues/15056 and 31051).
 */
export const AZURE_CLI = '04b07795-8ddb-461a-bbee-02f9e1bf7b46';

/**
 * 2: tokens have the issuer `https://login.microsoftonline.com/{tenant}/v2.0` and the audience `{appId}`. The default
 * is 1, with the issuer `https://sts.windows.net/{tenant}/`, and the API rejects each of those tokens
 * (learn.microsoft.com/entra/identity-platform/access-tokens).
 */
export const TOKEN_VERSION = 2;

interface RoleText {
  /** Never changes: an assignment names the role by its id. */
  readonly id: string;
  readonly displayName: string;
  readonly description: string;
}

/** INVARIANT: one entry for each role of the code; its type demands it. */
const ROLE_TEXTS: Readonly<Record<Role, RoleText>> = {
  'Devices.Read.All': {
    id: 'e28a51ba-f23a-4314-bebd-19c8b72457b6',
    displayName: 'Read all devices',
    description: 'Read enrolled devices, their compliance and decisions',
  },
  'Devices.ReadWrite.All': {
    id: 'cb3395dc-a70a-4933-b164-dffd34bb5df1',
    displayName: 'Enrol and remove devices',
    description: 'Read, enrol, change and remove devices',
  },
  'Access.Decide': {
    id: '3931d122-5148-4852-b8c9-ecb8a2bc59ff',
    displayName: 'Ask for access decisions',
    description: 'Ask whether a device may connect; for gateways and proxies',
  },
  'Nac.Query': {
    id: '2d6c71be-30ca-4c8e-936c-6001d8b6ba92',
    displayName: 'Ask as a network access control',
    description: 'Ask whether a device is managed and compliant, and nothing else',
  },
  'Telemetry.Write': {
    id: '3567c9ae-3f4e-4898-85e6-85714387be77',
    displayName: 'Send telemetry',
    description: 'Send reports about the defences of devices',
  },
  'Configuration.Read.All': {
    id: '60f2c244-2431-4ea4-9b7f-6dbafd7dc36f',
    displayName: 'Read the configuration',
    description: 'Read policies, settings, quarantine and the audit log',
  },
  'Configuration.ReadWrite.All': {
    id: '7ead746f-73ef-4f0b-bb8a-8e69d05f6dfc',
    displayName: 'Operate the connector',
    description: 'Change policies and settings, and run the commands of the runbook',
  },
  'ssf.read': {
    id: 'dcf8909a-725b-4781-8e8f-49ef0e84ce95',
    displayName: 'Read event streams',
    description: 'Read and poll the own event streams',
  },
  'ssf.manage': {
    id: '13e245e9-c4bf-4402-89f6-b6ae4357547f',
    displayName: 'Manage event streams',
    description: 'Create, change and delete the own event streams',
  },
};

/** Every role that the API knows. People and applications may have each of them. */
export const APP_ROLES: readonly AppRole[] = Object.entries(ROLE_TEXTS).map(([value, text]) => ({
  ...text,
  value,
  isEnabled: true,
  allowedMemberTypes: ['User', 'Application'],
}));

/** Lets the Azure CLI ask for a token in the name of its user. The API looks at the roles only. */
export const CLI_SCOPE: PermissionScope = {
  id: 'a18c7499-cd05-44eb-9ca3-f0f84c3b4b2a',
  value: 'user_impersonation',
  type: 'User',
  isEnabled: true,
  adminConsentDisplayName: 'Use the API as the signed-in user',
  adminConsentDescription: 'Call the API with the roles of the signed-in user',
};

/** The Application ID URI. Entra accepts this form in every tenant (aka.ms/identifier-uri-formatting-error). */
export function toIdentifierUri(appId: string): string {
  return `api://${appId}`;
}
