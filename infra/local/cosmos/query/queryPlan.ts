import { notSupported } from '../cosmosError.ts';
import { compileCount } from './compileExpression.ts';
import {
  AGGREGATES,
  hasAggregate,
  isAggregating,
  type Expression,
  type Item,
  type Query,
} from './query.ts';
import { Scope } from './scope.ts';

/** The placeholder in which clients put a filter of their own to continue an ordered query. */
const FILTER = '{documentdb-formattableorderbyquery-filter}';

/** Whether the client has to combine the results of a query over several partitions. */
export function needsQueryPlan(query: Query): boolean {
  const { isDistinct, top, offset, orderBy } = query;
  return (
    isDistinct ||
    top !== undefined ||
    offset !== undefined ||
    orderBy.length > 0 ||
    isAggregating(query)
  );
}

/** The plan by which a client combines results; it requests the plan before a query over all partitions. */
export function toQueryPlan(query: Query, parameters: ReadonlyMap<string, unknown>): object {
  const scope = new Scope(parameters);
  const count = (expression: Expression | undefined): number | undefined =>
    expression && compileCount(expression, scope);
  const [top, offset, limit] = [count(query.top), count(query.offset), count(query.limit)];
  const selected = query.select === '*' ? [] : query.select;
  const aggregates = query.isValue ? selected.flatMap(toAggregateNames) : [];
  const isGrouped = query.groupBy.length > 0 || (isAggregating(query) && !query.isValue);
  return {
    partitionedQueryExecutionInfoVersion: 2,
    queryInfo: {
      distinctType: query.isDistinct ? 'Unordered' : 'None',
      top,
      offset,
      limit,
      orderBy: query.orderBy.map(({ isDescending }) => (isDescending ? 'Descending' : 'Ascending')),
      orderByExpressions: query.orderBy.map(({ text }) => text),
      groupByExpressions: query.groupBy.map(({ text }) => text),
      groupByAliases: isGrouped ? selected.map(({ alias }) => alias) : [],
      aggregates,
      groupByAliasToAggregateType: isGrouped && !query.isValue ? aliasTypes(selected) : {},
      rewrittenQuery: rewritten(query, {
        isGrouped,
        rows: (offset ?? 0) + (limit ?? 0),
        top: top === undefined ? '' : `TOP ${top} `,
      }),
      hasSelectValue: query.isValue,
      hasNonStreamingOrderBy: false,
    },
    queryRanges: [{ min: '', max: 'FF', isMinInclusive: true, isMaxInclusive: false }],
  };
}

function toAggregateNames({ expression }: Item): string[] {
  const name = expression.kind === 'call' ? AGGREGATES.get(expression.name) : undefined;
  if (name === undefined && hasAggregate(expression))
    throw notSupported('an aggregate inside an expression');
  return name === undefined ? [] : [name];
}

function aliasTypes(selected: readonly Item[]): Record<string, string | null> {
  return Object.fromEntries(
    selected.map((item) => [item.alias, toAggregateNames(item)[0] ?? null]),
  );
}

interface Shape {
  readonly isGrouped: boolean;
  /** How many rows each partition returns, so the client can skip `OFFSET` and take `LIMIT`. */
  readonly rows: number;
  readonly top: string;
}

/** The query for each partition; empty if the original query can be used. */
function rewritten(query: Query, { isGrouped, rows, top }: Shape): string {
  const where = query.where && `(${query.where.text})`;
  const order = query.orderBy.map(
    ({ text, isDescending }) => `${text} ${isDescending ? 'DESC' : 'ASC'}`,
  );
  const tail = [
    order.length === 0 ? '' : `ORDER BY ${order.join(', ')}`,
    query.offset === undefined ? '' : `OFFSET 0 LIMIT ${rows}`,
  ];
  const join = (select: string, filter: string | undefined, ...rest: readonly string[]): string =>
    [`SELECT ${select}`, query.fromText, filter ? `WHERE ${filter}` : '', ...rest]
      .filter(Boolean)
      .join(' ');
  if (order.length > 0) {
    const items = query.orderBy.map(({ text }) => `{"item": ${text}}`).join(', ');
    const select = `${top}${query.alias ?? ''}._rid, [${items}] AS orderByItems, ${payload(query)} AS payload`;
    return join(select, where ? `${where} AND (${FILTER})` : `(${FILTER})`, ...tail);
  }
  if (isAggregating(query)) {
    const groups = query.groupBy.map(({ text }) => text).join(', ');
    const items = query.groupBy.map(({ text }) => `{"item": ${text}}`).join(', ');
    const keys = groups === '' ? '' : `[${items}] AS groupByItems, `;
    const select = isGrouped ? `${keys}${payload(query)} AS payload` : `VALUE ${payload(query)}`;
    return join(select, where, groups === '' ? '' : `GROUP BY ${groups}`);
  }
  if (query.offset === undefined) return '';
  const distinct = query.isDistinct ? 'DISTINCT ' : '';
  const select = query.select === '*' ? '*' : `VALUE ${payload(query)}`;
  return join(`${distinct}${select}`, where, ...tail);
}

/** The selection as one expression. */
function payload(query: Query): string {
  if (query.select === '*') return query.alias ?? '';
  if (query.isValue) {
    return query.select
      .map((item) => (hasAggregate(item.expression) ? `[${partial(item)}]` : item.text))
      .join('');
  }
  const members = query.select.map((item) => {
    const value = hasAggregate(item.expression) ? partial(item) : item.text;
    return `${JSON.stringify(item.alias)}: ${value}`;
  });
  return `{${members.join(', ')}}`;
}

/** The part of an aggregate that one partition computes. */
function partial({ expression, text }: Item): string {
  if (expression.kind !== 'call') throw notSupported('an aggregate inside an expression');
  const of = text.slice(text.indexOf('('));
  switch (expression.name) {
    case 'MIN':
    case 'MAX':
      return `{"item": ${text}, "item2": {"${expression.name.toLowerCase()}": ${text}, "count": COUNT${of}}}`;
    case 'AVG':
      return `{"item": {"sum": SUM${of}, "count": COUNT${of}}}`;
    default:
      return `{"item": ${text}}`;
  }
}
