import { readChangeFeed } from '../readChangeFeed.ts';
import { runAtomicBatch, runBulk } from '../batch.ts';
import type { Container } from '../container.ts';
import { badRequest, CosmosError, notAllowed } from '../cosmosError.ts';
import { header, isSet, type CosmosReply, type CosmosRequest } from './cosmosRequest.ts';
import { continuationOf } from './emptyPage.ts';
import { toFeed } from './toFeed.ts';
import type { Precondition } from '../itemRules.ts';
import type { ItemResult, Items } from '../items.ts';
import { isJsonObject } from '../../../../shared/base/jsonObject.ts';
import { parseJson, parseJsonObject } from '../json.ts';
import { fromPartitionKeyHeader } from '../partitionKey.ts';
import { patchStored } from '../patchStored.ts';
import { parseQuery } from '../query/parseQuery.ts';
import { needsQueryPlan, toQueryPlan } from '../query/queryPlan.ts';
import { runQuery, type QueryPage } from '../query/runQuery.ts';
import type { SqliteStore } from '../../sqliteStore.ts';
import { defined } from '../../../../shared/base/defined.ts';

/** The page size for clients that name none. */
const DEFAULT_PAGE_SIZE = 100;

/** The container and the data from which requests for items are answered. */
export interface ItemContext {
  readonly store: SqliteStore;
  readonly items: Items;
  readonly container: Container;
  readonly nowInSeconds: number;
}

/** Answers a request for one item, `…/docs/{id}`. @throws CosmosError. */
export function answerItem(context: ItemContext, request: CosmosRequest, id: string): CosmosReply {
  const { items, container } = context;
  const pk = fromPartitionKeyHeader(header(request, 'x-ms-documentdb-partitionkey'));
  if (pk === undefined) throw badRequest('PartitionKey value must be supplied for this operation.');
  const key = { container, pk, id };
  const condition = toPrecondition(request);
  switch (request.method) {
    case 'GET':
      return toReply(items.read(key, condition));
    case 'PUT':
      return toReply(items.replace(key, parseJsonObject(request.body, 'the item'), condition));
    case 'PATCH': {
      const given = parseJson(request.body, 'the patch');
      const patch = isJsonObject(given) ? given : { operations: given };
      return toReply(patchStored(context, key, patch, condition));
    }
    case 'DELETE':
      return toReply(items.delete(key, condition));
    default:
      throw notAllowed(request.method);
  }
}

/** Answers a request for all items, `…/docs`. @throws CosmosError. */
export function answerItems(context: ItemContext, request: CosmosRequest): CosmosReply {
  const { items, container } = context;
  if (request.method === 'GET') return answerFeed(context, request);
  if (request.method !== 'POST') throw notAllowed(request.method);
  if (isSet(request, 'x-ms-cosmos-is-query-plan-request')) return answerPlan(request);
  if (isSet(request, 'x-ms-documentdb-isquery')) return answerQuery(context, request);
  if (isSet(request, 'x-ms-cosmos-is-batch-request')) return answerBatch(context, request);
  const pk = fromPartitionKeyHeader(header(request, 'x-ms-documentdb-partitionkey'));
  const item = parseJsonObject(request.body, 'the item');
  if (!isSet(request, 'x-ms-documentdb-is-upsert'))
    return toReply(items.create(container, pk, item));
  return toReply(items.upsert(container, pk, item, toPrecondition(request)));
}

function toPrecondition(request: CosmosRequest): Precondition {
  return { ifMatch: header(request, 'if-match'), ifNoneMatch: header(request, 'if-none-match') };
}

function toReply({ status, body, etag, charge }: ItemResult): CosmosReply {
  return {
    status,
    charge,
    ...defined({ body }),
    ...(etag === undefined ? {} : { headers: { etag } }),
  };
}

interface SqlQuery {
  readonly text: string;
  readonly parameters: ReadonlyMap<string, unknown>;
}

