import { expect, it } from 'vitest';
import { toPostureScore } from '../../../../../shared/edge/callers/cloudflare/toPostureScore.ts';
import { evaluateUnreadable } from '../../../../../shared/domain/compliance/evaluateCompliance.ts';
import type { ComplianceState } from '../../../../../shared/domain/compliance/complianceState.ts';
import type { PartnerReportedThreatState } from '../../../../../shared/domain/vocabulary/threat.ts';

function scoreOf(
  complianceState: ComplianceState,
  partnerReportedThreatState: PartnerReportedThreatState,
): number {
  return toPostureScore({ ...evaluateUnreadable(''), complianceState, partnerReportedThreatState });
}

const SCORES: readonly (readonly [PartnerReportedThreatState, number])[] = [
  ['secured', 100],
  ['lowSeverity', 75],
  ['mediumSeverity', 40],
  ['highSeverity', 0],
  ['compromised', 0],
  ['unknown', 0],
  ['activated', 0],
  ['deactivated', 0],
  ['unresponsive', 0],
  ['misconfigured', 0],
];

it.each(SCORES)('scores an allowed device by its threat state: %s is %i', (state, score) => {
  expect(scoreOf('compliant', state)).toBe(score);
  expect(scoreOf('inGracePeriod', state)).toBe(score);
});

it.each(['noncompliant', 'unknown', 'error'] as const)(
  'scores a device in state %s as 0, whatever its threat state',
  (complianceState) => {
    for (const [state] of SCORES) expect(scoreOf(complianceState, state)).toBe(0);
  },
);
