import type { SQLInputValue } from 'node:sqlite';
import { badRequest } from '../cosmosError.ts';
import type { Container } from '../container.ts';
import { hasComposite, isIndexed, isNamed } from '../indexingPolicy.ts';
import type { Keys } from '../typedPath.ts';
import type { OrderColumn } from './order.ts';
import type { Query } from './query.ts';
import type { Scope } from './scope.ts';
import type { ServedPath } from './servedPath.ts';

/** The order of the rows of a query. */
export interface Order {
  readonly columns: readonly OrderColumn[];
  readonly conditions: readonly string[];
  /** Conditions that let an index find the place where the last page ended. */
  seek(after: readonly SQLInputValue[]): string[];
}

/**
 * The order of the rows: as asked, otherwise along the index that serves a range, so that paging through what is due
 * does not sort it again for each page, otherwise by age.
 */
export function toOrder(
  container: Container,
  query: Query,
  served: readonly (ServedPath | undefined)[],
  scope: Scope,
  iterations: readonly { readonly name: string }[],
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
      ...['d.seq', ...iterations.map(({ name }) => `${name}.key`)].map((sql) => ({
        sql,
        isDescending,
        isFixed: false,
      })),
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
    throw badRequest('The order-by item is excluded from the index path.');
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
