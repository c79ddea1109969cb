import type { IncomingHttpHeaders } from 'node:http';

/** The operations that counters and fault rules distinguish. */
export type Operation =
  | 'read'
  | 'create'
  | 'upsert'
  | 'replace'
  | 'patch'
  | 'delete'
  | 'query'
  | 'batch';

/** A request as received. */
export interface CosmosRequest {
  readonly method: string;
  /** The decoded segments of the path: `dbs`, a name, `colls`, a name, … */
  readonly path: readonly string[];
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A reply before it is written. */
export interface CosmosReply {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Request units. */
  readonly charge?: number;
  /** Whether a query read more documents than an index could select. */
  readonly isScan?: boolean;
}

/** The value of the header `name`; `undefined` if it is absent or repeated. */
export function header(request: CosmosRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** Whether the header `name` is `true`, in any letter case. */
export function isSet(request: CosmosRequest, name: string): boolean {
  return header(request, name)?.toLowerCase() === 'true';
}

/** The operation on the items of a container; `undefined` for requests for databases and containers. */
export function toOperation(request: CosmosRequest): Operation | undefined {
  const { method, path } = request;
  if (path[4] !== 'docs') return undefined;
  if (path.length === 6) return ITEM_METHODS[method];
  if (method === 'GET') return 'query';
  if (isSet(request, 'x-ms-cosmos-is-query-plan-request')) return undefined;
  if (isSet(request, 'x-ms-documentdb-isquery')) return 'query';
  if (isSet(request, 'x-ms-cosmos-is-batch-request')) return 'batch';
  return isSet(request, 'x-ms-documentdb-is-upsert') ? 'upsert' : 'create';
}

const ITEM_METHODS: Readonly<Record<string, Operation>> = {
  GET: 'read',
  PUT: 'replace',
  PATCH: 'patch',
  DELETE: 'delete',
};
