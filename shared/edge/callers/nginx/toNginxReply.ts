import type { AccessOutcome } from '../../../core/decisions/decidedAccess.ts';
import type { HttpReply } from '../../http/http.ts';
import { toDecisionHeaders } from '../toDecisionHeaders.ts';

/**
 * A decision as nginx's `auth_request` expects it: any 2xx allows the request, 401 and 403 block it. nginx turns any
 * other status into a 500 of its own, which blocks the request too (`ngx_http_auth_request_module`).
 */
export function toNginxReply(outcome: AccessOutcome): HttpReply {
  return { status: outcome.decision === 'allow' ? 204 : 403, headers: toDecisionHeaders(outcome) };
}
