import { assessRisk, type RiskAssessment, type Threat } from '../threats/assessRisk.ts';
import { assignedPolicies } from './assignedPolicies.ts';
import { evaluateBuiltInPolicy } from './builtInPolicy.ts';
import { compareComplianceStates, type ComplianceState } from './complianceState.ts';
import {
  configuredDateTime,
  connectorFor,
  toPlatform,
  type Configuration,
  type DeviceCompliancePolicy,
} from './configuration.ts';
import { earliest, isDateTime, latest, type DateTime } from '../../base/dateTime.ts';
import { managedProperties, openIncidents, type Device, type Incident } from '../devices/device.ts';
import { toPartnerView } from './toPartnerView.ts';
import { heartbeatDeadline, partnerDeadline, silenceOf } from './deviceClock.ts';
import {
  evaluatePolicy,
  toComplianceState,
  type PolicyState,
  type PolicyVerdict,
} from './evaluatePolicy.ts';
import type { Reason } from '../vocabulary/reason.ts';
import type { ManagedDeviceProperties } from '../vocabulary/signal.ts';
import type { StoredEvaluation } from './storedEvaluation.ts';
import { toRuleFacts } from './toRuleFacts.ts';
import type { Defence, PartnerReportedThreatState, ThreatLevel } from '../vocabulary/threat.ts';

/** What is evaluated: the facts, and what the last evaluation that was kept left behind. */
export interface EvaluationSubject {
  readonly device: Device;
  readonly evaluation?: StoredEvaluation;
}

export interface ComplianceEvaluation {
  readonly isManaged: boolean;
  readonly complianceState: ComplianceState;
  readonly partnerReportedThreatState: PartnerReportedThreatState;
  readonly threatLevelByDefence: Readonly<Record<Defence, ThreatLevel>>;
  readonly reasons: readonly Reason[];
  readonly threats: readonly Threat[];
  readonly openIncidents: readonly Incident[];
  readonly properties: ManagedDeviceProperties | undefined;
  readonly complianceGracePeriodExpirationDateTime?: DateTime;
  readonly lastDeviceHeartbeatDateTime?: DateTime;
  readonly heartbeatDeadlineDateTime?: DateTime;
  /** Whether the device's own silence has passed its deadline. */
  readonly isSilent: boolean;
  readonly silenceDueDateTime?: DateTime;
  readonly changeDueDateTime?: DateTime;
  /** The policies that were applied, each as `id@version`; `none` where there were none. */
  readonly policyVersion: string;
  /** The next moment at which time alone could change this evaluation. */
  readonly validUntilDateTime?: DateTime;
  readonly policyStates: Readonly<Record<string, PolicyState>>;
}

type Verdict = Pick<
  ComplianceEvaluation,
  'complianceState' | 'reasons' | 'complianceGracePeriodExpirationDateTime' | 'changeDueDateTime'
> & {
  readonly policyVersion?: string;
  readonly policyStates?: ComplianceEvaluation['policyStates'];
};

/**
 * Whether the device is compliant at `now`, and why. The only place where a device becomes compliant or not: the
 * queue worker, the timers and every caller's answer use it.
 * Total: what is missing or broken is a verdict of its own, never an exception and never `compliant`.
 */
export function evaluateCompliance(
  subject: EvaluationSubject,
  configuration: Configuration,
  now: DateTime,
): ComplianceEvaluation {
  const { device } = subject;
  const { connector, tenantSettings } = configuration;
  const heard = toPartnerView(device, connector);
  const risk = assessRisk(heard, configuration.threatOverrides);
  const properties = managedProperties(device);
  const quiet = silenceOf(device, configuration, now);
  const verdict = verdictOf(subject, configuration, {
    now,
    heard,
    risk,
    isSilent: quiet.isSilent,
    properties,
  });
  const deadline = tenantSettings && heartbeatDeadline(device, tenantSettings);
  const validUntilDateTime = earliest(
    quiet.dueDateTime,
    notPast(partnerDeadline(configuration), now),
    verdict.changeDueDateTime,
  );
  return {
    isManaged: properties !== undefined,
    partnerReportedThreatState: threatState(risk, quiet.isSilent),
    threatLevelByDefence: risk.byDefence,
    threats: risk.threats,
    openIncidents: openIncidents(device),
    properties,
    isSilent: quiet.isSilent,
    ...(quiet.dueDateTime === undefined ? {} : { silenceDueDateTime: quiet.dueDateTime }),
    ...(device.lastSeenDateTime === undefined
      ? {}
      : { lastDeviceHeartbeatDateTime: device.lastSeenDateTime }),
    ...(deadline === undefined ? {} : { heartbeatDeadlineDateTime: deadline }),
    ...(validUntilDateTime === undefined ? {} : { validUntilDateTime }),
    policyVersion: 'none',
    policyStates: {},
    ...verdict,
  };
}

/** The evaluation of a device whose stored record cannot be read: blocked, and saying so. */
export function evaluateUnreadable(message: string): ComplianceEvaluation {
  return {
    isManaged: false,
    complianceState: 'error',
    partnerReportedThreatState: 'unknown',
    threatLevelByDefence: {
      physical: 'secured',
      network: 'secured',
      application: 'secured',
      vulnerability: 'secured',
    },
    reasons: [{ code: 'deviceRecordInvalid', message }],
    threats: [],
    openIncidents: [],
    properties: undefined,
    isSilent: false,
    policyVersion: 'none',
    policyStates: {},
  };
}

