import type { SQLInputValue } from 'node:sqlite';
import { badRequest, CosmosError, notSupported } from '../cosmosError.ts';
import type { Container } from '../container.ts';
import { hasComposite, isIndexed, isNamed, toKeys } from '../indexingPolicy.ts';
import type { Keys } from '../typedPath.ts';
import { compileCondition, compileIterations, compileValue } from './compileExpression.ts';
import { Columns, compileSelect, type Emit } from './emit.ts';
import { afterSql, orderSql, type OrderColumn } from './order.ts';
import { isAggregating, type Query } from './query.ts';
import { Scope } from './scope.ts';
import { toConjuncts, toServedPath, type ServedPath } from './servedPath.ts';

/** What a query is asked of. */
export interface QueryInput {
  readonly query: Query;
  readonly parameters: ReadonlyMap<string, unknown>;
  /** The one partition, or the beginning of a hierarchy, that the query stays in. */
  readonly partitionKey: string | undefined;
  /** Where the last page ended. */
  readonly after: readonly SQLInputValue[] | undefined;
  readonly limit: number;
  readonly offset: number;
  readonly nowInSeconds: number;
}

/** A query as one statement of SQLite. */
export interface CompiledQuery {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
  readonly emit: Emit;
  /** The column that says where a row stands in the order; absent where the answer is one page. */
  readonly position?: string;
  readonly isOrderedByAge: boolean;
  readonly hasFilter: boolean;
  /** Whether the indexing policy serves the whole filter. */
  readonly isServed: boolean;
  readonly partitionKey: string | undefined;
}

