import { describe, expect, it } from 'vitest';
import type { ComplianceActionItem } from '../../../../shared/domain/compliance/configuration.ts';
import {
  blockActions,
  graceInHours,
  scheduledActions,
} from '../../../../shared/domain/compliance/scheduledActions.ts';

const block: ComplianceActionItem = { actionType: 'block', gracePeriodHours: 12 };
const notification: ComplianceActionItem = { actionType: 'notification', gracePeriodHours: 1 };

function policyWith(...rules: readonly (readonly ComplianceActionItem[])[]) {
  return {
    scheduledActionsForRule: rules.map((actions) => ({ scheduledActionConfigurations: actions })),
  };
}

describe('scheduledActions', () => {
  it('lists the actions of all rules in their order', () => {
    expect(scheduledActions(policyWith([notification], [block]))).toEqual([notification, block]);
    expect(scheduledActions({})).toEqual([]);
  });
});

describe('blockActions', () => {
  it('finds each block action', () => {
    expect(blockActions(policyWith([notification, block], [block]))).toEqual([block, block]);
  });
});

describe('graceInHours', () => {
  it('is the time to the block', () => {
    expect(graceInHours(policyWith([notification, block]))).toBe(12);
  });

  it.each([{}, policyWith([notification])])('is 0 without a block action', (policy) => {
    expect(graceInHours(policy)).toBe(0);
  });
});
