import { badRequest } from './cosmosError.ts';

/** What a request is about, by the path of Cosmos DB's REST interface. */
export interface ResourcePath {
  /** `dbs`, `colls`, `docs`, `pkranges` …; empty for the account. */
  readonly type: string;
  /** What the signature covers: the resource, or the parent of a feed. */
  readonly link: string;
  readonly database?: string;
  readonly container?: string;
  /** The item of the type above; absent for a feed. */
  readonly id?: string;
}

export function readResourcePath(path: string): ResourcePath {
  const segments = path
    .split('/')
    .filter((segment) => segment !== '')
    .map(decode);
  const isItem = segments.length % 2 === 0;
  const id = isItem ? segments.at(-1) : undefined;
  return {
    type: (isItem ? segments.at(-2) : segments.at(-1)) ?? '',
    link: (isItem ? segments : segments.slice(0, -1)).join('/'),
    ...(segments[1] === undefined ? {} : { database: segments[1] }),
    ...(segments[3] === undefined ? {} : { container: segments[3] }),
    ...(id === undefined ? {} : { id }),
  };
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw badRequest('the path is not percent-encoded UTF-8');
  }
}
