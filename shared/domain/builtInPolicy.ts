import type { DeviceCompliancePolicy, TenantSettings } from './configuration.ts';
import type { PolicyVerdict } from './evaluatePolicy.ts';
import type { Reason } from './reason.ts';
import type { ManagedDeviceProperties } from './signal.ts';

export interface BuiltInFacts {
  readonly policies: readonly DeviceCompliancePolicy[];
  readonly tenantSettings: TenantSettings;
  readonly properties: ManagedDeviceProperties;
  readonly isSilent: boolean;
}

export interface BuiltInRule {
  readonly when: string;
  readonly source: string;
  readonly setting: string;
  readonly reason: Pick<Reason, 'code' | 'message'>;
  readonly isFailed: (facts: BuiltInFacts) => boolean;
}

/** Intune's built-in device compliance policy: three rules that every device has, without any grace. */
export const BUILT_IN_RULES: readonly BuiltInRule[] = [
  {
    when: 'No policy is assigned, and `secureByDefault` is on',
    source: 'Intune: has a compliance policy assigned',
    setting: 'secureByDefault',
    reason: {
      code: 'noCompliancePolicyAssigned',
      message: 'no compliance policy is assigned to the device',
    },
    isFailed: ({ policies, tenantSettings }) =>
      policies.length === 0 && tenantSettings.secureByDefault,
  },
  {
    when: 'The device has been silent for longer than its window, or without any contact for longer than its threshold',
    source: 'Intune: is active',
    setting: 'deviceHeartbeatWindowInSeconds, deviceComplianceCheckinThresholdDays',
    reason: {
      code: 'deviceSilent',
      message: 'the device has not reported for longer than is allowed',
    },
    isFailed: ({ isSilent }) => isSilent,
  },
  {
    // Graph names the user of a device as empty text where there is none any more. Not told at all is no statement.
    when: 'The enrolment says that it has no user: an empty `userPrincipalName` or `userId`',
    source: 'Intune: enrolled user exists',
    setting: 'userPrincipalName',
    reason: {
      code: 'enrolledUserMissing',
      message: 'the user who enrolled the device does not exist',
    },
    isFailed: ({ properties }) => properties.userPrincipalName === '' || properties.userId === '',
  },
];

/** The built-in policy on one device. */
export function evaluateBuiltInPolicy(facts: BuiltInFacts): PolicyVerdict {
  const reasons = BUILT_IN_RULES.filter(({ isFailed }) => isFailed(facts)).map(
    ({ reason, setting }) => ({ ...reason, setting }),
  );
  return { status: reasons.length === 0 ? 'compliant' : 'nonCompliant', reasons, state: undefined };
}
