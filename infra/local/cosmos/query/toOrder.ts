import type { SQLInputValue } from 'node:sqlite';
import { badRequest } from '../cosmosError.ts';
import type { Container } from '../container.ts';
import { hasComposite, isIndexed, isNamed, type IndexingPolicy } from '../indexingPolicy.ts';
import type { Keys } from '../typedPath.ts';
import type { OrderColumn } from './order.ts';
import type { Query } from './query.ts';
import type { Scope } from './scope.ts';
import type { ServedPath } from './servedPath.ts';

/** The order of the rows of a query. */
export interface Order {
  readonly columns: readonly OrderColumn[];
  readonly conditions: readonly string[];
  /** Conditions by which an index finds the position after which the next page starts. */
  seek(after: readonly SQLInputValue[]): string[];
}

interface OrderInput {
  readonly container: Container;
  readonly query: Query;
  /** The conditions of the filter that an index can serve. */
  readonly served: readonly (ServedPath | undefined)[];
  readonly scope: Scope;
  readonly iterations: readonly { readonly name: string }[];
}

/**
 * The order of the rows: the one in the query, or else the order of the index that serves a range, or else by age.
 * Following the index avoids sorting again for each page of a range.
 */
export function toOrder({ container, query, served, scope, iterations }: OrderInput): Order {
  const { indexingPolicy } = container;
  const requested = requestedPaths(query, scope);
  assertOrderIsServed(indexingPolicy, requested);
  const isOpen = requested.length === 0 && query.alias !== undefined;
  const paths = isOpen ? rangeToFollow(indexingPolicy, served) : requested;
  const isDescending = paths.some((path) => path.isDescending);
  const isFixed = hasFixedType(paths, served);
  const values = paths.map((path) => ({
    ...path,
    typed: scope.value(query.alias ?? '', path.keys),
  }));
  const [first] = values;
  const tieBreakers = ['d.seq', ...iterations.map(({ name }) => `${name}.key`)];
  return {
    columns: [
      ...values.flatMap(({ typed, ...path }) => [
        { sql: typed.rank, isDescending: path.isDescending, isFixed },
        { sql: typed.value, isDescending: path.isDescending, isFixed: false },
      ]),
      ...tieBreakers.map((sql) => ({ sql, isDescending, isFixed: false })),
    ],
    conditions: values.flatMap(({ keys, typed }) =>
      isNamed(indexingPolicy, keys) ? [] : [`${typed.rank} IS NOT NULL`],
    ),
    seek: ([, value = null]) =>
      isFixed && value !== null && first !== undefined
        ? [`${first.typed.value} ${isDescending ? '<=' : '>='} ${scope.bind(value)}`]
        : [],
  };
}

/** The paths of ORDER BY. @throws CosmosError 400 if one is not a path of the item. */
function requestedPaths({ orderBy }: Query, scope: Scope): OrderPath[] {
  return orderBy.map(({ expression, isDescending }) => {
    if (expression.kind !== 'path' || !scope.isItem(expression.root)) {
      throw badRequest(
        'Unsupported ORDER BY clause. ORDER BY item expression could not be mapped to a document path.',
      );
    }
    return { keys: expression.keys, isDescending };
  });
}

/** Whether there is one path, and the filter allows only one type of its values. */
function hasFixedType(
  [first, ...others]: readonly OrderPath[],
  served: readonly (ServedPath | undefined)[],
): boolean {
  if (first === undefined || others.length > 0) return false;
  return served.some(
    (path) => path?.rank !== undefined && path.keys.join('/') === first.keys.join('/'),
  );
}

interface OrderPath {
  readonly keys: Keys;
  readonly isDescending: boolean;
}

function assertOrderIsServed(indexingPolicy: IndexingPolicy, paths: readonly OrderPath[]): void {
  if (paths.length > 1 && !hasComposite(indexingPolicy, paths)) {
    throw badRequest(
      'The order by query does not have a corresponding composite index that it can be served from.',
    );
  }
  if (paths.length === 1 && !paths.every(({ keys }) => isIndexed(indexingPolicy, keys))) {
    throw badRequest('The order-by item is excluded from the index path.');
  }
}

/** The path of a range condition whose index gives the order; none if the filter also asks for single values. */
function rangeToFollow(
  indexingPolicy: IndexingPolicy,
  served: readonly (ServedPath | undefined)[],
): OrderPath[] {
  const named = served
    .filter((path) => path !== undefined)
    .filter(({ keys }) => isNamed(indexingPolicy, keys));
  if (named.some(({ kind }) => kind === 'value')) return [];
  const range = named.find(({ kind }) => kind === 'range');
  return range === undefined ? [] : [{ keys: range.keys, isDescending: false }];
}
