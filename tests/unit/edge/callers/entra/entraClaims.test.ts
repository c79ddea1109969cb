import { expect, it } from 'vitest';
import { toClaimsAnswer } from '../../../../../shared/edge/callers/entra/entraClaims.ts';
import {
  evaluateUnreadable,
  type ComplianceEvaluation,
} from '../../../../../shared/domain/compliance/evaluateCompliance.ts';

type States = Pick<ComplianceEvaluation, 'complianceState' | 'partnerReportedThreatState'>;

function claimsOf(...states: readonly Partial<States>[]): unknown {
  const evaluations = states.map((each) => ({ ...evaluateUnreadable(''), ...each }));
  return toClaimsAnswer({ evaluations, hasMore: false }).data.actions[0]?.claims;
}

it('orders every state that blocks behind every state that allows', () => {
  expect(
    claimsOf({ complianceState: 'unknown' }, { complianceState: 'inGracePeriod' }),
  ).toMatchObject({ mtdBestComplianceState: 'inGracePeriod', mtdWorstComplianceState: 'unknown' });
  expect(claimsOf({ complianceState: 'noncompliant' }, { complianceState: 'error' })).toMatchObject(
    { mtdBestComplianceState: 'noncompliant', mtdWorstComplianceState: 'error' },
  );
});

it('never ranks an unassessed device best beside an assessed one, unless that is compromised', () => {
  for (const partnerReportedThreatState of [
    'unknown',
    'activated',
    'deactivated',
    'unresponsive',
    'misconfigured',
  ] as const) {
    expect(
      claimsOf({ partnerReportedThreatState }, { partnerReportedThreatState: 'mediumSeverity' }),
    ).toMatchObject({
      mtdBestThreatState: 'mediumSeverity',
      mtdWorstThreatState: partnerReportedThreatState,
    });
    expect(
      claimsOf({ partnerReportedThreatState }, { partnerReportedThreatState: 'compromised' }),
    ).toMatchObject({
      mtdBestThreatState: partnerReportedThreatState,
      mtdWorstThreatState: 'compromised',
    });
  }
});
