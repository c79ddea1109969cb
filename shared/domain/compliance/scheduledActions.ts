import type { ComplianceActionItem, DeviceCompliancePolicy } from './configuration.ts';

type Scheduled = Pick<DeviceCompliancePolicy, 'scheduledActionsForRule'>;

/** The actions of all of the policy's rules. */
export function scheduledActions({
  scheduledActionsForRule = [],
}: Scheduled): readonly ComplianceActionItem[] {
  return scheduledActionsForRule.flatMap(
    ({ scheduledActionConfigurations }) => scheduledActionConfigurations,
  );
}

/** Graph allows exactly one in a policy. */
export function blockActions(policy: Scheduled): readonly ComplianceActionItem[] {
  return scheduledActions(policy).filter(isBlock);
}

/** Hours from the first failure to the block; 0 without a `block` action. A loop, because it runs for each failed policy. */
export function graceInHours({ scheduledActionsForRule = [] }: Scheduled): number {
  for (const { scheduledActionConfigurations } of scheduledActionsForRule) {
    const block = scheduledActionConfigurations.find(isBlock);
    if (block !== undefined) return block.gracePeriodHours;
  }
  return 0;
}

function isBlock({ actionType }: ComplianceActionItem): boolean {
  return actionType === 'block';
}
