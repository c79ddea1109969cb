import type { Keys } from '../typedPath.ts';

/** An expression of Cosmos DB's SQL. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: unknown }
  | { readonly kind: 'parameter'; readonly name: string }
  | { readonly kind: 'path'; readonly root: string; readonly keys: Keys }
  | { readonly kind: 'array'; readonly items: readonly Expression[] }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [string, Expression])[] }
  | { readonly kind: 'call'; readonly name: string; readonly parameters: readonly Expression[] }
  | {
      readonly kind: 'compare';
      readonly operator: Comparison;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'not'; readonly operand: Expression }
  | { readonly kind: 'in'; readonly operand: Expression; readonly list: readonly Expression[] }
  | { readonly kind: 'exists'; readonly query: Query };

export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';

/** An expression with its source text, from which other queries can be composed. */
export interface Item {
  readonly expression: Expression;
  readonly text: string;
  /** The name of its property in the result. */
  readonly alias: string;
}

/** `alias IN path`: one row for each element of an array. */
export interface Iteration {
  readonly alias: string;
  readonly array: Expression & { readonly kind: 'path' };
}

/** A query as written. */
export interface Query {
  readonly isDistinct: boolean;
  readonly top?: Expression;
  readonly select: '*' | readonly Item[];
  /** `SELECT VALUE`: the result is the selected value itself, not an object with it. */
  readonly isValue: boolean;
  /** The name of the whole item; absent if the query iterates over an array of an outer query. */
  readonly alias?: string;
  readonly fromText: string;
  readonly iterations: readonly Iteration[];
  readonly where?: Item;
  readonly groupBy: readonly Item[];
  readonly orderBy: readonly (Item & { readonly isDescending: boolean })[];
  readonly offset?: Expression;
  readonly limit?: Expression;
}

/** Functions that reduce many rows to one value, and their names in query plans. */
export const AGGREGATES: ReadonlyMap<string, string> = new Map([
  ['COUNT', 'Count'],
  ['SUM', 'Sum'],
  ['MIN', 'Min'],
  ['MAX', 'Max'],
  ['AVG', 'Average'],
]);

/** Whether `expression` contains an aggregate. */
export function hasAggregate(expression: Expression): boolean {
  if (expression.kind === 'array') return expression.items.some(hasAggregate);
  if (expression.kind === 'object')
    return expression.entries.some(([, value]) => hasAggregate(value));
  return expression.kind === 'call' && AGGREGATES.has(expression.name);
}

/** Whether each result of `query` represents a group of rows, or all rows. */
export function isAggregating(query: Query): boolean {
  const selected = query.select === '*' ? [] : query.select;
  return query.groupBy.length > 0 || selected.some(({ expression }) => hasAggregate(expression));
}
