import { answerItem, answerItems } from './answerItems.ts';
import { openCatalogue } from '../catalogue.ts';
import { CosmosError, notSupported } from '../cosmosError.ts';
import { header, isSet, type CosmosReply, type CosmosRequest } from './cosmosRequest.ts';
import { toFeed } from './feed.ts';
import { openItems } from '../items.ts';
import { parseJsonObject, type JsonObject } from '../json.ts';
import { fromPartitionKeyHeader } from '../partitionKey.ts';
import type { SqliteStore } from '../../sqliteStore.ts';

/** The price of anything about databases and containers. */
const MANAGEMENT_CHARGE = 1;

interface Options {
  readonly store: SqliteStore;
  readonly clock: () => number;
  /** Where clients reach the server. */
  readonly address: () => string;
}

/** Answers the requests of the REST API. @throws CosmosError. */
export type Answer = (request: CosmosRequest) => CosmosReply;

/** Creates what answers requests from `store`. `clock` gives milliseconds. */
export function createAnswer({ store, clock, address }: Options): Answer {
  const nowInSeconds = (): number => Math.floor(clock() / 1000);
  const catalogue = openCatalogue(store, nowInSeconds);
  const items = openItems(store, nowInSeconds);

  const answerDatabases = (request: CosmosRequest): CosmosReply => {
    if (request.method === 'POST' && !isQuery(request)) {
      return toResource(
        201,
        catalogue.createDatabase(parseJsonObject(request.body, 'the database')),
      );
    }
    return toList('', 'Databases', request, catalogue.databases());
  };

  const answerDatabase = ({ method }: CosmosRequest, databaseId: string): CosmosReply => {
    if (method === 'GET') return toResource(200, catalogue.database(databaseId));
    if (method !== 'DELETE') throw notAllowed(method);
    catalogue.deleteDatabase(databaseId);
    return { status: 204, charge: MANAGEMENT_CHARGE };
  };

  const answerContainers = (request: CosmosRequest, databaseId: string): CosmosReply => {
    if (request.method === 'POST' && !isQuery(request)) {
      const body = parseJsonObject(request.body, 'the container');
      return toResource(201, catalogue.createContainer(databaseId, body).resource);
    }
    const resources = catalogue.containers(databaseId).map(({ resource }) => resource);
    return toList(
      String(catalogue.database(databaseId)['_rid']),
      'DocumentCollections',
      request,
      resources,
    );
  };

  const answerContainer = (
    { method, body }: CosmosRequest,
    databaseId: string,
    containerId: string,
  ): CosmosReply => {
    switch (method) {
      case 'GET':
        return toResource(200, catalogue.container(databaseId, containerId).resource);
      case 'PUT': {
        const definition = parseJsonObject(body, 'the container');
        return toResource(
          200,
          catalogue.replaceContainer(databaseId, containerId, definition).resource,
        );
      }
      case 'DELETE':
        catalogue.deleteContainer(databaseId, containerId);
        return { status: 204, charge: MANAGEMENT_CHARGE };
      default:
        throw notAllowed(method);
    }
  };

  const answerInside = (request: CosmosRequest): CosmosReply => {
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
  };

  return (request) => {
    const { path } = request;
    const [kind, databaseId = '', inner, containerId = ''] = path;
    if (kind === undefined) return toResource(200, toAccount(address()));
    if (kind === 'offers') return toFeed('', 'Offers', []);
    if (kind !== 'dbs') throw notSupported(`resource \`${kind}\``);
    if (path.length === 1) return answerDatabases(request);
    if (path.length === 2) return answerDatabase(request, databaseId);
    if (inner !== 'colls') throw notSupported(`resource \`${inner ?? ''}\``);
    if (path.length === 3) return answerContainers(request, databaseId);
    if (path.length === 4) return answerContainer(request, databaseId, containerId);
    if (path.length > 6) throw notSupported(`resource \`${path[6] ?? ''}\``);
    const reply = answerInside(request);
    return {
      ...reply,
      headers: { ...reply.headers, 'x-ms-session-token': `0:-1#${items.version()}` },
    };
  };
}

function notAllowed(method: string): CosmosError {
  return new CosmosError(405, `method \`${method}\` is not allowed here`);
}

function isQuery(request: CosmosRequest): boolean {
  return isSet(request, 'x-ms-documentdb-isquery');
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

/** All of a container is one range of partition keys. */
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

function toAccount(address: string): JsonObject {
  const location = { name: 'local', databaseAccountEndpoint: `${address}/` };
  return {
    id: 'local',
    _self: '',
    _rid: 'local',
    media: '//media/',
    addresses: '//addresses/',
    _dbs: '//dbs/',
    writableLocations: [location],
    readableLocations: [location],
    enableMultipleWriteLocations: false,
    userConsistencyPolicy: { defaultConsistencyLevel: 'Session' },
  };
}
