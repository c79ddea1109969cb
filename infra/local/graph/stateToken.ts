import { GraphError } from './graphReply.ts';

/** The content of a skip or delta token, which clients return unchanged without reading it. */
export interface StateToken {
  /** The collection: `devices`, `groups`. */
  readonly collection: string;
  readonly select: readonly string[];
  /** The last change that the client has received. */
  readonly since: number;
  /** The start of the previous round, from which a replay starts. */
  readonly before: number;
  /** Whether this is the first round, which reports no removed objects. */
  readonly isInitial: boolean;
  readonly issuedAt: number;
  /** Tokens of other generations are rejected. */
  readonly generation: number;
}

/** Graph's lifetime for tokens of directory objects: seven days. */
const LIFETIME_IN_MILLISECONDS = 7 * 24 * 60 * 60 * 1000;

export function toStateTokenText(token: StateToken): string {
  return Buffer.from(JSON.stringify(token)).toString('base64url');
}

/**
 * Reads a token from `text`.
 * @throws GraphError 400 `syncStateNotFound` if the token is invalid or too old; 410 with the `Location` of a new
 * synchronisation if it is of another generation.
 */
export function fromStateTokenText(
  text: string,
  now: number,
  generation: number,
  location: (collection: string) => string,
): StateToken {
  const token = parse(text);
  if (token === undefined || token.issuedAt + LIFETIME_IN_MILLISECONDS < now) {
    throw new GraphError(
      400,
      'syncStateNotFound',
      'The sync state generation is not found. The delta token is expired and data must be synchronized again.',
    );
  }
  if (token.generation === generation) return token;
  throw new GraphError(410, 'resyncRequired', 'Resync required.', {
    location: location(token.collection),
  });
}

function parse(text: string): StateToken | undefined {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString()) as StateToken;
  } catch {
    return undefined;
  }
}
