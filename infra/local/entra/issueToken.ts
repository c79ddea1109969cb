import type { JWTPayload } from 'jose';
import type { EntraState, Principal, StoredApplication, StoredAssignment } from './entraState.ts';

const AZURE_CLI = '04b07795-8ddb-461a-bbee-02f9e1bf7b46';

/**
 * The claims of the token that `az` gets for an API, asked for by its appId or its Application ID URI
 * (learn.microsoft.com/entra/identity-platform/access-token-claims-reference).
 * @throws Error with Entra's code, in the words that `az` prints
 */
export function issueToken(state: EntraState, principal: Principal, audience: string): JWTPayload {
  const application = findResource(state, audience);
  const { appId, api } = application;
  const isUser = principal.kind === 'User';
  if (isUser) requireConsent(application);
  const isSecond = api.requestedAccessTokenVersion === 2;
  const roles = rolesOf(state, principal, application);
  const { tenantId } = state;
  return {
    ver: isSecond ? '2.0' : '1.0',
    iss: isSecond
      ? `https://login.microsoftonline.com/${tenantId}/v2.0`
      : `https://sts.windows.net/${tenantId}/`,
    aud: isSecond ? appId : audience,
    [isSecond ? 'azp' : 'appid']: isUser ? AZURE_CLI : principal.id,
    oid: principal.id,
    ...(isUser ? { scp: 'user_impersonation' } : {}),
    // A claim without a value is absent.
    ...(roles.length === 0 ? {} : { roles: [...roles] }),
  };
}

function findResource(state: EntraState, audience: string): StoredApplication {
  const application = [...state.applications.values()].find(
    ({ appId, identifierUris }) => appId === audience || identifierUris.includes(audience),
  );
  const resources = [...state.servicePrincipals.values()];
  if (application !== undefined && resources.some(({ appId }) => appId === application.appId))
    return application;
  throw new Error(
    `AADSTS500011: The resource principal named ${audience} was not found in the tenant.`,
  );
}

/** github.com/Azure/azure-cli/issues/15056 */
function requireConsent({ api }: StoredApplication): void {
  const ids = new Set(
    api.preAuthorizedApplications
      .filter(({ appId }) => appId === AZURE_CLI)
      .flatMap(({ delegatedPermissionIds }) => delegatedPermissionIds),
  );
  const isConsented = api.oauth2PermissionScopes.some(
    ({ id, isEnabled }) => isEnabled && ids.has(id),
  );
  if (!isConsented)
    throw new Error(
      `AADSTS65001: The user or administrator has not consented to use the application with ID '${AZURE_CLI}' named 'Microsoft Azure CLI'.`,
    );
}

/** The enabled roles that are assigned to the principal at the service principal of the application. */
function rolesOf(
  { assignments, servicePrincipals }: EntraState,
  { id }: Principal,
  { appId, appRoles }: StoredApplication,
): readonly string[] {
  const isHere = ({ principalId, resourceId }: StoredAssignment): boolean =>
    principalId === id && servicePrincipals.get(resourceId)?.appId === appId;
  const given = new Set(assignments.filter(isHere).map(({ appRoleId }) => appRoleId));
  return appRoles.filter((role) => role.isEnabled && given.has(role.id)).map(({ value }) => value);
}
