import { badRequest, CosmosError, notSupported } from './cosmosError.ts';
import { isJsonObject, type JsonObject } from '../../../shared/base/jsonObject.ts';
import { parseJson } from './json.ts';
import { toKeys } from './indexingPolicy.ts';

/** The paths of a container's partition key: one, or up to three in a hierarchy. */
export interface PartitionKeyDefinition {
  readonly paths: readonly string[];
  readonly kind: 'Hash' | 'MultiHash';
  readonly version: number;
}

/** The definition in `value`. @throws CosmosError 400, or 501 for an unsupported kind. */
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

/** The partition key of an item as the JSON text of an array; `{}` replaces a missing value. */
export function partitionKeyOf(definition: PartitionKeyDefinition, item: JsonObject): string {
  return JSON.stringify(
    definition.paths.map((path) => {
      let value: unknown = item;
      for (const key of toKeys(path)) value = isJsonObject(value) ? value[key] : undefined;
      return value === undefined || (typeof value === 'object' && value !== null) ? {} : value;
    }),
  );
}

/** The partition key in a request header as JSON text; `undefined` if the header is absent. */
export function fromPartitionKeyHeader(header: string | string[] | undefined): string | undefined {
  if (typeof header !== 'string') return undefined;
  const value = parseJson(header, 'header `x-ms-documentdb-partitionkey`');
  if (!Array.isArray(value)) throw badRequest('The partition key header must be an array.');
  return JSON.stringify(value);
}

/** @throws CosmosError 400 if the request names a partition other than the item's. */
export function assertSamePartition(named: string | undefined, found: string): void {
  if (named === undefined || named === found) return;
  throw new CosmosError(
    400,
    "PartitionKey extracted from document doesn't match the one specified in the header",
    { subStatus: 1001 },
  );
}
