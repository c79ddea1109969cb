import type { SQLInputValue } from 'node:sqlite';
import type { Container } from '../container.ts';
import { badRequest } from '../cosmosError.ts';
import { isJsonObject, type JsonObject } from '../../../../shared/base/jsonObject.ts';
import { queryCharge } from '../requestUnits.ts';
import type { SqliteStore } from '../../sqliteStore.ts';
import { compileCount } from './compileExpression.ts';
import { compileQuery, type CompiledQuery } from './compileQuery.ts';
import { itemConditions } from './itemsSql.ts';
import type { Query } from './query.ts';
import { Scope } from './scope.ts';

/** The page size if the client leaves it to the server. */
const DYNAMIC_PAGE_SIZE = 1000;
const PAGE_IN_BYTES = 4 * 1024 * 1024;

/** A query with its partition and the requested page. */
export interface QueryRequest {
  readonly query: Query;
  readonly parameters: ReadonlyMap<string, unknown>;
  readonly partitionKey: string | undefined;
  /** -1 leaves the page size to the server. */
  readonly maxItemCount: number;
  readonly continuation: string | undefined;
  readonly nowInSeconds: number;
}

/** One page of results, which are JSON texts. */
export interface QueryPage {
  readonly results: readonly string[];
  readonly continuation?: string;
  readonly charge: number;
  /** Whether the query read more documents than it returned, because no index serves the filter. */
  readonly isScan: boolean;
}

/** The position of the next page; the content of a continuation token. */
interface Bookmark {
  readonly after: readonly SQLInputValue[];
  /** How many results remain, if the query limits them. */
  readonly left?: number;
}

/** Returns one page of a query. @throws CosmosError. */
export function runQuery(
  store: SqliteStore,
  container: Container,
  request: QueryRequest,
): QueryPage {
  const bookmark = request.continuation === undefined ? undefined : fromToken(request.continuation);
  const { offset, wanted } = limitsOf(request, bookmark);
  const pageSize = request.maxItemCount === -1 ? DYNAMIC_PAGE_SIZE : request.maxItemCount;
  const size = Math.min(pageSize, wanted);
  const { query, parameters, partitionKey, nowInSeconds } = request;
  const input = { query, parameters, partitionKey, after: bookmark?.after, offset, nowInSeconds };
  let compiled = compileQuery(container, { ...input, limit: size + 1 });
  // A query that cannot be continued is answered on one page.
  const isPaged = compiled.position !== undefined;
  if (!isPaged)
    compiled = compileQuery(container, {
      ...input,
      limit: Math.min(wanted, Number.MAX_SAFE_INTEGER),
    });
  const page = readPage(store, compiled, isPaged ? size : Infinity);
  const left = wanted - page.rows;
  const hasMore = page.isCut && page.last !== undefined && left > 0;
  const isScan = compiled.hasFilter && (!compiled.isServed || store.scans(compiled.sql, 'd'));
  const loaded = isScan
    ? countLoaded(store, container, compiled, {
        from: bookmark?.after,
        to: hasMore ? page.last : undefined,
        nowInSeconds,
      })
    : page.rows;
  return {
    results: page.results,
    ...(hasMore && page.last
      ? { continuation: toToken({ after: page.last, ...(Number.isFinite(left) ? { left } : {}) }) }
      : {}),
    charge: queryCharge(loaded, page.bytes),
    isScan,
  };
}

function limitsOf(
  { query, parameters }: QueryRequest,
  bookmark: Bookmark | undefined,
): { readonly offset: number; readonly wanted: number } {
  const scope = new Scope(parameters);
  const limits = [query.top, query.limit].flatMap((count) =>
    count ? [compileCount(count, scope)] : [],
  );
  const offset = query.offset ? compileCount(query.offset, scope) : 0;
  if (bookmark !== undefined) return { offset: 0, wanted: bookmark.left ?? Infinity };
  return { offset, wanted: Math.min(Infinity, ...limits) };
}

interface PageOfRows {
  readonly results: string[];
  readonly rows: number;
  readonly bytes: number;
  /** Whether more rows follow. */
  readonly isCut: boolean;
  readonly last: SQLInputValue[] | undefined;
}

function readPage(
  store: SqliteStore,
  { sql, values, emit, position }: CompiledQuery,
  size: number,
): PageOfRows {
  const results: string[] = [];
  let [rows, bytes, isCut] = [0, 0, false];
  let last: unknown;
  for (const row of store.each(sql, ...values)) {
    if (rows >= size || (rows > 0 && bytes >= PAGE_IN_BYTES && position !== undefined)) {
      isCut = true;
      break;
    }
    rows += 1;
    const text = emit(row);
    if (text !== undefined) {
      results.push(text);
      bytes += Buffer.byteLength(text);
    }
    if (position !== undefined) last = row[position];
  }
  return {
    results,
    rows,
    bytes,
    isCut,
    last: typeof last === 'string' ? toPosition(last) : undefined,
  };
}

function toPosition(text: string): SQLInputValue[] {
  const values = JSON.parse(text) as unknown[];
  return values.map((value) =>
    typeof value === 'object' && value !== null ? JSON.stringify(value) : (value as SQLInputValue),
  );
}

interface Span {
  readonly from: readonly SQLInputValue[] | undefined;
  readonly to: readonly SQLInputValue[] | undefined;
  readonly nowInSeconds: number;
}

/** How many documents a scan read for one page. */
function countLoaded(
  store: SqliteStore,
  container: Container,
  compiled: CompiledQuery,
  span: Span,
): number {
  const values: SQLInputValue[] = [];
  const bind = (value: SQLInputValue): string => `?${values.push(value)}`;
  const where = itemConditions(container, compiled.partitionKey, span.nowInSeconds, bind);
  if (compiled.isOrderedByAge) {
    if (span.from?.[0] !== undefined) where.push(`d.seq > ${bind(span.from[0])}`);
    if (span.to?.[0] !== undefined) where.push(`d.seq <= ${bind(span.to[0])}`);
  }
  const filter = where.length === 0 ? '' : ` WHERE ${where.join(' AND ')}`;
  return Number(
    store.first(`SELECT count(*) AS n FROM ${container.table} d${filter}`, ...values)?.['n'],
  );
}

function toToken(bookmark: Bookmark): string {
  return Buffer.from(JSON.stringify(bookmark)).toString('base64url');
}

function fromToken(token: string): Bookmark {
  try {
    const bookmark: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    if (isJsonObject(bookmark) && Array.isArray(bookmark['after']))
      return bookmark as JsonObject & Bookmark;
  } catch {
    // Reported below.
  }
  throw badRequest('INVALID_CONTINUATION_TOKEN: the continuation token is malformed');
}
