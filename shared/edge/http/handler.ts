import { ConnectorError } from '../../base/connectorError.ts';
import type { Log } from '../../base/log.ts';
import type { Services } from '../../core/services.ts';
import type { HttpReply, HttpRequest } from './http.ts';

/** The context that a handler gets with the request. */
export interface HandlerContext {
  readonly services: Services;
  readonly requestId: string;
  readonly log: Log;
}

export type Handler = (
  request: HttpRequest,
  context: HandlerContext,
) => HttpReply | Promise<HttpReply>;

/** One handler for each HTTP method of a route. */
export type MethodHandlers = Readonly<Record<string, Handler>>;

/** Turns an error into a reply, in the form that the caller's protocol expects. */
export type ToFaultReply = (
  error: unknown,
  requestId: string,
  now: Date,
  request: HttpRequest,
) => HttpReply;

/**
 * Calls the handler, or the one for the request's method. The host passes on registered methods only.
 * @throws ConnectorError `itemNotFound` for any other method, as the host does, and what the handler throws.
 */
export async function dispatch(
  handler: Handler | MethodHandlers,
  request: HttpRequest,
  context: HandlerContext,
): Promise<HttpReply> {
  if (typeof handler === 'function') return handler(request, context);
  const { method } = request;
  const forMethod = handler[method];
  if (forMethod !== undefined) return forMethod(request, context);
  throw new ConnectorError('itemNotFound', `the route does not support \`${method}\``);
}

/** Logs an error of a handler. The causes of rejected signatures and tokens go only to the log. */
export function logFault(error: unknown, log: Log): void {
  const cause = error instanceof Error && error.cause !== undefined ? `: ${text(error.cause)}` : '';
  if (error instanceof ConnectorError && error.code !== 'deviceRecordInvalid') {
    log.warn(`${error.code}: ${error.message}${cause}`);
    return;
  }
  log.error(error instanceof Error ? `${error.stack ?? error.message}${cause}` : String(error));
}

function text(cause: unknown): string {
  return cause instanceof Error ? cause.message : JSON.stringify(cause);
}
