import type { IncomingMessage } from 'node:http';
import { badRequest, CosmosError, notSupported } from './cosmosError.ts';
import type { PatchOperation } from './applyPatch.ts';
import type { Conditions, DocumentAnswer, Documents } from './documents.ts';
import type { Operation } from './faults.ts';
import { QUERY_PLAN } from './queryPlan.ts';
import type { ResourcePath } from './resourcePath.ts';
import { runQuery, type QueryRequest } from './runQuery.ts';
import { systemProperties, type Container, type ContainerResource, type Store } from './store.ts';

export interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly charge: number;
}

interface Context {
  readonly request: IncomingMessage;
  readonly path: ResourcePath;
  readonly body: Buffer;
  readonly store: Store;
  readonly documents: Documents;
  readonly address: string;
}

const DEFAULT_PAGE_SIZE = 100;

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function isTrue(request: IncomingMessage, name: string): boolean {
  return header(request, name)?.toLowerCase() === 'true';
}

/** What a request does with documents; `undefined` where it is about something else. */
export function operationOf(request: IncomingMessage, path: ResourcePath): Operation | undefined {
  if (path.type !== 'docs') return undefined;
  if (isQuery(request)) return 'query';
  switch (request.method) {
    case 'GET':
      return path.id === undefined ? 'query' : 'read';
    case 'POST':
      return isTrue(request, 'x-ms-documentdb-is-upsert') ? 'upsert' : 'create';
    case 'PUT':
      return 'replace';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return 'delete';
    default:
      return undefined;
  }
}

function isQuery(request: IncomingMessage): boolean {
  return (
    isTrue(request, 'x-ms-documentdb-isquery') ||
    header(request, 'content-type') === 'application/query+json' ||
    isTrue(request, 'x-ms-cosmos-is-query-plan-request')
  );
}

/** Answers one request. @throws CosmosError. */
export function handleRequest(context: Context): Answer {
  switch (context.path.type) {
    case '':
      return json(200, accountOf(context.address));
    case 'dbs':
      return handleDatabase(context);
    case 'colls':
      return handleContainer(context);
    case 'pkranges':
      return json(200, {
        _count: 1,
        PartitionKeyRanges: [{ id: '0', minInclusive: '', maxExclusive: 'FF', status: 'online' }],
      });
    case 'docs':
      return handleDocument(context);
    default:
      throw notSupported(`the resource type \`${context.path.type}\``);
  }
}

function json(status: number, content: unknown, charge = 1): Answer {
  return { status, body: JSON.stringify(content), charge };
}

function accountOf(address: string): object {
  const location = [{ name: 'local', databaseAccountEndpoint: `${address}/` }];
  return {
    id: 'local',
    writableLocations: location,
    readableLocations: location,
    enableMultipleWriteLocations: false,
    userConsistencyPolicy: { defaultConsistencyLevel: 'Session' },
    queryEngineConfiguration: '{}',
  };
}

function handleDatabase({ request, path, body, store }: Context): Answer {
  if (request.method === 'POST' && path.id === undefined) {
    const { id } = JSON.parse(body.toString()) as { readonly id: string };
    store.createDatabase(id);
    return json(201, { id, ...systemProperties(id) });
  }
  if (request.method !== 'GET' || path.id === undefined)
    throw notSupported('this database request');
  store.requireDatabase(path.id);
  return json(200, { id: path.id, ...systemProperties(path.id) });
}

function handleContainer({ request, path, body, store }: Context): Answer {
  const { database = '', id } = path;
  if (request.method === 'POST' && id === undefined) {
    const definition = JSON.parse(body.toString()) as ContainerResource;
    return json(201, store.createContainer(database, definition).resource);
  }
  if (id === undefined) throw notSupported('listing containers');
  if (request.method === 'GET') return json(200, store.requireContainer(database, id).resource);
  if (request.method !== 'DELETE') throw notSupported('changing a container');
  store.deleteContainer(database, id);
  return { status: 204, charge: 1 };
}

