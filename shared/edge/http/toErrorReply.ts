import { ConnectorError, type ErrorCode } from '../../base/connectorError.ts';
import { BEARER } from './challenges.ts';
import type { HttpReply } from './http.ts';
import { noStore } from './noStore.ts';
import { ReplyError } from './replyError.ts';

/** The HTTP status of each error. No other file knows it. */
const STATUS: Readonly<Record<ErrorCode, number>> = {
  invalidRequest: 400,
  unauthenticated: 401,
  accessDenied: 403,
  itemNotFound: 404,
  conflict: 409,
  wouldLockOutEveryone: 409,
  resourceModified: 412,
  payloadTooLarge: 413,
  unsupportedMediaType: 415,
  activityLimitReached: 429,
  serviceNotAvailable: 503,
  deviceRecordInvalid: 500,
  deviceRecordTooLarge: 500,
  messageInvalid: 500,
  settingInvalid: 500,
};

const DEFAULT_RETRY_AFTER_IN_SECONDS = 5;

/**
 * The error in Graph's shape. An error that is not a `ConnectorError` is a fault of the connector: its text goes only
 * to the log.
 */
export function toErrorReply(error: unknown, requestId: string, now: Date): HttpReply {
  const known = error instanceof ConnectorError ? error : undefined;
  const status = known === undefined ? 500 : STATUS[known.code];
  const isOurs = status === 500;
  return noStore({
    status,
    headers: {
      ...headersFor(status, known),
      ...(error instanceof ReplyError ? error.headers : {}),
    },
    jsonBody: {
      error: {
        code: isOurs ? 'generalException' : known?.code,
        message: isOurs ? 'internal error; see the log for this request id' : known?.message,
        details: isOurs ? [] : (known?.details ?? []),
        innerError: { 'request-id': requestId, date: now.toISOString() },
      },
    },
  });
}

function headersFor(status: number, error: ConnectorError | undefined): Record<string, string> {
  // RFC 6750 section 3: a 401 names the expected scheme. An endpoint that accepts others has them in its error.
  if (status === 401) return { 'www-authenticate': BEARER };
  if (status === 429 || status === 503) {
    return { 'retry-after': String(error?.retryAfterInSeconds ?? DEFAULT_RETRY_AFTER_IN_SECONDS) };
  }
  return {};
}
