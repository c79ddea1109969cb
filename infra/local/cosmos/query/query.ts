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

/** An expression with its own text, from which other queries can be composed. */
export interface Item {
  readonly expression: Expression;
  readonly text: string;
  /** The name of the member that it becomes. */
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
  /** `*` where everything is selected. */
  readonly select: '*' | readonly Item[];
  /** `SELECT VALUE`: the one item itself, not an object around it. */
  readonly isValue: boolean;
  /** What the whole item is called; absent where the query starts from an array of an outer one. */
  readonly alias?: string;
  readonly fromText: string;
  readonly iterations: readonly Iteration[];
  readonly where?: Item;
  readonly groupBy: readonly Item[];
  readonly orderBy: readonly (Item & { readonly isDescending: boolean })[];
  readonly offset?: Expression;
  readonly limit?: Expression;
}

/** Functions that make one value of many rows, and what clients call them. */
export const AGGREGATES: ReadonlyMap<string, string> = new Map([
  ['COUNT', 'Count'],
  ['SUM', 'Sum'],
  ['MIN', 'Min'],
  ['MAX', 'Max'],
  ['AVG', 'Average'],
]);

/** Whether `expression` holds an aggregate. */
export function hasAggregate(expression: Expression): boolean {
  if (expression.kind === 'array') return expression.items.some(hasAggregate);
  if (expression.kind === 'object')
    return expression.entries.some(([, value]) => hasAggregate(value));
  return expression.kind === 'call' && AGGREGATES.has(expression.name);
}

/** Whether `query` answers with groups of rows, or with all of them as one. */
export function isAggregating(query: Query): boolean {
  const selected = query.select === '*' ? [] : query.select;
  return query.groupBy.length > 0 || selected.some(({ expression }) => hasAggregate(expression));
}
