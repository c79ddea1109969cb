import { assertUnreachable } from './assertUnreachable.ts';
import type { RiskAssessment } from './assessRisk.ts';
import {
  toPlatform,
  type Configuration,
  type DeviceCompliancePolicy,
  type MobileThreatDefenseConnector,
} from './configuration.ts';
import type { DateTime } from './dateTime.ts';
import { partnerDeadline } from './deviceClock.ts';
import type { Reason, ReasonCode } from './reason.ts';
import type { ManagedDeviceProperties } from './signal.ts';
import { isWorse } from './threat.ts';

interface ThreatLevelContext {
  readonly risk: RiskAssessment;
  readonly configuration: Configuration;
  readonly connector: MobileThreatDefenseConnector;
  readonly properties: ManagedDeviceProperties;
  readonly now: DateTime;
}

/**
 * Intune's rule "require the device to be at or under the Device Threat Level" for one policy: the reasons why the
 * device fails it, none where it passes.
 */
export function evaluateThreatLevelRule(
  policy: DeviceCompliancePolicy,
  context: ThreatLevelContext,
): readonly Reason[] {
  const ceiling = policy.deviceThreatProtectionRequiredSecurityLevel;
  if (!policy.deviceThreatProtectionEnabled || ceiling === 'notSet') return [];
  const { risk } = context;
  const fail = (code: ReasonCode, message: string): readonly Reason[] => [
    { code, message, policyId: policy.id, setting: 'deviceThreatProtectionRequiredSecurityLevel' },
  ];
  const failIfDataIsRequired = (code: ReasonCode, message: string): readonly Reason[] =>
    isBlockedOnMissingData(context) ? fail(code, message) : [];

  // The partner's data is not listened to, or too old to be believed: only the missing-data setting speaks.
  if (!isConnectorEnabled(context)) {
    return failIfDataIsRequired(
      'connectorDisabledForPlatform',
      'the connector is switched off for the platform',
    );
  }
  if (isPartnerUnresponsive(context)) {
    return failIfDataIsRequired(
      'partnerUnresponsive',
      'SEP Mobile itself has not been heard for too long',
    );
  }
  const { appHealth } = risk;
  // Beyond the user's repair: fails at every ceiling.
  if (appHealth === 'compromised') {
    return fail('deviceCompromised', 'SEP Mobile reports the device as compromised');
  }
  // A known threat counts even where the app has fallen silent, been deactivated or is misconfigured since.
  if (risk.threatLevel !== undefined && isWorse(risk.threatLevel, ceiling)) {
    return fail(
      'threatLevelAboveCeiling',
      `the threat level of the device is ${risk.threatLevel}, allowed is ${ceiling} or better`,
    );
  }
  switch (appHealth) {
    case 'assessed':
      return [];
    // The initial security assessment has to end before a device can be compliant (Broadcom 257763).
    case 'activated':
      return fail('assessmentPending', 'the first security assessment of the device has not ended');
    case 'misconfigured':
      return failIfDataIsRequired('appMisconfigured', 'SEP Mobile cannot analyse the device');
    // A ceiling of high allows every threat, but still needs an activated app.
    case 'deactivated':
      return (ceiling === 'high' ? fail : failIfDataIsRequired)(
        'appDeactivated',
        'SEP Mobile is deactivated on the device',
      );
    case 'unknown':
      return ceiling === 'high'
        ? fail('appNotActivated', 'SEP Mobile is not activated on the device')
        : failIfDataIsRequired('noPartnerData', 'SEP Mobile has not reported on the device');
    default:
      return assertUnreachable(appHealth);
  }
}

function isConnectorEnabled({ connector, properties }: ThreatLevelContext): boolean {
  return connector[`${toPlatform(properties.operatingSystem)}Enabled`];
}

function isBlockedOnMissingData({ connector, properties }: ThreatLevelContext): boolean {
  return connector[`${toPlatform(properties.operatingSystem)}DeviceBlockedOnMissingPartnerData`];
}

function isPartnerUnresponsive({ configuration, now }: ThreatLevelContext): boolean {
  const deadline = partnerDeadline(configuration);
  return deadline !== undefined && now > deadline;
}
