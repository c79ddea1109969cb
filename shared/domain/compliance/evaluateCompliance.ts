import type { AppHealth, Threat } from '../threats/assessRisk.ts';
import { assessSources, type AssessedSources } from './assessSources.ts';
import { lastSeenOf } from './lastSeenOf.ts';
import { assignedPolicies } from './assignedPolicies.ts';
import { BUILT_IN_RULES, type BuiltInFacts } from './complianceRules.ts';
import { compareComplianceStates, type ComplianceState } from './complianceState.ts';
import {
  configuredDateTime,
  connectorFor,
  toPlatform,
  type PlatformConnector,
  type Configuration,
  type DeviceCompliancePolicy,
} from './configuration.ts';
import { defined } from '../../base/defined.ts';
import { earliest, isDateTime, latest, type DateTime } from '../../base/dateTime.ts';
import { managedProperties, type Device, type Incident } from '../devices/device.ts';
import { isUserGone } from '../devices/enrolledUser.ts';
import { heartbeatDeadline, partnerDeadline, silenceOf, type Silence } from './deviceClock.ts';
import {
  evaluatePolicy,
  toComplianceState,
  type PolicyState,
  type PolicyVerdict,
} from './evaluatePolicy.ts';
import type { EventSource } from '../vocabulary/eventSource.ts';
import type { ReportView } from './reportView.ts';
import type { CombinedRisk } from '../threats/combineRisks.ts';
import type { Reason } from '../vocabulary/reason.ts';
import type { ManagedDeviceProperties } from '../vocabulary/signal.ts';
import type { StoredEvaluation } from './storedEvaluation.ts';
import { toRuleFacts } from './toRuleFacts.ts';
import type { Defence, PartnerReportedThreatState, ThreatLevel } from '../vocabulary/threat.ts';

/** The device, and the last evaluation that was stored for it. */
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
  /** Only a device that the app has assessed is known to be free of threats. */
  readonly appHealth: AppHealth;
  readonly openIncidents: readonly Incident[];
  readonly properties: ManagedDeviceProperties | undefined;
  readonly complianceGracePeriodExpirationDateTime?: DateTime;
  readonly lastDeviceHeartbeatDateTime?: DateTime;
  readonly heartbeatDeadlineDateTime?: DateTime;
  /** Whether the device's own silence has passed its deadline. */
  readonly isSilent: boolean;
  readonly silenceDueDateTime?: DateTime;
  readonly changeDueDateTime?: DateTime;
  /** The policies that were applied, each as `id@version`; `none` without any. */
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
 * Whether the device is compliant at `now`, and why. Only this function decides that: the queue worker, the timers and
 * every caller's answer use it.
 * Total: missing or broken data has a verdict of its own. It never throws, and never makes a device compliant.
 */
export function evaluateCompliance(
  subject: EvaluationSubject,
  configuration: Configuration,
  now: DateTime,
): ComplianceEvaluation {
  const { device } = subject;
  const { tenantSettings } = configuration;
  const properties = managedProperties(device);
  const assessed = assessSources(device, configuration, now);
  const { risk } = assessed;
  const silence = silenceOf(device, configuration, now);
  const { isSilent } = silence;
  const verdict = verdictOf(subject, configuration, { now, ...assessed, silence, properties });
  const deadline = tenantSettings && heartbeatDeadline(device, tenantSettings);
  const validUntilDateTime = earliest(
    silence.dueDateTime,
    notPast(partnerDeadline(configuration), now),
    verdict.changeDueDateTime,
  );
  const lastSeenDateTime = lastSeenOf(device, configuration);
  return {
    isManaged: properties !== undefined,
    partnerReportedThreatState: threatState(risk, isSilent),
    threatLevelByDefence: risk.byDefence,
    threats: risk.threats,
    appHealth: risk.appHealth,
    openIncidents: assessed.openIncidents,
    properties,
    isSilent,
    ...(silence.dueDateTime === undefined ? {} : { silenceDueDateTime: silence.dueDateTime }),
    ...(lastSeenDateTime === undefined ? {} : { lastDeviceHeartbeatDateTime: lastSeenDateTime }),
    ...(deadline === undefined ? {} : { heartbeatDeadlineDateTime: deadline }),
    ...(validUntilDateTime === undefined ? {} : { validUntilDateTime }),
    policyVersion: 'none',
    // No policy was evaluated, so its failures go on: leaving and coming back begins no new grace period.
    policyStates: subject.evaluation?.policyStates ?? {},
    ...verdict,
  };
}

/** The evaluation of a device whose stored record cannot be read: an error, which blocks, with the reason. */
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
    appHealth: 'unknown',
    openIncidents: [],
    properties: undefined,
    isSilent: false,
    policyVersion: 'none',
    policyStates: {},
  };
}

interface Facts extends AssessedSources {
  readonly now: DateTime;
  readonly silence: Silence;
  readonly properties: ManagedDeviceProperties | undefined;
}

