import { isResource, type Resource } from '../domain/access/accessContext.ts';
import { invalid, readWords, type Environment } from './readSetting.ts';

/** The endpoints that decide, by the names that `CALLER_KEYS` uses. */
const DECISION_DOORS = ['accessDecisions', 'nginx', 'envoy', 'radius'] as const;
export type DecisionDoor = (typeof DECISION_DOORS)[number];

/** An endpoint at which a key is valid; without a `resource` it is valid there for every resource. */
export interface KeyScope {
  readonly door: DecisionDoor;
  readonly resource?: Resource;
}

/** Authenticates a caller that cannot fetch tokens. */
export interface CallerKey {
  readonly name: string;
  readonly key: string;
  /** Where the key is valid. If absent, it is valid for everything that its role permits. */
  readonly scopes?: readonly KeyScope[];
}

/** Two during rotation. */
const MAX_KEYS_A_CALLER = 2;

const PAIR =
  'a name of letters, digits and hyphens, a key of 32 to 128 letters, digits, `-` and `_`';
const PAIRS = `pairs \`name=key\` separated by spaces: ${PAIR}`;
const SCOPED_PAIRS = `entries \`name=key\` or \`name=key@door/resource,door/resource\` separated by spaces: ${PAIR}, a door (${DECISION_DOORS.join(', ')}), and optionally a resource, in which a comma is \`%2C\``;

/**
 * Reads `name=key` pairs. A key has no dot, which distinguishes it from a token.
 * @throws ConnectorError `settingInvalid`, naming the setting and the form.
 */
export function readCallerKeys(environment: Environment, name: string): readonly CallerKey[] {
  return requireDistinct(
    name,
    readWords(environment, name).map((pair) => {
      const key = toCallerKey(pair);
      if (key === undefined) throw invalid(name, PAIRS);
      return key;
    }),
  );
}

/**
 * Reads `name=key` and `name=key@radius/wifi,nginx` entries. What follows the `@` limits the key to these endpoints,
 * and to these resources.
 * @throws ConnectorError `settingInvalid`, naming the setting and the form.
 */
export function readScopedCallerKeys(environment: Environment, name: string): readonly CallerKey[] {
  return requireDistinct(
    name,
    readWords(environment, name).map((entry) => {
      const [pair, scopesText] = splitOnce(entry, '@');
      const key = toCallerKey(pair);
      const scopes = scopesText?.split(',').map(toScope);
      if (key === undefined || scopes?.includes(undefined)) throw invalid(name, SCOPED_PAIRS);
      return scopes === undefined ? key : { ...key, scopes: scopes.flatMap((each) => each ?? []) };
    }),
  );
}

function toCallerKey(pair: string): CallerKey | undefined {
  const [, name, key] = /^([A-Za-z0-9-]{1,64})=([A-Za-z0-9_-]{32,128})$/.exec(pair) ?? [];
  return name === undefined || key === undefined ? undefined : { name, key };
}

function toScope(text: string): KeyScope | undefined {
  const [doorText, resourceText] = splitOnce(text, '/');
  const door = DECISION_DOORS.find((each) => each === doorText);
  if (door === undefined || resourceText === undefined) return door && { door };
  const resource = fromUrlPart(resourceText);
  return resource !== undefined && isResource(resource) ? { door, resource } : undefined;
}

function splitOnce(text: string, separator: string): readonly [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}

/** `undefined` for a broken percent-encoding. */
function fromUrlPart(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function requireDistinct(setting: string, keys: readonly CallerKey[]): readonly CallerKey[] {
  for (const caller of new Set(keys.map((each) => each.name))) {
    if (keys.filter((each) => each.name === caller).length > MAX_KEYS_A_CALLER)
      throw invalid(setting, 'at most two keys for each name, during rotation');
  }
  // The later entry would silently lift the limits of the earlier one.
  const isLifted = keys.some(
    ({ key, scopes }, at) =>
      scopes !== undefined && keys.some((other, otherAt) => otherAt !== at && other.key === key),
  );
  if (isLifted) throw invalid(setting, 'one entry only for a key that is limited to doors');
  return keys;
}
