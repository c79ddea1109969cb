import { randomUUID } from 'node:crypto';
import { isJsonObject } from '../../../shared/base/jsonObject.ts';
import { badRequest, GraphError, notFound, type GraphReply } from '../graph/graphReply.ts';
import {
  isLagging,
  type EntraState,
  type StoredApplication,
  type StoredAssignment,
  type StoredServicePrincipal,
} from './entraState.ts';
import { requireKnown } from './requireKnown.ts';

/** `GET servicePrincipals(appId='…')`. Its roles are those of the application. */
export function getServicePrincipal(state: EntraState, appId: string): GraphReply {
  const found = findServicePrincipal(state, appId);
  if (found === undefined) throw notFound(appId);
  return { status: 200, body: toResource(state, found) };
}

/** `POST servicePrincipals` (learn.microsoft.com/graph/api/serviceprincipal-post-serviceprincipals). */
export function postServicePrincipal(state: EntraState, body: unknown): GraphReply {
  if (!isJsonObject(body)) throw badRequest('Unable to read JSON request payload.');
  requireKnown(body, ['appId', 'tags']);
  const appId = String(body['appId']);
  const application = findApplication(state, appId);
  if (application === undefined || isLagging(state, appId))
    throw badRequest(
      `The appId '${appId}' of the service principal does not reference a valid application object.`,
    );
  if (findServicePrincipal(state, appId) !== undefined)
    throw new GraphError(
      409,
      'Request_MultipleObjectsWithSameKeyValue',
      `The service principal cannot be created, updated, or restored because the service principal name ${appId} is already in use.`,
    );
  const made = { id: randomUUID(), appId };
  state.servicePrincipals.set(made.id, made);
  return { status: 201, body: toResource(state, made) };
}

/** A page of `GET servicePrincipals/{id}/appRoleAssignedTo`. */
export function listAssignments(
  state: EntraState,
  resourceId: string,
  { start, size, url }: { readonly start: number; readonly size: number; readonly url: string },
): GraphReply {
  if (!state.servicePrincipals.has(resourceId)) throw notFound(resourceId);
  const all = state.assignments.filter((each) => each.resourceId === resourceId);
  const value = all.slice(start, start + size);
  const next = start + size;
  const link = next < all.length ? { '@odata.nextLink': `${url}?$skiptoken=${String(next)}` } : {};
  return { status: 200, body: { value, ...link } };
}

/** `POST servicePrincipals/{id}/appRoleAssignedTo` (learn.microsoft.com/graph/api/serviceprincipal-post-approleassignedto). */
export function postAssignment(state: EntraState, resourceId: string, body: unknown): GraphReply {
  if (!isJsonObject(body)) throw badRequest('Unable to read JSON request payload.');
  requireKnown(body, ['appRoleId', 'principalId', 'resourceId']);
  const resource = state.servicePrincipals.get(resourceId);
  if (resource === undefined) throw notFound(resourceId);
  const wanted = body as unknown as Omit<StoredAssignment, 'id'>;
  requireValid(state, resource, wanted);
  const isKnown = state.assignments.some(
    ({ principalId, appRoleId }) =>
      principalId === wanted.principalId && appRoleId === wanted.appRoleId,
  );
  if (isKnown) throw badRequest('Permission being assigned already exists on the object');
  const made = { id: randomUUID(), ...wanted };
  state.assignments.push(made);
  return { status: 201, body: made };
}

function requireValid(
  state: EntraState,
  { id, appId }: StoredServicePrincipal,
  { principalId, resourceId, appRoleId }: Omit<StoredAssignment, 'id'>,
): void {
  const principal = state.principals.get(principalId);
  if (principal === undefined || resourceId !== id)
    throw badRequest('Not a valid reference update.');
  const type = principal.kind === 'User' ? 'User' : 'Application';
  const role = findApplication(state, appId)?.appRoles.find((each) => each.id === appRoleId);
  const types = role?.['allowedMemberTypes'];
  const isPossible = role?.isEnabled === true && Array.isArray(types) && types.includes(type);
  if (!isPossible || isLagging(state, id))
    throw badRequest(`Permission being assigned was not found on application '${appId}'.`);
}

function toResource(state: EntraState, { id, appId }: StoredServicePrincipal): object {
  const application = findApplication(state, appId);
  return {
    id,
    appId,
    appOwnerOrganizationId: state.tenantId,
    displayName: application?.['displayName'],
    appRoles: (application?.appRoles ?? []).map((role) => ({ ...role, origin: 'Application' })),
    servicePrincipalNames: [appId, ...(application?.identifierUris ?? [])],
  };
}

function findApplication(
  { applications }: EntraState,
  appId: string,
): StoredApplication | undefined {
  return [...applications.values()].find((each) => each.appId === appId);
}

function findServicePrincipal(
  { servicePrincipals }: EntraState,
  appId: string,
): StoredServicePrincipal | undefined {
  return [...servicePrincipals.values()].find((each) => each.appId === appId);
}
