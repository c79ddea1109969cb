import { badRequest } from './cosmosError.ts';
import { isJsonObject, type JsonObject } from '../../../shared/base/jsonObject.ts';

const MAX_OPERATIONS = 10;
const PROTECTED = new Set(['id', '_rid', '_self', '_etag', '_ts', '_attachments']);

/** The location of a value: an object or an array, and the key in it. */
interface Place {
  readonly holder: Record<string, unknown> | unknown[];
  readonly key: string;
}

/** A copy of `item` with the `operations` of a patch applied in order. @throws CosmosError 400. */
export function patchItem(item: JsonObject, operations: unknown): JsonObject {
  if (!Array.isArray(operations) || operations.length === 0 || operations.length > MAX_OPERATIONS) {
    throw badRequest(`A patch takes 1 to ${MAX_OPERATIONS} operations.`);
  }
  const patched = structuredClone(item);
  for (const operation of operations as unknown[]) {
    if (!isJsonObject(operation)) throw badRequest('A patch operation must be an object.');
    apply(patched, operation);
  }
  return patched;
}

function apply(item: JsonObject, operation: JsonObject): void {
  const { op, path, from, value } = operation;
  switch (op) {
    case 'add':
      return add(placeOf(item, path), value);
    case 'set':
      return put(placeOf(item, path), value);
    case 'replace':
      return put(existing(placeOf(item, path)), value);
    case 'remove':
      return void take(existing(placeOf(item, path)));
    case 'incr':
      return increment(placeOf(item, path), value);
    case 'move':
      return add(placeOf(item, path), take(existing(placeOf(item, from))));
    default:
      throw badRequest(`The patch operation \`${String(op)}\` is unknown.`);
  }
}

function placeOf(item: JsonObject, path: unknown): Place {
  if (typeof path !== 'string' || !path.startsWith('/'))
    throw badRequest('A patch operation needs a `path`.');
  const keys = path
    .slice(1)
    .split('/')
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  const key = keys.pop() ?? '';
  if (keys.length === 0 && PROTECTED.has(key)) throw badRequest(`\`${path}\` cannot be patched.`);
  let holder: unknown = item;
  for (const name of keys) holder = member(holder, name);
  if (!isJsonObject(holder) && !Array.isArray(holder)) {
    throw badRequest(`Patch path \`${path}\`: its parent does not exist.`);
  }
  return { holder: holder as Place['holder'], key };
}

function member(holder: unknown, name: string): unknown {
  if (Array.isArray(holder))
    return /^\d+$/.test(name) ? (holder as unknown[])[Number(name)] : undefined;
  return isJsonObject(holder) && Object.hasOwn(holder, name) ? holder[name] : undefined;
}

function existing(place: Place): Place {
  if (member(place.holder, place.key) === undefined) {
    throw badRequest(`Patch path \`${place.key}\` does not exist.`);
  }
  return place;
}

function add({ holder, key }: Place, value: unknown): void {
  if (!Array.isArray(holder)) put({ holder, key }, value);
  else holder.splice(positionIn(holder, key), 0, value);
}

function put({ holder, key }: Place, value: unknown): void {
  if (value === undefined) throw badRequest('A patch operation needs a `value`.');
  if (Array.isArray(holder)) holder[positionIn(holder, key)] = value;
  else
    Object.defineProperty(holder, key, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
}

function positionIn(array: readonly unknown[], key: string): number {
  const position = key === '-' ? array.length : /^\d+$/.test(key) ? Number(key) : -1;
  if (position < 0 || position > array.length)
    throw badRequest(`Patch position \`${key}\` is out of range.`);
  return position;
}

function take({ holder, key }: Place): unknown {
  const value = member(holder, key);
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else Reflect.deleteProperty(holder, key);
  return value;
}

function increment(place: Place, by: unknown): void {
  const value = member(place.holder, place.key) ?? 0;
  if (typeof value !== 'number' || typeof by !== 'number')
    throw badRequest('`incr` takes numbers.');
  put(place, value + by);
}
