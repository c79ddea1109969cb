import { answerExpiry } from './answerExpiry.ts';
import type { Applicability } from './applicability.ts';
import { applicabilityOf } from './conditionalAccess.ts';
import type { AccessContext } from './accessContext.ts';
import type { ConditionalAccessPolicy, Configuration } from '../compliance/configuration.ts';
import type { DateTime } from '../../base/dateTime.ts';
import { decide, type AccessVerdict } from './decisionRules.ts';
import type { ComplianceEvaluation } from '../compliance/evaluateCompliance.ts';
import { toReportOnlyResult, type ReportOnlyResult } from './reportOnlyResult.ts';

export interface AccessDecision extends AccessVerdict {
  /** The conditional access and compliance policies that were applied, each as `id@version`. */
  readonly policyVersion: string;
  readonly reportOnlyPolicies: readonly ReportOnlyResult[];
  readonly expiresDateTime: DateTime;
}

/** Whether the evaluated device may access the resource at `now`. Denies by default: only a rule can allow. */
export function applyAccessPolicies(
  evaluation: ComplianceEvaluation,
  context: AccessContext,
  configuration: Configuration,
  now: DateTime,
): AccessDecision {
  const assessed = configuration.conditionalAccessPolicies.map((policy) => ({
    policy,
    applicability: applicabilityOf(policy, evaluation, context, configuration.connector),
  }));
  const enforced = assessed.filter(
    ({ policy, applicability }) => policy.state === 'enabled' && applicability !== 'no',
  );
  const policies = enforced.map(({ policy }) => policy);
  const isExplicitlyAllowed = enforced.some(isUnconditional);
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
    reportOnlyPolicies: assessed
      .filter(({ policy }) => policy.state === 'enabledForReportingButNotEnforced')
      .map(({ policy, applicability }) =>
        toReportOnlyResult(policy, applicability, evaluation, context),
      ),
    expiresDateTime: answerExpiry(decision === 'allow', evaluation, now),
  };
}

interface AssessedPolicy {
  readonly policy: ConditionalAccessPolicy;
  readonly applicability: Applicability;
}

/** Whether the policy applies for certain, and not only because of a threat. */
function isUnconditional({ policy, applicability }: AssessedPolicy): boolean {
  return applicability === 'yes' && policy.conditions.deviceThreat === undefined;
}
