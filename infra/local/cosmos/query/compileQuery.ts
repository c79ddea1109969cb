import type { SQLInputValue } from 'node:sqlite';
import type { Container } from '../container.ts';
import { notSupported } from '../cosmosError.ts';
import { isIndexed, toKeys } from '../indexingPolicy.ts';
import type { Keys } from '../typedPath.ts';
import { compileCondition, compileIterations, compileValue } from './compileExpression.ts';
import { Columns, compileSelect, type Emit } from './emit.ts';
import { fromSql, itemConditions } from './itemsSql.ts';
import { afterSql, orderSql } from './order.ts';
import { isAggregating, type Query } from './query.ts';
import { Scope } from './scope.ts';
import { toConjuncts, toServedPath, type ServedPath } from './servedPath.ts';
import { toOrder, type Order } from './toOrder.ts';

/** A query with the range of rows that it returns. */
export interface QueryInput {
  readonly query: Query;
  readonly parameters: ReadonlyMap<string, unknown>;
  /** The partition that the query is limited to: a whole key, or the start of a hierarchical one. */
  readonly partitionKey: string | undefined;
  /** The position of the last row of the previous page. */
  readonly after: readonly SQLInputValue[] | undefined;
  readonly limit: number;
  readonly offset: number;
  readonly nowInSeconds: number;
}

/** A query as one SQLite statement. */
export interface CompiledQuery {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
  readonly emit: Emit;
  /** The column with a row's position in the order; absent if the query has one page only. */
  readonly position: string | undefined;
  readonly isOrderedByAge: boolean;
  readonly hasFilter: boolean;
  /** Whether the indexing policy serves the whole filter. */
  readonly isServed: boolean;
  readonly partitionKey: string | undefined;
}

/** Compiles a query over the items of `container`. @throws CosmosError if Cosmos DB or this server rejects it. */
export function compileQuery(container: Container, input: QueryInput): CompiledQuery {
  const { query, after } = input;
  if (query.alias === undefined) throw notSupported('FROM with `IN`');
  const scope = new Scope(input.parameters);
  scope.addItem(query.alias);
  const { tables, conditions } = compileIterations(query.iterations, scope);
  const filter = compileFilter(query, scope);
  const partitionKey = input.partitionKey ?? impliedPartition(container, filter.served);
  const order = toOrder({ container, query, served: filter.served, scope, iterations: tables });
  const columns = new Columns();
  const emit = compileSelect(query, scope, columns);
  const position = addPosition(query, order, columns);
  const bind = (value: SQLInputValue): string => scope.bind(value);
  const where = [
    ...itemConditions(container, partitionKey, input.nowInSeconds, bind),
    ...conditions,
    ...filter.conditions,
    ...order.conditions,
    ...(after ? [...order.seek(after), afterSql(order.columns, after, bind)] : []),
  ];
  const groups = compileGroups(query, scope);
  const sql = [
    `SELECT ${query.isDistinct ? 'DISTINCT ' : ''}${columns.toSql()}`,
    `FROM ${[fromSql(container, partitionKey), ...tables.map((table) => table.sql)].join(', ')}`,
    where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`,
    groups.length === 0 ? '' : `GROUP BY ${groups.join(', ')}`,
    position === undefined ? '' : `ORDER BY ${orderSql(order.columns)}`,
    `LIMIT ${bind(input.limit)} OFFSET ${bind(input.offset)}`,
  ].join(' ');
  return {
    sql,
    values: scope.values,
    emit,
    position,
    isOrderedByAge: position !== undefined && order.columns[0]?.sql === 'd.seq',
    hasFilter: filter.conditions.length > 0,
    isServed: filter.served.every((path) => path !== undefined && isServed(container, path)),
    partitionKey,
  };
}

function compileGroups({ groupBy }: Query, scope: Scope): readonly string[] {
  return groupBy
    .map(({ expression }) => compileValue(expression, scope))
    .flatMap(({ rank, value }) => [rank, value]);
}

interface Filter {
  readonly conditions: readonly string[];
  readonly served: readonly (ServedPath | undefined)[];
}

function compileFilter({ where }: Query, scope: Scope): Filter {
  const conjuncts = toConjuncts(where?.expression);
  return {
    conditions: conjuncts.map((condition) => compileCondition(condition, scope, false)),
    served: conjuncts.map((condition) => toServedPath(condition, scope)),
  };
}

/** Adds the column from which the next page continues; `undefined` if the query has one page only. */
function addPosition(query: Query, order: Order, columns: Columns): string | undefined {
  if (!query.isDistinct && !isAggregating(query)) {
    return columns.add(`json_array(${order.columns.map(({ sql }) => sql).join(', ')})`);
  }
  if (query.orderBy.length > 0) throw notSupported('ORDER BY with DISTINCT or GROUP BY');
  return undefined;
}

function isServed(container: Container, { keys }: ServedPath): boolean {
  return isPartitionKey(container, keys) || isIndexed(container.indexingPolicy, keys);
}

function isPartitionKey({ partitionKey: { paths } }: Container, keys: Keys): boolean {
  const [path, ...others] = paths;
  return path !== undefined && others.length === 0 && toKeys(path).join('/') === keys.join('/');
}

/** The partition to which a filter on the partition key limits the query. */
function impliedPartition(
  container: Container,
  served: readonly (ServedPath | undefined)[],
): string | undefined {
  const only = served.find((path) => path?.only && isPartitionKey(container, path.keys))?.only;
  const isKey = only !== undefined && (typeof only.value !== 'object' || only.value === null);
  return isKey ? JSON.stringify([only.value]) : undefined;
}
