import { GraphError } from './graphReply.ts';

/** What a skip or delta token says: opaque to clients, and theirs to give back as it is. */
export interface StateToken {
  /** What is asked for: `devices`, `groups`. */
  readonly collection: string;
  readonly select: readonly string[];
  /** The last change that the client has. */
  readonly since: number;
  /** What the round before began with, from where a replay begins. */
  readonly before: number;
  /** The first round of all: it says nothing of what went before it. */
  readonly isInitial: boolean;
  readonly issuedAt: number;
  /** Tokens of an earlier generation are no longer served. */
  readonly generation: number;
}

/** Directory objects: seven days. */
const LIFETIME_IN_MILLISECONDS = 7 * 24 * 60 * 60 * 1000;

export function toStateTokenText(token: StateToken): string {
  return Buffer.from(JSON.stringify(token)).toString('base64url');
}

/**
 * The token in `text`.
 * @throws GraphError 400 `syncStateNotFound` where it is too old or none; 410 with the `Location` of a new beginning
 * where its generation is over.
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