/** Checks in reading order what an evaluation of policies requires, then evaluates the policies. */
function verdictOf(
  subject: EvaluationSubject,
  configuration: Configuration,
  facts: Facts,
): Verdict {
  const { tenantSettings, connector, problems } = configuration;
  const { properties, now } = facts;
  // An unenrolled device is never compliant. Its data is stored all the same, because enrolment may arrive later.
  if (properties === undefined)
    return singleReason('unknown', 'deviceNotEnrolled', 'the device is not enrolled');
  // No deadline can be checked without a valid time.
  if (!isDateTime(now))
    return singleReason('error', 'clockInvalid', 'the clock returned no valid time');
  // The unreadable document might be the one that blocks.
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
      'the tenant settings or the connector are not configured',
    );
  }
  const policies = assignedPolicies(configuration.compliancePolicies, properties);
  const builtIn = evaluateBuiltInPolicy(facts.silence, {
    policies,
    tenantSettings,
    isSilent: facts.silence.isSilent,
    isUserGone: isUserGone(subject.device, properties),
  });
  const platform = connectorFor(connector, toPlatform(properties.operatingSystem));
  const reports = evaluateReports(facts.reports, platform);
  const ruleFacts = toRuleFacts({
    device: facts.partnerView,
    properties,
    risk: facts.risk,
    connector,
    platform,
    now,
    partnerDeadline: facts.isPartnerNeeded ? partnerDeadline(configuration) : undefined,
  });
  const verdicts = policies.map((policy) =>
    evaluatePolicy(
      policy,
      ruleFacts,
      subject.evaluation?.policyStates[policy.id],
      failingSince(policy, subject, configuration, now),
    ),
  );
  return combine([builtIn, reports], policies, verdicts, facts.risk.reasons);
}

/**
 * A report that cannot be read is in error, so it blocks. What a hold spared for longer than it may last counts as missing
 * data, which the organisation's setting decides.
 */
function evaluateReports(
  { unreadable, isHeldTooLong, dueDateTime }: ReportView,
  { blocksOnMissingPartnerData }: PlatformConnector,
): PolicyVerdict {
  const ends = defined({ endsDateTime: dueDateTime });
  if (unreadable.length > 0)
    return { status: 'error', reasons: unreadable, state: undefined, ...ends };
  return isHeldTooLong && blocksOnMissingPartnerData
    ? { status: 'nonCompliant', reasons: [HELD_TOO_LONG], state: undefined, ...ends }
    : { status: 'compliant', reasons: [], state: undefined, ...ends };
}

const HELD_TOO_LONG: Reason = {
  code: 'reportUnreadable',
  message: 'a report of SEP Mobile on the device has been held for longer than allowed',
};

/** The built-in policy has no grace period, and nothing to store. */
function evaluateBuiltInPolicy(
  { source, recheckDateTime }: Silence,
  facts: BuiltInFacts,
): PolicyVerdict {
  const reasons = BUILT_IN_RULES.filter(({ isFailed }) => isFailed(facts)).map(
    ({ reason, setting }): Reason => ({
      ...reason,
      ...(reason.code === 'deviceSilent' && source !== undefined ? silentTo(source) : {}),
      setting,
    }),
  );
  const status = reasons.length === 0 ? 'compliant' : 'nonCompliant';
  return { status, reasons, state: undefined, ...defined({ endsDateTime: recheckDateTime }) };
}

function silentTo({ id, displayName }: EventSource): Pick<Reason, 'message' | 'sourceId'> {
  const message = `the device has been silent to ${displayName} for longer than allowed`;
  return { message, sourceId: id };
}

/** The worst state of all, with the reasons of all. `policyVerdicts` are in the order of `policies`. */
function combine(
  ownVerdicts: readonly PolicyVerdict[],
  policies: readonly DeviceCompliancePolicy[],
  policyVerdicts: readonly PolicyVerdict[],
  riskReasons: readonly Reason[],
): Verdict {
  const verdicts = [...ownVerdicts, ...policyVerdicts];
  const complianceState = verdicts
    .map(({ status }) => toComplianceState(status))
    .reduce((a, b) => (compareComplianceStates(b, a) > 0 ? b : a));
  const reasons = verdicts.flatMap((verdict) => verdict.reasons);
  const isGood = complianceState === 'compliant';
  const graceEnds = earliest(...verdicts.map(({ graceEndsDateTime }) => graceEndsDateTime));
  const changeDueDateTime = earliest(...verdicts.map(({ endsDateTime }) => endsDateTime));
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
 * Since when the device fails a policy that it met when it was last evaluated and stored. If the configuration changed
 * since, then from that change; else from now, because new facts are stored together with their evaluation.
 */
function failingSince(
  { lastModifiedDateTime }: DeviceCompliancePolicy,
  { evaluation }: EvaluationSubject,
  configuration: Configuration,
  now: DateTime,
): DateTime {
  const evaluated = evaluation?.configuredDateTime ?? evaluation?.evaluatedDateTime;
  const changed = latest(
    configuredDateTime({ ...configuration, compliancePolicies: [] }),
    lastModifiedDateTime,
  );
  const isNewer = changed !== undefined && evaluated !== undefined && changed > evaluated;
  return isNewer ? (earliest(changed, now) ?? now) : now;
}

function singleReason(
  complianceState: ComplianceState,
  code: Reason['code'],
  message: string,
): Verdict {
  return { complianceState, reasons: [{ code, message }] };
}

function threatState(risk: CombinedRisk, isSilent: boolean): PartnerReportedThreatState {
  const isKnownThreat =
    risk.appHealth === 'compromised' ||
    (risk.threatLevel !== undefined && risk.threatLevel !== 'secured');
  return isSilent && !isKnownThreat ? 'unresponsive' : risk.threatState;
}

/** `moment`, unless it is over. */
function notPast(moment: DateTime | undefined, now: DateTime): DateTime | undefined {
  return moment !== undefined && moment >= now ? moment : undefined;
}
