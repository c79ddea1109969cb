import { defined } from '../../base/defined.ts';
import type { AccessOutcome } from '../../core/decisions/decidedAccess.ts';
import { NO_STORE } from '../http/noStore.ts';

/**
 * A decision as headers for a proxy's subrequest. They hold only codes and ids, because proxies pass them on to
 * browsers and logs: no text that a device controls may get there. No cache may store the reply, because a cache does
 * not know which request headers identify the device.
 */
export function toDecisionHeaders({
  decision,
  decisionId,
  reasons,
  identifiedBy,
  remediationUrl,
}: AccessOutcome): Record<string, string> {
  return {
    ...NO_STORE,
    'x-access-decision': decision,
    'x-access-decision-id': decisionId,
    'x-access-reason': [...new Set(reasons.map(({ code }) => code))].join(','),
    'x-identified-by': identifiedBy,
    ...(decision === 'block' ? defined({ 'x-remediation-location': remediationUrl }) : {}),
  };
}
