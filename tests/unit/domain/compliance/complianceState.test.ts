import { describe, expect, it } from 'vitest';
import {
  COMPLIANCE_STATES,
  compareComplianceStates,
} from '../../../../shared/domain/compliance/complianceState.ts';

describe('compareComplianceStates', () => {
  it('sorts the best first, with unknown behind every state that grants access', () => {
    expect(COMPLIANCE_STATES.toSorted(compareComplianceStates)).toEqual([
      'compliant',
      'inGracePeriod',
      'unknown',
      'noncompliant',
      'error',
    ]);
  });

  it.each(COMPLIANCE_STATES)('ranks %s like itself', (state) => {
    expect(compareComplianceStates(state, state)).toBe(0);
  });
});
