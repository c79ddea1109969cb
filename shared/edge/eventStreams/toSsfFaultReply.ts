import type { ToFaultReply } from '../http/handler.ts';
import { toErrorReply } from '../http/toErrorReply.ts';

/** RFC 6750 section 3.1, which the CAEP interoperability profile asks for: the challenge says what was wrong with a token. */
export const toSsfFaultReply: ToFaultReply = (error, requestId, now, request) => {
  const answer = toErrorReply(error, requestId, now);
  const challenge = challengeOf(answer.status, request.headers.get('authorization') !== null);
  if (challenge === undefined) return answer;
  return { ...answer, headers: { ...answer.headers, 'www-authenticate': challenge } };
};

function challengeOf(status: number, hasCredentials: boolean): string | undefined {
  if (status === 403) return 'Bearer error="insufficient_scope"';
  return status === 401 && hasCredentials ? 'Bearer error="invalid_token"' : undefined;
}
