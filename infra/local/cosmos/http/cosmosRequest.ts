import type { IncomingHttpHeaders } from 'node:http';

/** What operations are counted by and can be made to fail by. */
export type Operation =
  | 'read'
  | 'create'
  | 'upsert'
  | 'replace'
  | 'patch'
  | 'delete'
  | 'query'
  | 'batch';

/** A request as the wire gives it. */
export interface CosmosRequest {
  readonly method: string;
  /** The parts of the path, decoded: `dbs`, a name, `colls`, a name, … */
  readonly path: readonly string[];
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An answer. */
export interface CosmosReply {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Request units. */
  readonly charge?: number;
  /** Whether a query had to read more than an index could pick out. */
  readonly isScan?: boolean;
}

/** The header `name` where it is given once. */
export function header(request: CosmosRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** Whether the header `name` says true, in any case. */
export function isSet(request: CosmosRequest, name: string): boolean {
  return header(request, name)?.toLowerCase() === 'true';
}

/** What a request does to the items of a container; `undefined` for everything about databases and containers. */
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
