import { ConnectorError } from '../../base/connectorError.ts';
import { getServices } from '../../compose.ts';
import type { Services } from '../../core/services.ts';
import { toLog, type Log } from '../../base/log.ts';
import type { HttpReply, HttpRequest } from './http.ts';
import { toErrorReply } from './toErrorReply.ts';

/** What a handler is given beside the request. */
export interface HandlerContext {
  readonly services: Services;
  readonly requestId: string;
  readonly log: Log;
}

export type Handler = (request: HttpRequest, context: HandlerContext) => Promise<HttpReply>;

/** How a caller is told what went wrong. */
export type FaultAnswer = (
  error: unknown,
  requestId: string,
  now: Date,
  request: HttpRequest,
) => HttpReply;

/**
 * Turns a handler into what the runtime calls: gives it the services, and answers what it throws in the one shape
 * that errors have, or in the caller's own. The causes of refused signatures and tokens stay in the log.
 */
export function reply(
  handler: Handler,
  answerFault: FaultAnswer = toErrorReply,
): (request: HttpRequest, context: Log & { readonly invocationId: string }) => Promise<HttpReply> {
  return async (request, context) => {
    const requestId = context.invocationId;
    const log = toLog(context);
    try {
      return await handler(request, { services: getServices(), requestId, log });
    } catch (error) {
      logFault(error, log);
      return answerFault(error, requestId, new Date(), request);
    }
  };
}

function logFault(error: unknown, log: Log): void {
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
