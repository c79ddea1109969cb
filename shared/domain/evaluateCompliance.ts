import { assessRisk, type RiskAssessment } from './assessRisk.ts';
import { assignedPolicies } from './assignedPolicies.ts';
import type { Configuration } from './configuration.ts';
import { earliest, isDateTime, type DateTime } from './dateTime.ts';
import { managedProperties, type Device, type Incident } from './device.ts';
import { deviceClock, heartbeatDeadline, partnerDeadline } from './deviceClock.ts';
import { evaluateThreatLevelRule } from './evaluateThreatLevelRule.ts';
import type { Reason } from './reason.ts';
import type { ManagedDeviceProperties } from './signal.ts';
import type { PartnerReportedThreatState } from './threat.ts';

/** Graph `complianceState`, the values that are used here. */
export type ComplianceState = 'unknown' | 'compliant' | 'inGracePeriod' | 'noncompliant' | 'error';

export interface ComplianceEvaluation {
  readonly isManaged: boolean;
  readonly complianceState: ComplianceState;
  readonly partnerReportedThreatState: PartnerReportedThreatState;
  readonly reasons: readonly Reason[];
  readonly openIncidents: readonly Incident[];
  readonly lastDeviceHeartbeatDateTime?: DateTime;
  readonly heartbeatDeadlineDateTime?: DateTime;
  /** Whether the device's own silence has passed its deadline. */
  readonly isSilent: boolean;
  /** The policies that were applied, each as `id@version`; `none` where there were none. */
  readonly policyVersion: string;
  /** The next moment at which time alone could change this evaluation. */
  readonly validUntilDateTime?: DateTime;
}

type Verdict = Pick<ComplianceEvaluation, 'complianceState' | 'reasons'> & {
  readonly policyVersion?: string;
};

/**
 * Whether the device is compliant at `now`, and why. The only place where a device becomes compliant or not: the
 * queue worker, the timer and every caller's answer use it.
 * Total: what is missing or broken is a verdict of its own, never an exception and never `compliant`.
 */
export function evaluateCompliance(
  device: Device,
  configuration: Configuration,
  now: DateTime,
): ComplianceEvaluation {
  const risk = assessRisk(device);
  const clock = isDateTime(now) ? deviceClock(configuration, now) : undefined;
  const deadline =
    configuration.tenantSettings && heartbeatDeadline(device, configuration.tenantSettings);
  const isSilent = clock !== undefined && deadline !== undefined && clock > deadline;
  const properties = managedProperties(device);
  const verdict = verdictOf({ device, configuration, now, risk, isSilent, properties });
  const validUntilDateTime = earliest(
    isSilent ? undefined : deadline,
    laterThan(now, partnerDeadline(configuration)),
  );
  return {
    isManaged: properties !== undefined,
    partnerReportedThreatState: threatState(risk, isSilent),
    openIncidents: risk.openIncidents,
    isSilent,
    ...(device.lastSeenDateTime === undefined
      ? {}
      : { lastDeviceHeartbeatDateTime: device.lastSeenDateTime }),
    ...(deadline === undefined ? {} : { heartbeatDeadlineDateTime: deadline }),
    ...(validUntilDateTime === undefined ? {} : { validUntilDateTime }),
    policyVersion: 'none',
    ...verdict,
  };
}

/** The evaluation of a device whose stored record cannot be read: blocked, and saying so. */
export function evaluateUnreadable(message: string): ComplianceEvaluation {
  return {
    isManaged: false,
    complianceState: 'error',
    partnerReportedThreatState: 'unknown',
    reasons: [{ code: 'deviceRecordInvalid', message }],
    openIncidents: [],
    isSilent: false,
    policyVersion: 'none',
  };
}

interface Facts {
  readonly device: Device;
  readonly configuration: Configuration;
  readonly now: DateTime;
  readonly risk: RiskAssessment;
  readonly isSilent: boolean;
  readonly properties: ManagedDeviceProperties | undefined;
}

/** The rules in reading order: the first that fits gives the verdict; the last weighs the policies. */
function verdictOf({ configuration, now, risk, isSilent, properties }: Facts): Verdict {
  const { tenantSettings, connector, problems } = configuration;
  // Not enrolled: never compliant, whatever arrived for it. Enrolment may come second, so it is kept.
  if (properties === undefined) {
    return one('unknown', 'deviceNotEnrolled', 'the device is not enrolled');
  }
  // Without a clock no deadline means anything.
  if (!isDateTime(now)) return one('error', 'clockInvalid', 'the clock gave no valid time');
  // A document that cannot be read might have been the one that blocks.
  if (problems.length > 0) {
    return one(
      'error',
      'configurationInvalid',
      `configuration cannot be read: ${problems.join('; ')}`,
    );
  }
  if (tenantSettings === undefined || connector === undefined) {
    return one('error', 'configurationMissing', 'tenant settings or connector are not configured');
  }
  const policies = assignedPolicies(configuration.compliancePolicies, properties);
  const policyVersion =
    policies.map(({ id, version }) => `${id}@${String(version)}`).join(',') || 'none';
  const failures: Reason[] = [];
  // Built-in rule "Has a compliance policy assigned".
  if (policies.length === 0 && tenantSettings.secureByDefault) {
    failures.push({
      code: 'noCompliancePolicyAssigned',
      message: 'no compliance policy is assigned to the device',
      setting: 'secureByDefault',
    });
  }
  // Built-in rule "Is active".
  if (isSilent) {
    failures.push({
      code: 'deviceSilent',
      message: 'SEP Mobile on the device has not reported for longer than is allowed',
      setting: 'deviceHeartbeatWindowInSeconds',
    });
  }
  for (const policy of policies) {
    failures.push(
      ...evaluateThreatLevelRule(policy, { risk, configuration, connector, properties, now }),
    );
  }
  if (failures.length === 0) {
    return { ...one('compliant', 'compliant', 'every assigned policy is met'), policyVersion };
  }
  return {
    complianceState: 'noncompliant',
    reasons: [...failures, ...risk.reasons],
    policyVersion,
  };
}

function one(complianceState: ComplianceState, code: Reason['code'], message: string): Verdict {
  return { complianceState, reasons: [{ code, message }] };
}

function threatState(risk: RiskAssessment, isSilent: boolean): PartnerReportedThreatState {
  const isKnownThreat =
    risk.appHealth === 'compromised' ||
    (risk.threatLevel !== undefined && risk.threatLevel !== 'secured');
  return isSilent && !isKnownThreat ? 'unresponsive' : risk.threatState;
}

function laterThan(now: DateTime, moment: DateTime | undefined): DateTime | undefined {
  return moment !== undefined && moment >= now ? moment : undefined;
}
