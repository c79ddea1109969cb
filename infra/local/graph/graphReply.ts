import type { ServerResponse } from 'node:http';
import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../../../shared/base/jsonObject.ts';

/** A request, received alone or in a batch. */
export interface GraphRequest {
  readonly method: string;
  /** The decoded segments after the version: `devices`, `delta`. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly body: unknown;
}

export interface GraphReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** An error response of Graph. */
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

/** Graph's 400 for an invalid request. */
export function badRequest(message: string): GraphError {
  return new GraphError(400, 'Request_BadRequest', message);
}

/** Graph's 404 for an object that is not in the directory. */
export function notFound(id: string): GraphError {
  return new GraphError(
    404,
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  );
}

/** The reply to any error: an unexpected one is the server's fault. */
export function toErrorReply(error: unknown): GraphReply {
  if (error instanceof GraphError) return error.reply;
  return new GraphError(500, 'generalException', String(error)).reply;
}

export function sendReply(
  response: ServerResponse,
  { status, headers = {}, body }: GraphReply,
): void {
  if (response.destroyed) return;
  const text = body === undefined ? '' : JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
}
