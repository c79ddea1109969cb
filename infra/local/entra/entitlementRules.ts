import { isDeepStrictEqual } from 'node:util';
import { isJsonObject } from '../../../shared/base/jsonObject.ts';
import { badRequest, GraphError } from '../graph/graphReply.ts';
import type { Entitlement } from './entraState.ts';
import { requireKnown } from './requireKnown.ts';

const GUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
/** learn.microsoft.com/graph/api/resources/approle: the characters of `value`, at most 120, no full stop in front. */
const VALUE = /^(?!\.)[\w!#$%&'()*+,\-./:;<=>?@[\]^`{|}~]{1,120}$/;

const ROLE_PROPERTIES = [
  'allowedMemberTypes',
  'description',
  'displayName',
  'id',
  'isEnabled',
  'value',
];
const SCOPE_PROPERTIES = [
  'adminConsentDescription',
  'adminConsentDisplayName',
  'id',
  'isEnabled',
  'type',
  'userConsentDescription',
  'userConsentDisplayName',
  'value',
];

/** Reads `appRoles` of a request. `origin` is read-only and refused. @throws GraphError 400 */
export function readRoles(value: unknown): readonly Entitlement[] {
  return readEntitlements(value, ROLE_PROPERTIES, (role) => {
    const { allowedMemberTypes: types, displayName, description } = role;
    const isKnown =
      Array.isArray(types) &&
      types.length > 0 &&
      types.every((type) => type === 'User' || type === 'Application');
    if (!isKnown) throw badRequest('Property appRoles.allowedMemberTypes is invalid.');
    if (!displayName || !description)
      throw badRequest('Property appRoles.displayName and appRoles.description are required.');
  });
}

/** Reads `oauth2PermissionScopes` of a request. @throws GraphError 400 */
export function readScopes(value: unknown): readonly Entitlement[] {
  return readEntitlements(value, SCOPE_PROPERTIES, (scope) => {
    if (scope['type'] !== 'User' && scope['type'] !== 'Admin')
      throw badRequest('Property api.oauth2PermissionScopes.type is invalid.');
    if (!scope['adminConsentDisplayName'] || !scope['adminConsentDescription'])
      throw badRequest('Property api.oauth2PermissionScopes.adminConsentDisplayName is required.');
  });
}

function readEntitlements(
  value: unknown,
  properties: readonly string[],
  check: (each: Entitlement) => void,
): readonly Entitlement[] {
  if (!Array.isArray(value)) throw badRequest('A collection was expected.');
  return value.map((each) => {
    if (!isJsonObject(each)) throw badRequest('An object was expected.');
    requireKnown(each, properties);
    const { id, value: name, isEnabled = true } = each;
    if (typeof id !== 'string' || !GUID.test(id)) throw badRequest('The id is not a GUID.');
    if (typeof name !== 'string' || !VALUE.test(name))
      throw badRequest(`The value '${String(name)}' has invalid characters.`);
    const entitlement = { ...each, id, value: name, isEnabled: isEnabled === true };
    check(entitlement);
    return entitlement;
  });
}

/** @throws GraphError 400 if two roles, or two scopes, share an id or a value. */
export function requireUnique(entitlements: readonly Entitlement[]): void {
  for (const key of ['id', 'value'] as const) {
    const values = entitlements.map((each) => each[key].toLowerCase());
    if (new Set(values).size < values.length)
      throw badRequest(`It contains duplicate value. Please Provide unique value: ${key}.`);
  }
}

/**
 * @throws GraphError 400 if an enabled role or scope is removed or changed, except for being disabled
 * (github.com/microsoftgraph/msgraph-sdk-powershell/issues/1054 and 1211).
 */
export function requireUntouched(
  before: readonly Entitlement[],
  after: readonly Entitlement[],
): void {
  for (const old of before.filter(({ isEnabled }) => isEnabled)) {
    const found = after.find(({ id }) => id === old.id);
    const isSame = found !== undefined && isDeepStrictEqual({ ...found, isEnabled: true }, old);
    if (!isSame)
      throw new GraphError(
        400,
        'CannotDeleteOrUpdateEnabledEntitlement',
        'Permission (scope or role) cannot be deleted or updated unless disabled first.',
      );
  }
}
