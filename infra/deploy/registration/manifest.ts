import application from './application.json' with { type: 'json' };

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
export const TOKEN_VERSION = application.api.requestedAccessTokenVersion;

/** Every role that the API knows, with ids that never change, because an assignment names its role by the id. */
export const APP_ROLES: readonly AppRole[] = application.appRoles;

/** Lets the Azure CLI ask for a token in the name of its user. The API looks at the roles only. */
export const CLI_SCOPE: PermissionScope = theOnly(application.api.oauth2PermissionScopes);

/** The body that makes the application; `az rest` takes the same file. */
export const APPLICATION = application;

/** The Application ID URI. Entra accepts this form in every tenant (aka.ms/identifier-uri-formatting-error). */
export function toIdentifierUri(appId: string): string {
  return `api://${appId}`;
}

function theOnly<T>([first, ...others]: readonly T[]): T {
  if (first !== undefined && others.length === 0) return first;
  throw new TypeError('the manifest must have one scope');
}
