import type { Container } from './container.ts';
import { badRequest, notSupported } from './cosmosError.ts';
import { indexesOf, toIndexingPolicy } from './indexingPolicy.ts';
import { isJsonObject, type JsonObject } from '../../../shared/base/jsonObject.ts';
import { parseJsonObject } from './json.ts';
import { toPartitionKeyDefinition } from './partitionKey.ts';
import { containerRid, databaseRid } from './resourceId.ts';
import { defined } from '../../../shared/base/defined.ts';

/** Container properties that this server does not support. */
const UNSUPPORTED = [
  'conflictResolutionPolicy',
  'vectorEmbeddingPolicy',
  'clientEncryptionPolicy',
  'computedProperties',
  'fullTextPolicy',
  'analyticalStorageTtl',
];

/** The `id` of a resource. @throws CosmosError 400. */
export function toId(body: JsonObject): string {
  const { id } = body;
  if (typeof id !== 'string' || id === '') {
    throw badRequest(
      "The input content is invalid because the required properties - 'id; ' - are missing",
    );
  }
  if (/[/\\#?]/.test(id) || Buffer.byteLength(id) > 1023)
    throw badRequest(`The id \`${id}\` is not allowed.`);
  return id;
}

/** The container definition in `body`, with defaults filled in. @throws CosmosError. */
export function toDefinition(body: JsonObject): JsonObject {
  const unsupported = UNSUPPORTED.find((name) => body[name] !== undefined);
  if (unsupported !== undefined) throw notSupported(`container property \`${unsupported}\``);
  const { defaultTtl, uniqueKeyPolicy } = body;
  if (defaultTtl !== undefined && !isTtl(defaultTtl))
    throw badRequest('The `defaultTtl` must be -1 or a positive number.');
  return {
    id: toId(body),
    partitionKey: toPartitionKeyDefinition(body['partitionKey']),
    indexingPolicy: toIndexingPolicy(body['indexingPolicy']),
    ...defined({ defaultTtl }),
    ...(isJsonObject(uniqueKeyPolicy) ? { uniqueKeyPolicy } : {}),
  };
}

/** Whether `value` is a time to live in seconds; -1 means no expiry. */
export function isTtl(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && (value > 0 || value === -1);
}

/** The container with the stored definition `text`. */
export function toContainer(
  databaseNumber: number,
  number: number,
  ts: number,
  text: string,
): Container {
  const definition = parseJsonObject(text, 'the definition of a container');
  const rid = containerRid(databaseNumber, number);
  const self = `dbs/${databaseRid(databaseNumber)}/colls/${rid}/`;
  const indexingPolicy = toIndexingPolicy(definition['indexingPolicy']);
  const { defaultTtl } = definition;
  return {
    id: toId(definition),
    number,
    table: `items_${number}`,
    rid,
    self,
    partitionKey: toPartitionKeyDefinition(definition['partitionKey']),
    indexingPolicy,
    indexedPaths: indexesOf(indexingPolicy).length,
    uniqueKeys: toUniqueKeys(definition['uniqueKeyPolicy']),
    defaultTtl: isTtl(defaultTtl) ? defaultTtl : undefined,
    resource: {
      ...definition,
      _rid: rid,
      _self: self,
      _etag: `"${rid}-${ts}"`,
      _ts: ts,
      _docs: 'docs/',
    },
  };
}

function toUniqueKeys(policy: unknown): string[][] {
  const keys = isJsonObject(policy) ? policy['uniqueKeys'] : undefined;
  if (!Array.isArray(keys)) return [];
  return keys.map((key: unknown) => {
    const paths = isJsonObject(key) ? key['paths'] : undefined;
    if (!Array.isArray(paths)) throw badRequest('A unique key must have `paths`.');
    return paths.map(String);
  });
}
