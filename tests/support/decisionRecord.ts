import type { DecisionRecord } from '../../shared/core/ports/logs.ts';

/** Returns the decision log's record of one allowed request, made at `at`. */
export const decisionRecord = (decisionId: string, at: Date): DecisionRecord => ({
  decisionId,
  evaluatedDateTime: at.toISOString(),
  caller: 'proxy',
  resource: 'wifi',
  identifiedBy: 'deviceId',
  device: '…abcd',
  decision: 'allow',
  complianceState: 'compliant',
  reasonCodes: [],
  policyVersion: 'a-policy-version',
});
