import {
  AZURE_CLI,
  CLI_SCOPE,
  TOKEN_VERSION,
  type PermissionScope,
  type PreAuthorizedApplication,
} from './manifest.ts';

/** The settings of an application as an API (learn.microsoft.com/graph/api/resources/apiapplication). */
export interface ApiSettings {
  readonly requestedAccessTokenVersion?: number | null;
  readonly oauth2PermissionScopes?: readonly PermissionScope[];
  readonly preAuthorizedApplications?: readonly PreAuthorizedApplication[];
}

/**
 * The states that the settings pass through until they are as the API needs them: none, one or two. What others added
 * stays. Graph pre-authorises an application only for a scope that an earlier request made
 * (github.com/microsoftgraph/microsoft-graph-docs-contrib/issues/1395).
 */
export function mergeApi(existing: ApiSettings): readonly ApiSettings[] {
  const scoped = withScope(existing);
  const merged = withAzureCli(scoped);
  const states = merged === scoped ? [scoped] : [scoped, merged];
  return states.filter((state) => state !== existing);
}

function withScope(existing: ApiSettings): ApiSettings {
  const { oauth2PermissionScopes: scopes = [] } = existing;
  const known = scopes.find(isCliScope);
  const isRight = existing.requestedAccessTokenVersion === TOKEN_VERSION && known?.isEnabled;
  if (isRight === true) return existing;
  const others = scopes.filter((scope) => !isCliScope(scope));
  const enabled = known === undefined ? CLI_SCOPE : { ...known, isEnabled: true };
  return {
    ...existing,
    requestedAccessTokenVersion: TOKEN_VERSION,
    oauth2PermissionScopes: [...others, enabled],
  };
}

function withAzureCli(existing: ApiSettings): ApiSettings {
  const { oauth2PermissionScopes: scopes = [], preAuthorizedApplications: applications = [] } =
    existing;
  const id = scopes.find(isCliScope)?.id ?? CLI_SCOPE.id;
  const known = applications.find(({ appId }) => appId === AZURE_CLI);
  const { delegatedPermissionIds: ids = [] } = known ?? {};
  if (ids.includes(id)) return existing;
  const others = applications.filter((each) => each !== known);
  const azureCli = { appId: AZURE_CLI, delegatedPermissionIds: [...ids, id] };
  return { ...existing, preAuthorizedApplications: [...others, azureCli] };
}

function isCliScope({ value }: PermissionScope): boolean {
  return value === CLI_SCOPE.value;
}