function handleDocument(context: Context): Answer {
  const { request, path, body, store, documents } = context;
  const container = store.requireContainer(path.database ?? '', path.container ?? '');
  for (const name of ['x-ms-cosmos-is-batch-request', 'a-im']) {
    if (header(request, name) !== undefined) {
      throw notSupported(name === 'a-im' ? 'the change feed' : 'a transactional batch');
    }
  }
  const operation = operationOf(request, path);
  if (operation === 'query') return handleQuery(context, container);
  const conditions = conditionsOf(request);
  const partition = requirePartition(request);
  const id = path.id ?? '';
  switch (operation) {
    case 'read':
      return toAnswer(documents.read(container, partition, id, conditions));
    case 'delete':
      return toAnswer(documents.delete(container, partition, id, conditions));
    case 'patch':
      return toAnswer(documents.patch(container, partition, id, readPatch(body), conditions));
    default: {
      const document = JSON.parse(body.toString()) as Record<string, unknown>;
      checkPartition(container, document, partition);
      if (operation === 'create') return toAnswer(documents.create(container, partition, document));
      if (operation === 'upsert')
        return toAnswer(documents.upsert(container, partition, document, conditions));
      return toAnswer(documents.replace(container, partition, id, document, conditions));
    }
  }
}

function toAnswer({ status, body, etag, charge }: DocumentAnswer): Answer {
  return {
    status,
    charge,
    ...(body === undefined ? {} : { body }),
    ...(etag === undefined ? {} : { headers: { etag } }),
  };
}

function conditionsOf(request: IncomingMessage): Conditions {
  const ifMatch = header(request, 'if-match');
  const ifNoneMatch = header(request, 'if-none-match');
  return {
    ...(ifMatch === undefined ? {} : { ifMatch }),
    ...(ifNoneMatch === undefined ? {} : { ifNoneMatch }),
  };
}

function readPatch(body: Buffer): Parameters<Documents['patch']>[3] {
  const patch = JSON.parse(body.toString()) as
    | Parameters<Documents['patch']>[3]
    | readonly PatchOperation[];
  return 'operations' in patch ? patch : { operations: patch };
}

/** One canonical text a partition key value; `undefined` where the request names none. */
function readPartition(request: IncomingMessage): string | undefined {
  const text = header(request, 'x-ms-documentdb-partitionkey');
  if (text === undefined) return undefined;
  const values: unknown = JSON.parse(text);
  if (!Array.isArray(values) || values.length > 1)
    throw notSupported('a hierarchical partition key');
  return JSON.stringify(values[0] ?? null);
}

function requirePartition(request: IncomingMessage): string {
  const partition = readPartition(request);
  if (partition === undefined) throw badRequest('the request names no partition key');
  return partition;
}

function checkPartition(
  { resource }: Container,
  document: Readonly<Record<string, unknown>>,
  partition: string,
): void {
  const [path = ''] = resource.partitionKey.paths;
  const value = path
    .split('/')
    .slice(1)
    .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], document);
  if (JSON.stringify(value ?? null) !== partition) {
    throw new CosmosError(
      400,
      'BadRequest',
      'the partition key of the document is not that of the request',
    );
  }
}

function handleQuery({ request, body, store, documents }: Context, container: Container): Answer {
  if (isTrue(request, 'x-ms-cosmos-is-query-plan-request')) return json(200, QUERY_PLAN);
  const query: QueryRequest =
    request.method === 'GET'
      ? { query: 'SELECT * FROM c' }
      : (JSON.parse(body.toString()) as QueryRequest);
  const partition = readPartition(request);
  const continuation = header(request, 'x-ms-continuation');
  const asked = Number(header(request, 'x-ms-max-item-count') ?? DEFAULT_PAGE_SIZE);
  const answer = runQuery(store, container, query, {
    maxItemCount: asked > 0 ? asked : DEFAULT_PAGE_SIZE,
    nowInSeconds: documents.nowInSeconds(),
    ...(partition === undefined ? {} : { partition }),
    ...(continuation === undefined ? {} : { continuation }),
  });
  const { results, charge } = answer;
  return {
    ...json(200, { Documents: results, _count: results.length }, charge),
    headers: {
      'x-ms-item-count': String(results.length),
      ...(answer.continuation === undefined ? {} : { 'x-ms-continuation': answer.continuation }),
    },
  };
}
