import { randomUUID } from 'node:crypto';
import { isJsonObject, type JsonObject } from '../../../shared/base/jsonObject.ts';
import { badRequest, GraphError } from '../graph/graphReply.ts';
import { readRoles, readScopes, requireUnique, requireUntouched } from './entitlementRules.ts';
import type { EntraState, StoredApi, StoredApplication } from './entraState.ts';
import { requireKnown } from './requireKnown.ts';

/** Those of learn.microsoft.com/graph/api/resources/application that a registration of an API needs. */
const PROPERTIES = [
  'api',
  'appRoles',
  'description',
  'displayName',
  'identifierUris',
  'notes',
  'signInAudience',
  'tags',
];
const API_PROPERTIES = [
  'acceptMappedClaims',
  'knownClientApplications',
  'oauth2PermissionScopes',
  'preAuthorizedApplications',
  'requestedAccessTokenVersion',
];
const AUDIENCES = new Set(['AzureADMyOrg', 'AzureADMultipleOrgs']);

/** A new application (learn.microsoft.com/graph/api/application-post-applications). */
export function createApplication(
  state: EntraState,
  uniqueName: string | null,
  body: JsonObject,
): StoredApplication {
  if (typeof body['displayName'] !== 'string')
    throw badRequest('A value is required for property displayName.');
  const empty: StoredApplication = {
    id: randomUUID(),
    appId: randomUUID(),
    uniqueName,
    signInAudience: 'AzureADandPersonalMicrosoftAccount',
    identifierUris: [],
    appRoles: [],
    api: {
      requestedAccessTokenVersion: null,
      oauth2PermissionScopes: [],
      preAuthorizedApplications: [],
    },
  };
  return changeApplication(state, empty, body);
}

/** The application after `PATCH applications/{id}`. @throws GraphError 400 */
export function changeApplication(
  state: EntraState,
  before: StoredApplication,
  body: JsonObject,
): StoredApplication {
  requireKnown(body, PROPERTIES);
  const { signInAudience = before['signInAudience'] } = body;
  if ('signInAudience' in body && !AUDIENCES.has(String(signInAudience)))
    throw badRequest('Property signInAudience is invalid.');
  const appRoles = 'appRoles' in body ? readRoles(body['appRoles']) : before.appRoles;
  const api = 'api' in body ? toApi(before.api, body['api']) : before.api;
  requireUntouched(before.appRoles, appRoles);
  requireUnique(appRoles);
  const identifierUris =
    'identifierUris' in body
      ? readUris(state, before, body['identifierUris'])
      : before.identifierUris;
  return { ...before, ...body, identifierUris, appRoles, api };
}

/** A property that the request lacks stays. @throws GraphError 400 */
function toApi(before: StoredApi, value: unknown): StoredApi {
  if (!isJsonObject(value)) throw badRequest('Property api is invalid.');
  requireKnown(value, API_PROPERTIES);
  const { requestedAccessTokenVersion: version = before.requestedAccessTokenVersion } = value;
  if (version !== null && version !== 1 && version !== 2)
    throw badRequest('Property api.requestedAccessTokenVersion is invalid.');
  const scopes =
    'oauth2PermissionScopes' in value
      ? readScopes(value['oauth2PermissionScopes'])
      : before.oauth2PermissionScopes;
  requireUntouched(before.oauth2PermissionScopes, scopes);
  requireUnique(scopes);
  const preAuthorizedApplications =
    'preAuthorizedApplications' in value
      ? readPreAuthorized(before, value['preAuthorizedApplications'])
      : before.preAuthorizedApplications;
  return {
    ...before,
    ...value,
    requestedAccessTokenVersion: version,
    oauth2PermissionScopes: scopes,
    preAuthorizedApplications,
  };
}

/**
 * Only scopes of an earlier request count (github.com/microsoftgraph/microsoft-graph-docs-contrib/issues/1395).
 * @throws GraphError 400
 */
function readPreAuthorized(
  { oauth2PermissionScopes: scopes }: StoredApi,
  value: unknown,
): StoredApi['preAuthorizedApplications'] {
  const known = new Set(scopes.map(({ id }) => id));
  const applications = value as StoredApi['preAuthorizedApplications'];
  for (const application of applications) {
    requireKnown(application, ['appId', 'delegatedPermissionIds']);
    if (application.delegatedPermissionIds.every((id) => known.has(id))) continue;
    throw badRequest(
      'Property api.preAuthorizedApplications.delegatedPermissionIds has a Permission Id that cannot be found in the AppPermissions sets.',
    );
  }
  return applications;
}

/**
 * A new URI needs the appId, the tenant or a verified domain in it, and this tenant has no domain
 * (learn.microsoft.com/entra/identity-platform/identifier-uri-restrictions). It is unique in the tenant.
 * @throws GraphError 400
 */
function readUris(
  { tenantId, applications }: EntraState,
  { id, appId, identifierUris: before }: StoredApplication,
  value: unknown,
): readonly string[] {
  const uris = value as readonly string[];
  const taken = new Set(
    [...applications.values()]
      .filter((each) => each.id !== id)
      .flatMap((each) => each.identifierUris),
  );
  for (const uri of uris.filter((each) => !before.includes(each))) {
    if (taken.has(uri))
      throw new GraphError(
        400,
        'ObjectConflict',
        'Another object with the same value for property identifierUris already exists.',
      );
    const isAllowed = uri === `api://${appId}` || uri.startsWith(`api://${tenantId}/`);
    if (!isAllowed)
      throw badRequest(
        `Values of identifierUris property must use a verified domain of the organization or its subdomain: '${uri}'`,
      );
  }
  return uris;
}
