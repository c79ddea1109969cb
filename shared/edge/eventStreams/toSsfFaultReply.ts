import type { ToFaultReply } from '../http/handler.ts';
import { toErrorReply } from '../http/toErrorReply.ts';

/**
 * An error whose challenge names the fault of the token (RFC 6750 section 3.1), as the CAEP interoperability profile
 * requires.
 */
export const toSsfFaultReply: ToFaultReply = (error, requestId, now, request) => {
  const reply = toErrorReply(error, requestId, now);
  const challenge = challengeOf(reply.status, request.headers.get('authorization') !== null);
  if (challenge === undefined) return reply;
  return { ...reply, headers: { ...reply.headers, 'www-authenticate': challenge } };
};

function challengeOf(status: number, hasCredentials: boolean): string | undefined {
  if (status === 403) return 'Bearer error="insufficient_scope"';
  return status === 401 && hasCredentials ? 'Bearer error="invalid_token"' : undefined;
}
