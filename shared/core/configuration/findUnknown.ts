import { isJsonObject, type JsonObject } from '../../base/jsonObject.ts';
import type { Problem } from '../../base/connectorError.ts';
import { EMPTY_GUID } from '../../base/guid.ts';

/**
 * The properties of `given` that are missing in `accepted`: they ask for something that is not evaluated here. Left out
 * are those that ask for nothing.
 */
export function findUnknown(given: unknown, accepted: unknown): readonly Problem[] {
  return compare(given, accepted, '', isUnset);
}

/**
 * The properties of a stored document, or of a part of it, that this release does not know. No value of theirs is known to
 * ask for nothing: what is written here has no such properties, so a later release wrote them.
 */
export function findUnknownStored(stored: JsonObject, accepted: unknown): readonly Problem[] {
  const own = Object.entries(stored).filter(([name]) => !FRAME.has(name) && !name.startsWith('_'));
  return compare(Object.fromEntries(own), accepted, '', (value) => value === null);
}

function compare(
  given: unknown,
  accepted: unknown,
  path: string,
  isNothing: (value: unknown) => boolean,
): readonly Problem[] {
  if (Array.isArray(given) && Array.isArray(accepted))
    return given.flatMap((each, at) =>
      compare(each, accepted[at], `${path}/${String(at)}`, isNothing),
    );
  if (!isJsonObject(given) || !isJsonObject(accepted)) return [];
  return Object.entries(given).flatMap(([name, each]) => {
    if (Object.hasOwn(accepted, name))
      return compare(each, accepted[name], `${path}/${name}`, isNothing);
    return isAnnotation(name) || IGNORED.has(name) || isNothing(each)
      ? []
      : [{ path: `${path}/${name}`, message: 'is not a supported property' }];
  });
}

/** What the system itself adds to a stored document, and Cosmos DB's own fields. */
const FRAME: ReadonlySet<string> = new Set([
  'id',
  'kind',
  'version',
  'createdDateTime',
  'lastModifiedDateTime',
  'modifiedDateTime',
]);

/**
 * `@odata.type` decides what a policy is. Other annotations (`@odata.context`, `assignments@odata.count`) are ignored.
 */
export function isAnnotation(name: string): boolean {
  return name.includes('@') && name !== '@odata.type';
}

/**
 * A policy's type, who may see it in Intune, the ids of its parts, and where an assignment comes from. Evaluations do
 * not depend on them.
 */
const IGNORED: ReadonlySet<string> = new Set([
  '@odata.type',
  'roleScopeTagIds',
  'id',
  'source',
  'sourceId',
]);

/** The words of Graph's enumerations that stand for an unset setting. */
const UNSET_WORDS: ReadonlySet<unknown> = new Set([
  'none',
  'deviceDefault',
  'unavailable',
  'notSet',
  'notConfigured',
]);

/**
 * Graph's values for unset settings, accepted so that a policy read from Graph can be written here
 * (learn.microsoft.com/graph/api/resources/intune-deviceconfig-androidcompliancepolicy, …-ioscompliancepolicy).
 */
function isUnset(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (isJsonObject(value)) return Object.values(value).every(isUnset);
  return (
    value === null ||
    value === false ||
    value === '' ||
    value === EMPTY_GUID ||
    UNSET_WORDS.has(value)
  );
}
