import { applicabilityOf } from './conditionalAccess.ts';
import type { ConditionalAccessPolicy, Configuration } from '../compliance/configuration.ts';
import { addSeconds, earliest, isDateTime, type DateTime } from '../../base/dateTime.ts';
import type { ComplianceEvaluation } from '../compliance/evaluateCompliance.ts';
import { isWeaker } from '../vocabulary/identification.ts';
import type { Reason } from '../vocabulary/reason.ts';
import type { AccessContext } from './accessContext.ts';

/** An answer of `allow` is never good for longer: this is the time to revocation of a caller that caches. */
export const MAX_DECISION_AGE_IN_SECONDS = 30;

/** What a policy that only reports would have done; Graph `appliedConditionalAccessPolicy`. */
export interface ReportOnlyResult {
  readonly id: string;
  readonly displayName: string;
  readonly result: 'reportOnlySuccess' | 'reportOnlyFailure' | 'reportOnlyNotApplied';
}

export interface AccessDecision {
  readonly decision: 'allow' | 'block';
  readonly reasons: readonly Reason[];
  /** The conditional access and compliance policies that were applied, each as `id@version`. */
  readonly policyVersion: string;
  readonly reportOnlyPolicies: readonly ReportOnlyResult[];
  readonly expiresDateTime: DateTime;
}

/** Whether a device so evaluated may have what is asked for at `now`. Default deny: to allow takes a rule that says so. */
export function applyAccessPolicies(
  evaluation: ComplianceEvaluation,
  context: AccessContext,
  configuration: Configuration,
  now: DateTime,
): AccessDecision {
  const policies = configuration.conditionalAccessPolicies.filter(
    (policy) => policy.state === 'enabled' && applicabilityOf(policy, evaluation, context) !== 'no',
  );
  const isExplicitlyAllowed = policies.some(
    (policy) =>
      policy.conditions.deviceThreat === undefined &&
      applicabilityOf(policy, evaluation, context) === 'yes',
  );
  const { decision, reasons } = decide({
    policies,
    isExplicitlyAllowed,
    evaluation,
    context,
    configuration,
  });
  const versions = policies.map(({ id, version }) => `${id}@${String(version)}`);
  return {
    decision,
    reasons,
    policyVersion: [...versions, evaluation.policyVersion].join(','),
    reportOnlyPolicies: configuration.conditionalAccessPolicies
      .filter(({ state }) => state === 'enabledForReportingButNotEnforced')
      .map((policy) => report(policy, evaluation, context)),
    expiresDateTime: answerExpiry(decision === 'allow', evaluation, now),
  };
}

type Verdict = Pick<AccessDecision, 'decision' | 'reasons'>;

/** What a decision is made of. */
export interface DecisionFacts {
  /** The enabled policies that apply to the request, or may. */
  readonly policies: readonly ConditionalAccessPolicy[];
  /** Whether one of them applies for certain, and whatever the threats. */
  readonly isExplicitlyAllowed: boolean;
  readonly evaluation: ComplianceEvaluation;
  readonly context: AccessContext;
  readonly configuration: Configuration;
}

/** A rule of the decision: what it says, as the README tells it, and its reasons where it fits. */
export interface DecisionRule {
  readonly when: string;
  readonly decision: 'allow' | 'block';
  readonly codes: string;
  readonly decide: (facts: DecisionFacts) => readonly Reason[] | undefined;
}

/** The rules in reading order: the first that fits decides. */
export const DECISION_RULES: readonly DecisionRule[] = [
  {
    // A broken evaluation or configuration never opens a door that a readable one might have kept shut.
    when: 'The evaluation is an error, or the configuration is',
    decision: 'block',
    codes: 'the evaluation’s, or `configurationInvalid`',
    decide: ({ evaluation, configuration: { problems, tenantSettings } }) => {
      if (evaluation.complianceState === 'error') return evaluation.reasons;
      return problems.length > 0 || tenantSettings === undefined
        ? [
            {
              code: 'configurationInvalid',
              message: 'the configuration is missing or cannot be read',
            },
          ]
        : undefined;
    },
  },
  {
    when: 'An enabled policy blocks what it applies to',
    decision: 'block',
    codes:
      '`blockedByPolicy`, or `deviceThreatPresent` where it applies because of a threat, with the threat’s',
    decide: ({ policies, evaluation }) => {
      const forbidding = policies.find((policy) => hasControl(policy, 'block'));
      return forbidding && blockReasons(forbidding, evaluation);
    },
  },
  {
    when: 'An enabled policy asks for a stronger proof of which device it is',
    decision: 'block',
    codes: '`deviceIdentificationTooWeak`',
    decide: ({ policies, context }) => {
      const demanding = policies.find((policy) => !isProven(policy, context));
      return demanding && [tooWeak(demanding, context)];
    },
  },
  {
    when: 'An enabled policy requires a compliant device, and it is neither compliant nor in its grace period',
    decision: 'block',
    codes: '`compliantDeviceRequired`, with the evaluation’s',
    decide: ({ policies, evaluation }) => {
      const demanding = policies.find((policy) => hasControl(policy, 'compliantDevice'));
      if (demanding === undefined || isCompliantOrInGrace(evaluation)) return undefined;
      const message = `policy \`${demanding.displayName}\` requires a compliant device`;
      return [
        { code: 'compliantDeviceRequired', message, policyId: demanding.id },
        ...evaluation.reasons,
      ];
    },
  },
  {
    // A policy that applies only because of a threat, or perhaps, is no leave.
    when: 'No enabled policy applies for certain and whatever the threats, and `secureByDefault` is on',
    decision: 'block',
    codes: '`noConditionalAccessPolicy`',
    decide: ({ policies, isExplicitlyAllowed: hasLeave, configuration: { tenantSettings } }) =>
      !hasLeave && tenantSettings?.secureByDefault !== false ? [noLeave(policies)] : undefined,
  },
  {
    when: 'None of these',
    decision: 'allow',
    codes: '`allowedByPolicy`',
    decide: ({ policies }) => [
      {
        code: 'allowedByPolicy',
        message:
          policies.length === 0 ? 'no policy restricts the resource' : 'every policy is satisfied',
      },
    ],
  },
];

