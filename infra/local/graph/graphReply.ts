import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../jsonObject.ts';

/** A request as it came, or as it stood in a batch. */
export interface GraphRequest {
  readonly method: string;
  /** Segments below the version, decoded: `devices`, `delta`. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly body: unknown;
}

export interface GraphReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** What Graph answers in place of what was asked for. */
export class GraphError extends Error {
  readonly reply: GraphReply;

  constructor(
    status: number,
    code: string,
    message: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = 'GraphError';
    this.reply = { status, headers, body: toErrorBody(code, message) };
  }
}

/** Graph's error resource (learn.microsoft.com/graph/errors). */
function toErrorBody(code: string, message: string): JsonObject {
  const innerError = {
    date: new Date().toISOString().slice(0, 19),
    'request-id': randomUUID(),
    'client-request-id': randomUUID(),
  };
  return { error: { code, message, innerError } };
}

/** @returns 400 as Graph answers what it does not understand. */
export function badRequest(message: string): GraphError {
  return new GraphError(400, 'Request_BadRequest', message);
}

/** @returns 404 as Graph answers for an object that is not in the directory. */
export function notFound(id: string): GraphError {
  return new GraphError(
    404,
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  );
}
