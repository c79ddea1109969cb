import { badRequest, CosmosError, notSupported } from './cosmosError.ts';
import { isJsonObject, parseJson, type JsonObject } from './json.ts';
import { toKeys } from './indexingPolicy.ts';

/** The paths that make up a container's partition key: one, or up to three that are a hierarchy. */
export interface PartitionKeyDefinition {
  readonly paths: readonly string[];
  readonly kind: 'Hash' | 'MultiHash';
  readonly version: number;
}

/** The definition in `value`. @throws CosmosError 400, or 501 for a kind that is not known here. */
export function toPartitionKeyDefinition(value: unknown): PartitionKeyDefinition {
  const paths: unknown = isJsonObject(value) ? value['paths'] : undefined;
  if (!Array.isArray(paths) || paths.length === 0 || !paths.every(isPath)) {
    throw badRequest('The partition key definition must have `paths`.');
  }
  const { kind = 'Hash', version = 2 } = value as JsonObject;
  if (kind !== 'Hash' && kind !== 'MultiHash')
    throw notSupported(`partition key kind \`${String(kind)}\``);
  if (paths.length > (kind === 'Hash' ? 1 : 3)) throw badRequest('Too many partition key paths.');
  return { paths, kind, version: Number(version) };
}

function isPath(path: unknown): path is string {
  return typeof path === 'string' && path.startsWith('/');
}

/** The partition key of an item as JSON text, an array; `{}` stands where the item has no value. */
export function partitionKeyOf(definition: PartitionKeyDefinition, item: JsonObject): string {
  return JSON.stringify(
    definition.paths.map((path) => {
      let value: unknown = item;
      for (const key of toKeys(path)) value = isJsonObject(value) ? value[key] : undefined;
      return value === undefined || (typeof value === 'object' && value !== null) ? {} : value;
    }),
  );
}

/** The partition key in the header of a request, as JSON text; `undefined` where there is none. */
export function fromPartitionKeyHeader(header: string | string[] | undefined): string | undefined {
  if (typeof header !== 'string') return undefined;
  const value = parseJson(header, 'header `x-ms-documentdb-partitionkey`');
  if (!Array.isArray(value)) throw badRequest('The partition key header must be an array.');
  return JSON.stringify(value);
}

/** @throws CosmosError 400 where the request names another partition than the item's. */
export function assertSamePartition(named: string | undefined, found: string): void {
  if (named === undefined || named === found) return;
  throw new CosmosError(
    400,
    "PartitionKey extracted from document doesn't match the one specified in the header",
    { subStatus: 1001 },
  );
}