function decide(facts: DecisionFacts): Verdict {
  for (const rule of DECISION_RULES) {
    const reasons = rule.decide(facts);
    if (reasons !== undefined) return { decision: rule.decision, reasons };
  }
  return { decision: 'block', reasons: facts.evaluation.reasons };
}

function isProven(
  { grantControls: { minimumDeviceIdentification } }: ConditionalAccessPolicy,
  { identifiedBy }: AccessContext,
): boolean {
  return (
    minimumDeviceIdentification === undefined ||
    !isWeaker(identifiedBy, minimumDeviceIdentification)
  );
}

function tooWeak(
  { id, displayName, grantControls }: ConditionalAccessPolicy,
  { identifiedBy }: AccessContext,
): Reason {
  const wanted = grantControls.minimumDeviceIdentification ?? identifiedBy;
  return {
    code: 'deviceIdentificationTooWeak',
    message: `policy \`${displayName}\` wants the device known by \`${wanted}\` at least, it is by \`${identifiedBy}\``,
    policyId: id,
  };
}

/** Names the policy that would give leave if it were known to apply: what is missing then is a fact, not a policy. */
function noLeave(policies: readonly ConditionalAccessPolicy[]): Reason {
  const code = 'noConditionalAccessPolicy';
  const perhaps = policies.find(({ conditions }) => conditions.deviceThreat === undefined);
  if (perhaps === undefined)
    return { code, message: 'no conditional access policy covers the request' };
  const message = `whether policy \`${perhaps.displayName}\` covers the request depends on a user, group or platform that is not known`;
  return { code, message, policyId: perhaps.id };
}

function hasControl(
  { grantControls }: ConditionalAccessPolicy,
  control: 'block' | 'compliantDevice',
): boolean {
  return grantControls.builtInControls.includes(control);
}

function blockReasons(
  policy: ConditionalAccessPolicy,
  { threats }: ComplianceEvaluation,
): readonly Reason[] {
  const { deviceThreat } = policy.conditions;
  const because = threats.filter(
    ({ defence }) => deviceThreat?.defences.includes(defence) === true,
  );
  const code = deviceThreat === undefined ? 'blockedByPolicy' : 'deviceThreatPresent';
  const message = `policy \`${policy.displayName}\` blocks the resource`;
  return [{ code, message, policyId: policy.id }, ...because.map(({ reason }) => reason)];
}

/** Intune: a device in its grace period is not compliant, but still has access. */
export function isCompliantOrInGrace({ complianceState }: ComplianceEvaluation): boolean {
  return complianceState === 'compliant' || complianceState === 'inGracePeriod';
}

/** What a policy would have said; it changes nothing. */
function report(
  policy: ConditionalAccessPolicy,
  evaluation: ComplianceEvaluation,
  context: AccessContext,
): ReportOnlyResult {
  const { id, displayName } = policy;
  if (applicabilityOf(policy, evaluation, context) === 'no')
    return { id, displayName, result: 'reportOnlyNotApplied' };
  const isBlocking =
    hasControl(policy, 'block') ||
    !isProven(policy, context) ||
    (hasControl(policy, 'compliantDevice') && !isCompliantOrInGrace(evaluation));
  return { id, displayName, result: isBlocking ? 'reportOnlyFailure' : 'reportOnlySuccess' };
}

/**
 * Until when an answer holds. One that lets nobody in is never good for longer than the moment: access must come back
 * at once.
 */
export function answerExpiry(
  isAllowance: boolean,
  { validUntilDateTime }: ComplianceEvaluation,
  now: DateTime,
): DateTime {
  if (!isAllowance || !isDateTime(now)) return now;
  return earliest(addSeconds(now, MAX_DECISION_AGE_IN_SECONDS), validUntilDateTime) ?? now;
}