function toSqlQuery(body: string): SqlQuery {
  const { query, parameters } = parseJsonObject(body, 'the query');
  if (typeof query !== 'string') throw badRequest('The query must have the member `query`.');
  const list: unknown[] = Array.isArray(parameters) ? parameters : [];
  const entries = list.map((parameter) => {
    if (!isJsonObject(parameter) || typeof parameter['name'] !== 'string') {
      throw badRequest('Each parameter must have a `name`.');
    }
    return [parameter['name'], parameter['value']] as const;
  });
  return { text: query, parameters: new Map(entries) };
}

function answerPlan(request: CosmosRequest): CosmosReply {
  const { text, parameters } = toSqlQuery(request.body);
  return { status: 200, body: JSON.stringify(toQueryPlan(parseQuery(text), parameters)) };
}

function answerQuery(context: ItemContext, request: CosmosRequest): CosmosReply {
  const { text, parameters } = toSqlQuery(request.body);
  const query = parseQuery(text);
  const partition = header(request, 'x-ms-documentdb-partitionkey');
  const range = header(request, 'x-ms-documentdb-partitionkeyrangeid');
  if (partition === undefined && range === undefined && needsQueryPlan(query)) {
    throw new CosmosError(
      400,
      'The provided cross partition query can not be directly served by the gateway. This is a first chance (internal) exception that all newer clients will know how to handle gracefully.',
      { subStatus: 1004, additionalErrorInfo: JSON.stringify(toQueryPlan(query, parameters)) },
    );
  }
  return toPage(
    context,
    runQuery(context.store, context.container, {
      query,
      parameters,
      ...toPaging(context, request),
    }),
  );
}

function toPaging(context: ItemContext, request: CosmosRequest) {
  return {
    partitionKey: fromPartitionKeyHeader(header(request, 'x-ms-documentdb-partitionkey')),
    maxItemCount: toMaxItemCount(request),
    continuation: continuationOf(request),
    nowInSeconds: context.nowInSeconds,
  };
}

function toMaxItemCount(request: CosmosRequest): number {
  const count = Number(header(request, 'x-ms-max-item-count') ?? DEFAULT_PAGE_SIZE);
  if (!Number.isInteger(count) || count < -1 || count === 0)
    throw badRequest('Header `x-ms-max-item-count` must be -1 or a positive whole number.');
  return count;
}

function toPage(
  { container }: ItemContext,
  { results, continuation, charge, isScan }: QueryPage,
): CosmosReply {
  const headers = {
    'x-ms-item-count': String(results.length),
    ...defined({ 'x-ms-continuation': continuation }),
  };
  return { ...toFeed(container.rid, 'Documents', results), headers, charge, isScan };
}

function answerFeed(context: ItemContext, request: CosmosRequest): CosmosReply {
  const paging = toPaging(context, request);
  if (header(request, 'a-im') !== undefined) {
    return readChangeFeed(context.store, context.container, request, {
      ...paging,
      version: context.items.version(),
    });
  }
  const all = { query: parseQuery('SELECT * FROM c'), parameters: new Map<string, unknown>() };
  return toPage(context, runQuery(context.store, context.container, { ...all, ...paging }));
}

function answerBatch(context: ItemContext, request: CosmosRequest): CosmosReply {
  const partitionKey = fromPartitionKeyHeader(header(request, 'x-ms-documentdb-partitionkey'));
  const operations = parseJson(request.body, 'the batch');
  const run = isSet(request, 'x-ms-cosmos-batch-atomic') ? runAtomicBatch : runBulk;
  const replies = run({ ...context, partitionKey }, operations);
  const charge = replies.reduce((sum, { requestCharge }) => sum + requestCharge, 0);
  const hasFailed = replies.some(({ statusCode }) => statusCode >= 400);
  return { status: hasFailed ? 207 : 200, body: JSON.stringify(replies), charge };
}