/** Compiles a query over the items of `container`. @throws CosmosError for what Cosmos DB or this server refuses. */
export function compileQuery(container: Container, input: QueryInput): CompiledQuery {
  const { query } = input;
  if (query.alias === undefined) throw notSupported('FROM with `IN`');
  const scope = new Scope(input.parameters);
  scope.addItem(query.alias);
  const { tables, conditions } = compileIterations(query.iterations, scope);
  const conjuncts = toConjuncts(query.where?.expression);
  const filters = conjuncts.map((condition) => ({
    sql: compileCondition(condition, scope, false),
    served: toServedPath(condition, scope),
  }));
  const served = filters.map(({ served }) => served);
  const partitionKey = input.partitionKey ?? impliedPartition(container, served);
  const keys = query.iterations.length === 0 ? [] : tables.map(({ name }) => `${name}.key`);
  const order = toOrder(container, query, served, scope, keys);
  const columns = new Columns();
  const emit = compileSelect(query, scope, columns);
  const isPaged = !query.isDistinct && !isAggregating(query);
  if (!isPaged && query.orderBy.length > 0)
    throw notSupported('ORDER BY with DISTINCT or GROUP BY');
  const position = isPaged
    ? { position: columns.add(`json_array(${order.columns.map(({ sql }) => sql).join(', ')})`) }
    : {};
  const bind = (value: SQLInputValue): string => scope.bind(value);
  const where = [
    ...itemConditions(container, partitionKey, input.nowInSeconds, bind),
    ...conditions,
    ...filters.map(({ sql }) => sql),
    ...order.conditions,
    ...(input.after === undefined
      ? []
      : [...order.seek(input.after), afterSql(order.columns, input.after, bind)]),
  ];
  const groups = query.groupBy.flatMap(({ expression }) => {
    const { rank, value } = compileValue(expression, scope);
    return [rank, value];
  });
  const sql = [
    `SELECT ${query.isDistinct ? 'DISTINCT ' : ''}${columns.toSql()}`,
    `FROM ${[fromSql(container, partitionKey), ...tables.map((table) => table.sql)].join(', ')}`,
    where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`,
    groups.length === 0 ? '' : `GROUP BY ${groups.join(', ')}`,
    isPaged ? `ORDER BY ${orderSql(order.columns)}` : '',
    `LIMIT ${bind(input.limit)} OFFSET ${bind(input.offset)}`,
  ].join(' ');
  return {
    sql,
    values: scope.values,
    emit,
    ...position,
    isOrderedByAge: isPaged && order.columns[0]?.sql === 'd.seq',
    hasFilter: conjuncts.length > 0,
    isServed: served.every((path) => path !== undefined && isServed(container, path)),
    partitionKey,
  };
}

function isServed(container: Container, { keys }: ServedPath): boolean {
  return isPartitionKey(container, keys) || isIndexed(container.indexingPolicy, keys);
}

function isPartitionKey({ partitionKey: { paths } }: Container, keys: Keys): boolean {
  const [path, ...others] = paths;
  return path !== undefined && others.length === 0 && toKeys(path).join('/') === keys.join('/');
}

/** The partition that a filter on the partition key leaves. */
function impliedPartition(
  container: Container,
  served: readonly (ServedPath | undefined)[],
): string | undefined {
  const only = served.find((path) => path?.only && isPartitionKey(container, path.keys))?.only;
  const isKey = only !== undefined && (typeof only.value !== 'object' || only.value === null);
  return isKey ? JSON.stringify([only.value]) : undefined;
}

/** The table of the items; a partition is always found by its key, whatever else an index could serve. */
function fromSql({ table }: Container, partitionKey: string | undefined): string {
  return partitionKey === undefined ? `${table} d` : `${table} d INDEXED BY ${table}_key`;
}

/** Conditions that leave the items of a partition that have not expired. */
export function itemConditions(
  container: Container,
  partitionKey: string | undefined,
  nowInSeconds: number,
  bind: (value: SQLInputValue) => string,
): string[] {
  const conditions: string[] = [];
  if (partitionKey !== undefined) {
    const { length } = JSON.parse(partitionKey) as unknown[];
    // `-` follows `,`: between the two is every key that begins with these values.
    const prefix = partitionKey.slice(0, -1);
    conditions.push(
      length === container.partitionKey.paths.length
        ? `d.pk = ${bind(partitionKey)}`
        : `d.pk >= ${bind(`${prefix},`)} AND d.pk < ${bind(`${prefix}-`)}`,
    );
  }
  if (container.defaultTtl !== undefined) {
    conditions.push(`(d.expires IS NULL OR d.expires > ${bind(nowInSeconds)})`);
  }
  return conditions;
}

interface Order {
  readonly columns: readonly OrderColumn[];
  readonly conditions: readonly string[];
  /** Conditions that let an index find the place where the last page ended. */
  seek(after: readonly SQLInputValue[]): string[];
}

/**
 * The order of the rows: as asked, otherwise along the index that serves a range, so that paging through what is due
 * does not sort it again for each page, otherwise by age.
 */
function toOrder(
  container: Container,
  query: Query,
  served: readonly (ServedPath | undefined)[],
  scope: Scope,
  iterationKeys: readonly string[],
): Order {
  const asked = query.orderBy.map(({ expression, isDescending }) => {
    if (expression.kind !== 'path' || !scope.isItem(expression.root)) {
      throw badRequest(
        'Unsupported ORDER BY clause. ORDER BY item expression could not be mapped to a document path.',
      );
    }
    return { keys: expression.keys, isDescending };
  });
  assertOrderIsServed(container, asked);
  const range =
    asked.length === 0 && query.alias !== undefined ? rangeToFollow(container, served) : [];
  const paths = asked.length === 0 ? range : asked;
  const isDescending = paths.some((path) => path.isDescending);
  const root = query.alias ?? '';
  const values = paths.map(({ keys }) => scope.value(root, keys));
  const [first] = paths;
  const isFixed = served.some(
    (path) =>
      path?.rank !== undefined &&
      paths.length === 1 &&
      path.keys.join('/') === first?.keys.join('/'),
  );
  return {
    columns: [
      ...paths.flatMap((path, at) => [
        { sql: values[at]?.rank ?? '', isDescending: path.isDescending, isFixed },
        { sql: values[at]?.value ?? '', isDescending: path.isDescending, isFixed: false },
      ]),
      ...['d.seq', ...iterationKeys].map((sql) => ({ sql, isDescending, isFixed: false })),
    ],
    conditions: paths.flatMap(({ keys }, at) =>
      isNamed(container.indexingPolicy, keys) ? [] : [`${values[at]?.rank ?? ''} IS NOT NULL`],
    ),
    seek: ([, value = null]) =>
      isFixed && value !== null
        ? [`${values[0]?.value ?? ''} ${isDescending ? '<=' : '>='} ${scope.bind(value)}`]
        : [],
  };
}

interface OrderPath {
  readonly keys: Keys;
  readonly isDescending: boolean;
}

function assertOrderIsServed({ indexingPolicy }: Container, paths: readonly OrderPath[]): void {
  if (paths.length > 1 && !hasComposite(indexingPolicy, paths)) {
    throw badRequest(
      'The order by query does not have a corresponding composite index that it can be served from.',
    );
  }
  if (paths.length === 1 && !paths.every(({ keys }) => isIndexed(indexingPolicy, keys))) {
    throw new CosmosError(400, 'The order-by item is excluded from the index path.');
  }
}

function rangeToFollow(
  { indexingPolicy }: Container,
  served: readonly (ServedPath | undefined)[],
): OrderPath[] {
  const named = served
    .filter((path) => path !== undefined)
    .filter(({ keys }) => isNamed(indexingPolicy, keys));
  if (named.some(({ kind }) => kind === 'value')) return [];
  const range = named.find(({ kind }) => kind === 'range');
  return range === undefined ? [] : [{ keys: range.keys, isDescending: false }];
}
