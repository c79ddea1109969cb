import type { Container } from './container.ts';
import { badRequest, CosmosError, notSupported } from './cosmosError.ts';
import type { Precondition } from './itemRules.ts';
import type { ItemResult, Items } from './items.ts';
import { isJsonObject, type JsonObject } from '../../../shared/base/jsonObject.ts';
import { fromPartitionKeyHeader } from './partitionKey.ts';
import { patchStored } from './patchStored.ts';
import type { SqliteStore } from '../sqliteStore.ts';
import { defined } from '../../../shared/base/defined.ts';

const MAX_OPERATIONS = 100;

/** The result of one operation of a batch. */
interface OperationReply {
  readonly statusCode: number;
  readonly requestCharge: number;
  readonly eTag?: string;
  readonly resourceBody?: unknown;
}

/** The container and the data on which a batch runs. */
export interface BatchContext {
  readonly store: SqliteStore;
  readonly items: Items;
  readonly container: Container;
  readonly nowInSeconds: number;
  /** The partition of an atomic batch. */
  readonly partitionKey: string | undefined;
}

/** Thrown to roll back an atomic batch. */
class Rollback extends Error {}

/** Runs `operations` as one transaction: all of them, or none. @throws CosmosError 400. */
export function runAtomicBatch(context: BatchContext, operations: unknown): OperationReply[] {
  const replies: OperationReply[] = [];
  const wanted = toOperations(operations);
  try {
    context.store.transaction(() => {
      for (const operation of wanted) {
        const reply = attempt(context, operation);
        replies.push(reply);
        if (reply.statusCode >= 400) throw new Rollback();
      }
    });
    return replies;
  } catch (error) {
    if (!(error instanceof Rollback)) throw error;
    const failed = replies.length - 1;
    return wanted.map(
      (_, at) => (at === failed ? replies[at] : undefined) ?? { statusCode: 424, requestCharge: 0 },
    );
  }
}

/** Runs `operations` one by one; a failure does not stop the others. @throws CosmosError 400. */
export function runBulk(context: BatchContext, operations: unknown): OperationReply[] {
  return toOperations(operations).map((operation) => attempt(context, operation));
}

function toOperations(operations: unknown): JsonObject[] {
  if (
    !Array.isArray(operations) ||
    operations.length > MAX_OPERATIONS ||
    !operations.every(isJsonObject)
  ) {
    throw badRequest(`A batch takes up to ${MAX_OPERATIONS} operations.`);
  }
  return operations;
}

function attempt(context: BatchContext, operation: JsonObject): OperationReply {
  try {
    const { status, charge, etag, body } = run(context, operation);
    return {
      statusCode: status,
      requestCharge: charge,
      ...defined({ eTag: etag }),
      ...(body === undefined ? {} : { resourceBody: JSON.parse(body) as unknown }),
    };
  } catch (error) {
    if (!(error instanceof CosmosError)) throw error;
    return { statusCode: error.status, requestCharge: 1 };
  }
}

function run(context: BatchContext, operation: JsonObject): ItemResult {
  const { items, container } = context;
  const { operationType, id, ifMatch, ifNoneMatch, partitionKey, resourceBody } = operation;
  const pk =
    fromPartitionKeyHeader(typeof partitionKey === 'string' ? partitionKey : undefined) ??
    context.partitionKey;
  const condition: Precondition = { ifMatch: textOf(ifMatch), ifNoneMatch: textOf(ifNoneMatch) };
  const body = isJsonObject(resourceBody) ? resourceBody : {};
  if (operationType === 'Create') return items.create(container, pk, body);
  if (operationType === 'Upsert') return items.upsert(container, pk, body, condition);
  if (pk === undefined || typeof id !== 'string')
    throw badRequest('A batch operation needs a partition key and an id.');
  const key = { container, pk, id };
  switch (operationType) {
    case 'Read':
      return items.read(key, condition);
    case 'Replace':
      return items.replace(key, body, condition);
    case 'Delete':
      return items.delete(key, condition);
    case 'Patch':
      return patchStored(context, key, body, condition);
    default:
      throw notSupported(`batch operation \`${String(operationType)}\``);
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
