import type { AccessOutcome } from '../../core/decisions/decidedAccess.ts';

/**
 * A decision in the headers of a proxy's subrequest. Codes and ids alone: a proxy hands them on to browsers and logs,
 * and nothing that a device can name has a place there. No cache may keep it, as none knows by which headers the
 * device was told.
 */
export function toDecisionHeaders({
  decision,
  decisionId,
  reasons,
  identifiedBy,
  remediationUrl,
}: AccessOutcome): Record<string, string> {
  return {
    'cache-control': 'no-store',
    'x-access-decision': decision,
    'x-access-decision-id': decisionId,
    'x-access-reason': [...new Set(reasons.map(({ code }) => code))].join(','),
    'x-identified-by': identifiedBy,
    ...(decision === 'block' ? { 'x-remediation-location': remediationUrl } : {}),
  };
}
