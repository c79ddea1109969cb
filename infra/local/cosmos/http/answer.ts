import type { JsonObject } from '../../../../shared/base/jsonObject.ts';
import type { SqliteStore } from '../../sqliteStore.ts';
import { Catalogue } from '../catalogue.ts';
import { notAllowed, notSupported } from '../cosmosError.ts';
import { Items } from '../items.ts';
import { parseJsonObject } from '../json.ts';
import { fromPartitionKeyHeader } from '../partitionKey.ts';
import { toAccount } from './toAccount.ts';
import { answerItem, answerItems } from './answerItems.ts';
import { header, isSet, type CosmosReply, type CosmosRequest } from './cosmosRequest.ts';
import { toFeed } from './toFeed.ts';

/** The price of any request for databases and containers. */
const MANAGEMENT_CHARGE = 1;

interface Options {
  readonly store: SqliteStore;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** The server's own address, for clients. */
  readonly address: () => string;
}

/** The state of the server, from which it answers requests. */
interface State {
  readonly store: SqliteStore;
  readonly catalogue: Catalogue;
  readonly items: Items;
  readonly nowInSeconds: () => number;
  readonly address: () => string;
}

/** Answers one request of the REST API. @throws CosmosError. */
export type Answer = (request: CosmosRequest) => CosmosReply;

/** Creates a function that answers requests from `store`. */
export function createAnswer({ store, clock, address }: Options): Answer {
  const nowInSeconds = (): number => Math.floor(clock() / 1000);
  const catalogue = new Catalogue(store, nowInSeconds);
  const items = new Items(store, nowInSeconds);
  const state = { store, catalogue, items, nowInSeconds, address };
  return (request) => answer(state, request);
}

function answer(state: State, request: CosmosRequest): CosmosReply {
  const { path } = request;
  const [kind, databaseId = '', inner] = path;
  if (kind === undefined) return toResource(200, toAccount(state.address()));
  if (kind === 'offers') return toFeed('', 'Offers', []);
  if (kind !== 'dbs') throw notSupported(`resource \`${kind}\``);
  if (path.length === 1) return answerDatabases(state.catalogue, request);
  if (path.length === 2) return answerDatabase(state.catalogue, request, databaseId);
  if (inner !== 'colls') throw notSupported(`resource \`${inner ?? ''}\``);
  if (path.length === 3) return answerContainers(state.catalogue, request, databaseId);
  if (path.length === 4) return answerContainer(state.catalogue, request);
  if (path.length > 6) throw notSupported(`resource \`${path[6] ?? ''}\``);
  const reply = answerInContainer(state, request);
  const sessionToken = `0:-1#${state.items.version()}`;
  return { ...reply, headers: { ...reply.headers, 'x-ms-session-token': sessionToken } };
}

function answerDatabases(catalogue: Catalogue, request: CosmosRequest): CosmosReply {
  if (!isCreation(request)) return toList('', 'Databases', request, catalogue.databases());
  const body = parseJsonObject(request.body, 'the database');
  return toResource(201, catalogue.createDatabase(body));
}

function answerDatabase(
  catalogue: Catalogue,
  { method }: CosmosRequest,
  databaseId: string,
): CosmosReply {
  if (method === 'GET') return toResource(200, catalogue.database(databaseId));
  if (method !== 'DELETE') throw notAllowed(method);
  catalogue.deleteDatabase(databaseId);
  return { status: 204, charge: MANAGEMENT_CHARGE };
}

function answerContainers(
  catalogue: Catalogue,
  request: CosmosRequest,
  databaseId: string,
): CosmosReply {
  if (isCreation(request)) {
    const body = parseJsonObject(request.body, 'the container');
    return toResource(201, catalogue.createContainer(databaseId, body).resource);
  }
  const resources = catalogue.containers(databaseId).map(({ resource }) => resource);
  const rid = String(catalogue.database(databaseId)['_rid']);
  return toList(rid, 'DocumentCollections', request, resources);
}

function answerContainer(catalogue: Catalogue, { method, path, body }: CosmosRequest): CosmosReply {
  const [, databaseId = '', , containerId = ''] = path;
  switch (method) {
    case 'GET':
      return toResource(200, catalogue.container(databaseId, containerId).resource);
    case 'PUT': {
      const definition = parseJsonObject(body, 'the container');
      const replaced = catalogue.replaceContainer(databaseId, containerId, definition);
      return toResource(200, replaced.resource);
    }
    case 'DELETE':
      catalogue.deleteContainer(databaseId, containerId);
      return { status: 204, charge: MANAGEMENT_CHARGE };
    default:
      throw notAllowed(method);
  }
}

function answerInContainer(state: State, request: CosmosRequest): CosmosReply {
  const { store, catalogue, items, nowInSeconds } = state;
  const [, databaseId = '', , containerId = '', kind = '', id] = request.path;
  const container = catalogue.container(databaseId, containerId);
  const context = { store, items, container, nowInSeconds: nowInSeconds() };
  if (kind === 'docs')
    return id === undefined ? answerItems(context, request) : answerItem(context, request, id);
  if (kind === 'pkranges')
    return toFeed(container.rid, 'PartitionKeyRanges', [partitionKeyRange(container.rid)]);
  if (kind === 'operations' && id === 'partitionkeydelete') {
    const pk = fromPartitionKeyHeader(header(request, 'x-ms-documentdb-partitionkey'));
    if (pk !== undefined) items.deletePartition(container, pk);
    return { status: 200, charge: MANAGEMENT_CHARGE };
  }
  throw notSupported(`resource \`${kind}\``);
}

function isQuery(request: CosmosRequest): boolean {
  return isSet(request, 'x-ms-documentdb-isquery');
}

function isCreation(request: CosmosRequest): boolean {
  return request.method === 'POST' && !isQuery(request);
}

function toResource(status: number, resource: JsonObject): CosmosReply {
  const etag = resource['_etag'];
  return {
    status,
    body: JSON.stringify(resource),
    charge: MANAGEMENT_CHARGE,
    headers: typeof etag === 'string' ? { etag } : {},
  };
}

function toList(
  rid: string,
  kind: string,
  request: CosmosRequest,
  resources: readonly JsonObject[],
): CosmosReply {
  if (isQuery(request)) throw notSupported(`a query over \`${kind}\``);
  if (request.method !== 'GET') throw notAllowed(request.method);
  const texts = resources.map((resource) => JSON.stringify(resource));
  return { ...toFeed(rid, kind, texts), charge: MANAGEMENT_CHARGE };
}

/** The one range of partition keys that every container has. */
function partitionKeyRange(rid: string): string {
  return JSON.stringify({
    id: '0',
    _rid: rid,
    _etag: `"${rid}"`,
    _self: `pkranges/0/`,
    _ts: 0,
    minInclusive: '',
    maxExclusive: 'FF',
    ridPrefix: 0,
    throughputFraction: 1,
    status: 'online',
    parents: [],
  });
}
