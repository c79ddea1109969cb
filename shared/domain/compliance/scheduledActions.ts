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
  return scheduledActions(policy).filter(({ actionType }) => actionType === 'block');
}

/** Hours from the first failure to the block; 0 without a `block` action. */
export function graceInHours(policy: Scheduled): number {
  return blockActions(policy)[0]?.gracePeriodHours ?? 0;
}
