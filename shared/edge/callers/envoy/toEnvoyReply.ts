import type { AccessOutcome } from '../../../core/decisions/decidedAccess.ts';
import type { ToFaultReply } from '../../http/handler.ts';
import type { HttpReply } from '../../http/http.ts';
import { noStore } from '../../http/noStore.ts';
import { toErrorReply } from '../../http/toErrorReply.ts';
import { toDecisionHeaders } from '../toDecisionHeaders.ts';

/** A decision as Envoy's `ext_authz` over HTTP expects it: only 200 allows the request. */
export function toEnvoyReply(outcome: AccessOutcome): HttpReply {
  return { status: outcome.decision === 'allow' ? 200 : 403, headers: toDecisionHeaders(outcome) };
}

/**
 * An error as a 403, which always blocks the request. Envoy takes a 5xx for a failure of this service and, with
 * `failure_mode_allow`, would allow the request.
 */
export const toEnvoyFaultReply: ToFaultReply = (error, requestId, now) =>
  noStore({
    status: 403,
    headers: {
      'x-access-decision': 'block',
      'x-access-reason': errorCode(toErrorReply(error, requestId, now).jsonBody),
    },
  });

function errorCode(body: unknown): string {
  const { error } = (body ?? {}) as { readonly error?: { readonly code?: string } };
  return error?.code ?? 'generalException';
}
