import { badRequest, notSupported } from './cosmosError.ts';
import { isJsonObject, type JsonObject } from '../../../shared/base/jsonObject.ts';
import type { Keys } from './typedPath.ts';

interface IndexedPath {
  readonly path: string;
}

interface CompositePath extends IndexedPath {
  readonly order: 'ascending' | 'descending';
}

/** The paths of a container's items that are indexed. */
export interface IndexingPolicy {
  readonly indexingMode: 'consistent' | 'none';
  readonly automatic: boolean;
  readonly includedPaths: readonly IndexedPath[];
  readonly excludedPaths: readonly IndexedPath[];
  readonly compositeIndexes: readonly (readonly CompositePath[])[];
}

/** One column of an index in SQLite. */
export interface IndexColumn {
  readonly keys: Keys;
  readonly isDescending: boolean;
}

const UNSUPPORTED = ['spatialIndexes', 'vectorIndexes', 'fullTextIndexes'];

/** The policy in `wanted`, with Cosmos DB's defaults filled in. @throws CosmosError. */
export function toIndexingPolicy(wanted: unknown): IndexingPolicy {
  const given: JsonObject = isJsonObject(wanted) ? wanted : {};
  for (const name of UNSUPPORTED) {
    const value = given[name];
    if (Array.isArray(value) && value.length > 0) throw notSupported(`indexing policy \`${name}\``);
  }
  const indexingMode = toText(given['indexingMode'] ?? 'consistent').toLowerCase();
  if (indexingMode !== 'consistent' && indexingMode !== 'none') {
    throw notSupported(`indexing mode \`${indexingMode}\``);
  }
  const includedPaths = toPaths(given['includedPaths'], indexingMode === 'none' ? [] : ['/*']);
  const excludedPaths = toPaths(given['excludedPaths'], []);
  if (
    ![...includedPaths, ...excludedPaths].some(({ path }) => path === '/*') &&
    indexingMode !== 'none'
  ) {
    throw badRequest(
      'The special mandatory indexing path "/" is not provided in any of the path type sets.',
    );
  }
  const compositeIndexes = Array.isArray(given['compositeIndexes'])
    ? given['compositeIndexes'].map(toComposite)
    : [];
  const automatic = given['automatic'] !== false;
  return { indexingMode, automatic, includedPaths, excludedPaths, compositeIndexes };
}

function toPaths(value: unknown, otherwise: readonly string[]): IndexedPath[] {
  if (!Array.isArray(value)) return otherwise.map((path) => ({ path }));
  return value.map((entry: unknown) => {
    const path = isJsonObject(entry) ? entry['path'] : undefined;
    if (typeof path !== 'string' || !/^\/.*[?*]$/.test(path)) {
      throw badRequest(`The indexing path \`${String(path)}\` could not be accepted.`);
    }
    return { path };
  });
}

function toComposite(columns: unknown): CompositePath[] {
  if (!Array.isArray(columns) || columns.length < 2) {
    throw badRequest('A composite index needs two paths or more.');
  }
  return columns.map((column: unknown) => {
    const path = isJsonObject(column) ? column['path'] : undefined;
    if (typeof path !== 'string') throw badRequest('A composite index needs paths.');
    const isDescending = isJsonObject(column) && column['order'] === 'descending';
    return { path, order: isDescending ? 'descending' : 'ascending' };
  });
}

/** The keys of an indexing path, without its `/?` or `/*`. */
export function toKeys(path: string): string[] {
  const keys = path
    .split('/')
    .slice(1)
    .map((key) => key.replace(/^"(.*)"$/, '$1'));
  return ['?', '*'].includes(keys.at(-1) ?? '') ? keys.slice(0, -1) : keys;
}

/** Whether `keys` are indexed: the most specific included or excluded path decides. */
export function isIndexed(policy: IndexingPolicy, keys: Keys): boolean {
  if (policy.indexingMode === 'none') return false;
  if (keys.length === 1 && (keys[0] === 'id' || keys[0] === '_ts')) return true;
  const included = specificity(policy.includedPaths, keys);
  return included >= 0 && included >= specificity(policy.excludedPaths, keys);
}

/** The specificity of the most specific path that matches `keys`; -1 if none does. */
function specificity(paths: readonly IndexedPath[], keys: Keys): number {
  const wanted = keys.map((key) => (typeof key === 'number' ? '[]' : key));
  const scores = paths.map(({ path }) => {
    const prefix = toKeys(path);
    const isExact = path.endsWith('?');
    if (isExact ? prefix.length !== wanted.length : prefix.length > wanted.length) return -1;
    return prefix.every((key, at) => key === wanted[at]) ? prefix.length * 2 + Number(isExact) : -1;
  });
  return Math.max(-1, ...scores);
}

/** Whether the policy names exactly `keys`. If so, items without a value there are indexed too. */
export function isNamed(policy: IndexingPolicy, keys: Keys): boolean {
  return indexesOf(policy).some((columns) => columns.some((column) => isSame(column.keys, keys)));
}

/** Whether a composite index serves an order by `columns`: as declared, or with every direction reversed. */
export function hasComposite(policy: IndexingPolicy, columns: readonly IndexColumn[]): boolean {
  return indexesOf(policy).some((index) => {
    if (index.length !== columns.length) return false;
    const reversed = index.map(
      ({ isDescending }, at) => isDescending !== columns[at]?.isDescending,
    );
    const isSamePaths = index.every(({ keys }, at) => isSame(keys, columns[at]?.keys ?? []));
    return isSamePaths && new Set(reversed).size === 1;
  });
}

/** The indexes in SQLite: one for each path that ends in `/?`, and one for each composite index. */
export function indexesOf(policy: IndexingPolicy): readonly (readonly IndexColumn[])[] {
  const single = policy.includedPaths
    .filter(({ path }) => path.endsWith('/?') && !path.includes('[]'))
    .map(({ path }) => [{ keys: toKeys(path), isDescending: false }]);
  const composite = policy.compositeIndexes.map((columns) =>
    columns.map(({ path, order }) => ({
      keys: toKeys(path),
      isDescending: order === 'descending',
    })),
  );
  return policy.indexingMode === 'none' ? [] : [...single, ...composite];
}

function isSame(left: Keys, right: Keys): boolean {
  return left.length === right.length && left.every((key, at) => key === right[at]);
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
