import type { SQLInputValue } from 'node:sqlite';
import { badRequest, notSupported } from './cosmosError.ts';
import { parseQuery, type Expression, type Query } from './parseQuery.ts';
import { queryCharge } from './requestCharge.ts';
import type { Container, Store } from './store.ts';
import {
  pathExpression,
  searchablePaths,
  Translator,
  type QueryParameter,
} from './translateQuery.ts';

export interface QueryRequest {
  readonly query: string;
  readonly parameters?: readonly QueryParameter[];
}

export interface QueryOptions {
  /** Restricts the query to one partition. */
  readonly partition?: string;
  readonly maxItemCount: number;
  readonly continuation?: string;
  readonly nowInSeconds: number;
}

export interface QueryAnswer {
  readonly results: readonly unknown[];
  readonly continuation?: string;
  readonly charge: number;
}

const AGGREGATES = new Set(['COUNT', 'SUM', 'MIN', 'MAX', 'AVG']);

/**
 * Runs one query. A condition on a path with an index uses it; any other is a scan and is charged so. ORDER BY on a
 * path that the policy does not index is refused, as the real service does.
 */
export function runQuery(
  store: Store,
  container: Container,
  { query: text, parameters = [] }: QueryRequest,
  options: QueryOptions,
): QueryAnswer {
  const query = parseQuery(text);
  const translator = new Translator(parameters);
  const isIndexed = searchablePaths(query.where).some((path) =>
    container.indexedPaths.includes(path),
  );
  const where = conditionsOf(query, translator, options);
  const scanned = isIndexed || options.partition !== undefined ? 0 : countAll(store, container);
  if (query.select.kind === 'value' && query.select.value.kind === 'call') {
    const results = aggregate(store, container, query.select.value, where);
    return { results, charge: queryCharge(results.length, scanned) };
  }
  const page = readPage(store, container, query, translator, where, options, isIndexed);
  return { ...page, charge: queryCharge(page.results.length, scanned) };
}

interface Where {
  readonly text: string;
  readonly values: readonly SQLInputValue[];
}

function conditionsOf({ where }: Query, translator: Translator, options: QueryOptions): Where {
  const condition = where === undefined ? undefined : translator.condition(where);
  const partition = options.partition === undefined ? [] : [options.partition];
  return {
    text: [
      '(expires IS NULL OR expires > ?)',
      ...partition.map(() => 'partition = ?'),
      ...(condition === undefined ? [] : [condition.text]),
    ].join(' AND '),
    values: [options.nowInSeconds, ...partition, ...(condition?.values ?? [])],
  };
}

function countAll(store: Store, { table }: Container): number {
  return Number(store.all(`SELECT count(*) AS n FROM ${table}`)[0]?.['n']);
}

function aggregate(
  store: Store,
  { table }: Container,
  call: Extract<Expression, { kind: 'call' }>,
  where: Where,
): readonly unknown[] {
  if (!AGGREGATES.has(call.name)) throw notSupported(`SELECT VALUE ${call.name}`);
  const [argument] = call.args;
  const of = argument?.kind === 'path' ? pathExpression(argument.path) : '1';
  const text = `SELECT ${call.name}(${of}) AS result FROM ${table} WHERE ${where.text}`;
  const result = store.all(text, ...where.values)[0]?.['result'];
  // Cosmos DB: the least of nothing is undefined, which leaves no result.
  return result === null || result === undefined ? [] : [result];
}

function readPage(
  store: Store,
  container: Container,
  query: Query,
  translator: Translator,
  where: Where,
  options: QueryOptions,
  isIndexed: boolean,
): Omit<QueryAnswer, 'charge'> {
  const constant = (expression: Expression | undefined): number | undefined =>
    expression === undefined ? undefined : Number(translator.constant(expression));
  const isKeyset =
    query.orderBy.length === 0 && query.offset === undefined && query.top === undefined;
  const position = readContinuation(options.continuation);
  const total = constant(query.top) ?? constant(query.limit) ?? Infinity;
  const taken = isKeyset ? 0 : position;
  const size = Math.max(0, Math.min(options.maxItemCount, total - taken));
  // The plus keeps SQLite from walking the table in its order where an index finds less.
  const sequence = isIndexed ? '+sequence' : 'sequence';
  const text = [
    `SELECT sequence, body FROM ${container.table} WHERE ${where.text}`,
    isKeyset ? `AND ${sequence} > ?` : '',
    `ORDER BY ${[...orderKeys(container, query), sequence].join(', ')} LIMIT ? OFFSET ?`,
  ].join(' ');
  const skip = isKeyset ? 0 : (constant(query.offset) ?? 0) + position;
  const values = [...where.values, ...(isKeyset ? [position] : []), size + 1, skip];
  const rows = store.all(text, ...values);
  const page = rows.slice(0, size);
  const hasMore = rows.length > size && taken + size < total;
  const next = isKeyset ? Number(page.at(-1)?.['sequence']) : position + size;
  const results = project(
    query,
    page.map(({ body }) => JSON.parse(String(body)) as unknown),
  );
  return {
    results,
    ...(hasMore && page.length > 0 ? { continuation: writeContinuation(next) } : {}),
  };
}

function orderKeys(container: Container, { orderBy }: Query): readonly string[] {
  return orderBy.map(({ path, isDescending }) => {
    const name = `/${path.join('/')}`;
    if (!container.isFullyIndexed && !container.indexedPaths.includes(name)) {
      throw badRequest(`the order-by item \`${name}\` is excluded from the index`);
    }
    return `${pathExpression(path)} ${isDescending ? 'DESC' : 'ASC'}`;
  });
}

function project({ select }: Query, documents: readonly unknown[]): readonly unknown[] {
  return documents.flatMap((document) => {
    if (select.kind === 'all') return [document];
    if (select.kind === 'value') {
      const value = valueOf(select.value, document);
      return value === undefined ? [] : [value];
    }
    const { properties } = select;
    return [
      Object.fromEntries(properties.map(([name, value]) => [name, valueOf(value, document)])),
    ];
  });
}

function valueOf(expression: Expression, document: unknown): unknown {
  if (expression.kind === 'literal') return expression.value;
  if (expression.kind !== 'path') throw notSupported('an expression in SELECT');
  return expression.path.reduce<unknown>(
    (at, name) =>
      typeof at === 'object' && at !== null && Object.hasOwn(at, name)
        ? (at as Record<string, unknown>)[name]
        : undefined,
    document,
  );
}

function writeContinuation(position: number): string {
  return Buffer.from(JSON.stringify({ position })).toString('base64');
}

function readContinuation(text: string | undefined): number {
  if (text === undefined) return 0;
  try {
    const token: unknown = JSON.parse(Buffer.from(text, 'base64').toString());
    if (typeof token === 'object' && token !== null && 'position' in token) {
      const position = Number(token.position);
      if (Number.isSafeInteger(position) && position >= 0) return position;
    }
  } catch {
    // falls through to the refusal
  }
  throw badRequest('the continuation token is not valid');
}
