import type { HttpReply } from '../../http/http.ts';
import type { AccessAnswer } from '../../../core/decisions/decideRequests.ts';
import { toDecisionHeaders } from '../decisionHeaders.ts';

/** A decision as Envoy's `ext_authz` takes it over HTTP: exactly 200 lets pass. */
export function toEnvoyReply(answer: AccessAnswer): HttpReply {
  return { status: answer.decision === 'allow' ? 200 : 403, headers: toDecisionHeaders(answer) };
}

/**
 * The 403 in place of an error. Envoy takes a 5xx for a fault of ours and, with `failure_mode_allow`, lets pass: a
 * fault is told as a no, so that no setting there opens a door.
 */
export function toEnvoyRefusal({ jsonBody }: HttpReply): HttpReply {
  return {
    status: 403,
    headers: {
      'cache-control': 'no-store',
      'x-access-decision': 'block',
      'x-access-reason': errorCode(jsonBody),
    },
  };
}

function errorCode(body: unknown): string {
  const { error } = (body ?? {}) as { readonly error?: { readonly code?: string } };
  return error?.code ?? 'generalException';
}