interface Facts {
  readonly now: DateTime;
  /** The device as far as the partner may speak of it. */
  readonly heard: Device;
  readonly risk: RiskAssessment;
  readonly isSilent: boolean;
  readonly properties: ManagedDeviceProperties | undefined;
}

/** What has to be there before any policy can be weighed, in reading order; then the policies. */
function verdictOf(
  subject: EvaluationSubject,
  configuration: Configuration,
  facts: Facts,
): Verdict {
  const { tenantSettings, connector, problems } = configuration;
  const { properties, now } = facts;
  // Not enrolled: never compliant, whatever arrived for it. Enrolment may come second, so it is kept.
  if (properties === undefined)
    return singleReason('unknown', 'deviceNotEnrolled', 'the device is not enrolled');
  // Without a clock no deadline means anything.
  if (!isDateTime(now))
    return singleReason('error', 'clockInvalid', 'the clock gave no valid time');
  // A document that cannot be read might have been the one that blocks.
  if (problems.length > 0) {
    return singleReason(
      'error',
      'configurationInvalid',
      `configuration cannot be read: ${problems.join('; ')}`,
    );
  }
  if (tenantSettings === undefined || connector === undefined) {
    return singleReason(
      'error',
      'configurationMissing',
      'tenant settings or connector are not configured',
    );
  }
  const policies = assignedPolicies(configuration.compliancePolicies, properties);
  const builtIn = evaluateBuiltInPolicy({
    policies,
    tenantSettings,
    properties,
    isSilent: facts.isSilent,
  });
  const ruleFacts = toRuleFacts({
    device: facts.heard,
    properties,
    risk: facts.risk,
    connector,
    platform: connectorFor(connector, toPlatform(properties.operatingSystem)),
    now,
    partnerDeadline: partnerDeadline(configuration),
  });
  const verdicts = policies.map((policy) =>
    evaluatePolicy(
      policy,
      ruleFacts,
      subject.evaluation?.policyStates[policy.id],
      failingSince(policy, subject, configuration, now),
    ),
  );
  return combine(policies, [builtIn, ...verdicts], facts.risk.reasons);
}

function combine(
  policies: readonly DeviceCompliancePolicy[],
  verdicts: readonly PolicyVerdict[],
  riskReasons: readonly Reason[],
): Verdict {
  const complianceState = verdicts
    .map(({ status }) => toComplianceState(status))
    .reduce((a, b) => (compareComplianceStates(b, a) > 0 ? b : a));
  const reasons = verdicts.flatMap((verdict) => verdict.reasons);
  const isGood = complianceState === 'compliant';
  const graceEnds = earliest(...verdicts.map(({ graceEndsDateTime }) => graceEndsDateTime));
  const changeDueDateTime = earliest(...verdicts.map(({ endsDateTime }) => endsDateTime));
  const [, ...policyVerdicts] = verdicts;
  return {
    complianceState,
    reasons: isGood
      ? [{ code: 'compliant', message: 'every assigned policy is met' }, ...reasons]
      : [...reasons, ...riskReasons],
    policyVersion:
      policies.map(({ id, version }) => `${id}@${String(version)}`).join(',') || 'none',
    policyStates: Object.fromEntries(
      policies.flatMap(({ id }, at) => {
        const state = policyVerdicts[at]?.state;
        return state === undefined ? [] : [[id, state]];
      }),
    ),
    ...(changeDueDateTime === undefined ? {} : { changeDueDateTime }),
    ...(complianceState === 'inGracePeriod' && graceEnds !== undefined
      ? { complianceGracePeriodExpirationDateTime: graceEnds }
      : {}),
  };
}

/**
 * Since when the device fails a policy that it met when it was last written: since the configuration changed, where
 * it was written by an older one; else since now, because whatever changes the facts is written with them.
 */
function failingSince(
  { lastModifiedDateTime }: DeviceCompliancePolicy,
  { evaluation }: EvaluationSubject,
  configuration: Configuration,
  now: DateTime,
): DateTime {
  const { configuredDateTime: known = evaluation?.evaluatedDateTime } = evaluation ?? {};
  const changed = configuredDateTime({ ...configuration, compliancePolicies: [] });
  const since = latest(changed, lastModifiedDateTime);
  const isChangedSince = since !== undefined && known !== undefined && since > known;
  return isChangedSince ? (earliest(since, now) ?? now) : now;
}

function singleReason(
  complianceState: ComplianceState,
  code: Reason['code'],
  message: string,
): Verdict {
  return { complianceState, reasons: [{ code, message }] };
}

function threatState(risk: RiskAssessment, isSilent: boolean): PartnerReportedThreatState {
  const isKnownThreat =
    risk.appHealth === 'compromised' ||
    (risk.threatLevel !== undefined && risk.threatLevel !== 'secured');
  return isSilent && !isKnownThreat ? 'unresponsive' : risk.threatState;
}

function notPast(moment: DateTime | undefined, now: DateTime): DateTime | undefined {
  return moment !== undefined && moment >= now ? moment : undefined;
}
