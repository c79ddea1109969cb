import type { ConditionalAccessPolicy, Configuration } from './configuration.ts';
import { addSeconds, earliest, isDateTime, type DateTime } from './dateTime.ts';
import type { ComplianceEvaluation } from './evaluateCompliance.ts';
import type { Reason } from './reason.ts';

/** An answer of `allow` is never good for longer: this is the time to revocation of a caller that caches. */
export const MAX_DECISION_AGE_IN_SECONDS = 30;

/** What a caller guards. Ours. */
export const RESOURCES = ['exchangeOnline', 'sharePointOnline', 'oneDrive', 'wifi'] as const;
export type Resource = (typeof RESOURCES)[number] | `companyApp:${string}`;

export interface AccessDecision {
  readonly decision: 'allow' | 'block';
  readonly reasons: readonly Reason[];
  /** The conditional access and compliance policies that were applied, each as `id@version`. */
  readonly policyVersion: string;
  readonly expiresDateTime: DateTime;
}

/** Whether a device so evaluated may use `resource` at `now`. Default deny: to allow takes a rule that says so. */
export function decideAccess(
  evaluation: ComplianceEvaluation,
  resource: Resource,
  configuration: Configuration,
  now: DateTime,
): AccessDecision {
  const policies = configuration.conditionalAccessPolicies.filter((policy) =>
    applies(policy, resource),
  );
  const { decision, reasons } = decide(policies, evaluation, configuration);
  const versions = policies.map(({ id, version }) => `${id}@${String(version)}`);
  return {
    decision,
    reasons,
    policyVersion: [...versions, evaluation.policyVersion].join(','),
    expiresDateTime: expiry(decision, evaluation, now),
  };
}

type Verdict = Pick<AccessDecision, 'decision' | 'reasons'>;

/** The rules in reading order: the first that fits decides. */
function decide(
  policies: readonly ConditionalAccessPolicy[],
  evaluation: ComplianceEvaluation,
  { tenantSettings, problems }: Configuration,
): Verdict {
  // A broken evaluation or configuration never opens a door that a readable one might have kept shut.
  if (evaluation.complianceState === 'error')
    return { decision: 'block', reasons: evaluation.reasons };
  if (problems.length > 0 || tenantSettings === undefined) {
    return block('configurationInvalid', 'the configuration is missing or cannot be read');
  }
  const forbidding = policies.find(({ grantControls }) =>
    grantControls.builtInControls.includes('block'),
  );
  if (forbidding !== undefined) {
    return block(
      'blockedByPolicy',
      `policy \`${forbidding.displayName}\` blocks the resource`,
      forbidding.id,
    );
  }
  const demanding = policies.find(({ grantControls }) =>
    grantControls.builtInControls.includes('compliantDevice'),
  );
  if (demanding !== undefined && !isGoodEnough(evaluation)) {
    const demand = block(
      'compliantDeviceRequired',
      `policy \`${demanding.displayName}\` requires a compliant device`,
      demanding.id,
    );
    return { decision: 'block', reasons: [...demand.reasons, ...evaluation.reasons] };
  }
  if (policies.length === 0 && tenantSettings.secureByDefault) {
    return block('noConditionalAccessPolicy', 'no conditional access policy covers the resource');
  }
  const message =
    policies.length === 0 ? 'no policy restricts the resource' : 'every policy is satisfied';
  return { decision: 'allow', reasons: [{ code: 'allowedByPolicy', message }] };
}

/** Intune: a device in its grace period is not compliant, but still has access. */
function isGoodEnough({ complianceState }: ComplianceEvaluation): boolean {
  return complianceState === 'compliant' || complianceState === 'inGracePeriod';
}

function applies({ state, conditions }: ConditionalAccessPolicy, resource: Resource): boolean {
  const { includeApplications, excludeApplications = [] } = conditions.applications;
  const isNamed = (name: string): boolean => name === 'All' || name === resource;
  return (
    state === 'enabled' && includeApplications.some(isNamed) && !excludeApplications.some(isNamed)
  );
}

function block(code: Reason['code'], message: string, policyId?: string): Verdict {
  const reason = { code, message, ...(policyId === undefined ? {} : { policyId }) };
  return { decision: 'block', reasons: [reason] };
}

/** A block is never good for longer than the moment: access must come back at once. */
function expiry(
  decision: AccessDecision['decision'],
  evaluation: ComplianceEvaluation,
  now: DateTime,
): DateTime {
  if (decision === 'block' || !isDateTime(now)) return now;
  return (
    earliest(addSeconds(now, MAX_DECISION_AGE_IN_SECONDS), evaluation.validUntilDateTime) ?? now
  );
}
