import {
  connectorFor,
  toPlatform,
  type ConditionalAccessPolicy,
  type MobileThreatDefenseConnector,
} from '../compliance/configuration.ts';
import type { ComplianceEvaluation } from '../compliance/evaluateCompliance.ts';
import type { AppHealth } from '../threats/assessRisk.ts';
import type { Reason } from '../vocabulary/reason.ts';
import { isWorse } from '../vocabulary/threat.ts';
import type { Applicability } from './applicability.ts';

type ThreatCondition = ConditionalAccessPolicy['conditions']['deviceThreat'];

/**
 * Whether the device has a threat that the condition names. `perhaps` if no such threat is known and SEP Mobile does not
 * report on the defences of this device: silence is no proof of a secure device.
 */
export function coversThreat(
  condition: ThreatCondition,
  evaluation: ComplianceEvaluation,
  connector: MobileThreatDefenseConnector | undefined,
): Applicability {
  if (condition === undefined) return 'yes';
  const isPresent = condition.defences.some((defence) => {
    const level = evaluation.threatLevelByDefence[defence];
    return level === condition.minimumLevel || isWorse(level, condition.minimumLevel);
  });
  if (isPresent) return 'yes';
  return whyDefencesUnknown(evaluation, connector) === undefined ? 'no' : 'perhaps';
}

const BASIC_INTEGRATION: Reason = {
  code: 'settingNotReported',
  message: 'SEP Mobile’s Basic integration does not report threats by defence',
};

/** An app that has found the device compromised has assessed it. */
const WITHOUT_ASSESSMENT: Readonly<Partial<Record<AppHealth, Reason>>> = {
  unknown: { code: 'noPartnerData', message: 'SEP Mobile has not assessed the device' },
  activated: {
    code: 'assessmentPending',
    message: 'the first security assessment of the device is not complete',
  },
  deactivated: { code: 'appDeactivated', message: 'SEP Mobile is deactivated on the device' },
  misconfigured: { code: 'appMisconfigured', message: 'SEP Mobile cannot analyse the device' },
};

/** Why SEP Mobile does not say how secure the defences of a device are; `undefined` if it does. */
export function whyDefencesUnknown(
  { properties, appHealth }: ComplianceEvaluation,
  connector: MobileThreatDefenseConnector | undefined,
): Reason | undefined {
  if (properties === undefined)
    return { code: 'deviceNotEnrolled', message: 'the device is not enrolled' };
  if (connector === undefined)
    return { code: 'configurationMissing', message: 'the connector is not configured' };
  if (!connector.reportDeviceHealthAndRisk)
    return { code: 'connectorReadOnly', message: 'SEP Mobile’s integration is read-only' };
  if (!connectorFor(connector, toPlatform(properties.operatingSystem)).isEnabled)
    return {
      code: 'connectorDisabledForPlatform',
      message: 'the connector is switched off for the platform',
    };
  return connector.reportSecurityIncidents ? WITHOUT_ASSESSMENT[appHealth] : BASIC_INTEGRATION;
}
