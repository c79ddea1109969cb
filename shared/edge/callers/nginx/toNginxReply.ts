import type { HttpReply } from '../../http/http.ts';
import type { AccessOutcome } from '../../../core/decisions/decidedAccess.ts';
import { toDecisionHeaders } from '../toDecisionHeaders.ts';

/**
 * A decision as nginx's `auth_request` takes it: any 2xx lets pass, 401 and 403 do not, everything else it turns into
 * a 500 of its own, which lets nobody pass either (`ngx_http_auth_request_module`).
 */
export function toNginxReply(outcome: AccessOutcome): HttpReply {
  return { status: outcome.decision === 'allow' ? 204 : 403, headers: toDecisionHeaders(outcome) };
}
