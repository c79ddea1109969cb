import type { AccessContext } from './accessContext.ts';
import { isCompliantOrInGrace } from '../compliance/complianceState.ts';
import type { ConditionalAccessPolicy, Configuration } from '../compliance/configuration.ts';
import type { ComplianceEvaluation } from '../compliance/evaluateCompliance.ts';
import { coversThreat, whyDefencesUnknown } from './coversThreat.ts';
import { hasControl, isIdentifiedAsRequired } from './grantControls.ts';
import type { Reason } from '../vocabulary/reason.ts';

export interface AccessVerdict {
  readonly decision: 'allow' | 'block';
  readonly reasons: readonly Reason[];
}

/** The facts that a decision rests on. */
export interface DecisionFacts {
  /** The enabled policies that apply to the request, or may apply. */
  readonly policies: readonly ConditionalAccessPolicy[];
  /** Whether one of them applies for certain, and not only because of a threat. */
  readonly isExplicitlyAllowed: boolean;
  readonly evaluation: ComplianceEvaluation;
  readonly context: AccessContext;
  readonly configuration: Configuration;
}

/** A row of the table. The documentation prints `when`, `decision` and `codes`. */
export interface DecisionRule {
  readonly when: string;
  readonly decision: 'allow' | 'block';
  readonly codes: string;
  /** The reasons, if the rule matches. */
  readonly decide: (facts: DecisionFacts) => readonly Reason[] | undefined;
}

/** The rules in reading order: the first that matches decides. */
export const DECISION_RULES: readonly DecisionRule[] = [
  {
    // Broken data never grants access that readable data might have denied.
    when: 'The evaluation or the configuration is in error',
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
    when: 'An enabled policy that applies blocks access',
    decision: 'block',
    codes:
      '`blockedByPolicy`; `deviceThreatPresent` and the threats’ codes if it applies because of a threat; also the reason why the threats are not known',
    decide: ({ policies, evaluation, configuration }) => {
      const blocking = policies.find((policy) => hasControl(policy, 'block'));
      return blocking && blockReasons(blocking, evaluation, configuration);
    },
  },
  {
    when: 'An enabled policy requires a stronger device identification',
    decision: 'block',
    codes: '`deviceIdentificationTooWeak`',
    decide: ({ policies, context }) => {
      const demanding = policies.find((policy) => !isIdentifiedAsRequired(policy, context));
      return demanding && [identificationTooWeak(demanding, context)];
    },
  },
  {
    when: 'An enabled policy requires a compliant device, and the device is neither compliant nor in its grace period',
    decision: 'block',
    codes: '`compliantDeviceRequired` and the evaluation’s',
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
    // A policy that applies only because of a threat, or only perhaps, cannot allow.
    when: 'No enabled policy applies for certain and independently of threats, and `secureByDefault` is on',
    decision: 'block',
    codes: '`noConditionalAccessPolicy`',
    decide: ({ policies, isExplicitlyAllowed, configuration: { tenantSettings } }) =>
      !isExplicitlyAllowed && tenantSettings?.secureByDefault !== false
        ? [notCovered(policies)]
        : undefined,
  },
  {
    when: 'No other rule matches',
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

/** The verdict of the first rule that matches; `block` if the table had no last rule. */
export function decide(facts: DecisionFacts): AccessVerdict {
  for (const rule of DECISION_RULES) {
    const reasons = rule.decide(facts);
    if (reasons !== undefined) return { decision: rule.decision, reasons };
  }
  return { decision: 'block', reasons: facts.evaluation.reasons };
}

function blockReasons(
  policy: ConditionalAccessPolicy,
  evaluation: ComplianceEvaluation,
  { connector }: Configuration,
): readonly Reason[] {
  const { deviceThreat } = policy.conditions;
  const message = `policy \`${policy.displayName}\` blocks the resource`;
  const blocked = { message, policyId: policy.id };
  if (deviceThreat === undefined) return [{ code: 'blockedByPolicy', ...blocked }];
  if (coversThreat(deviceThreat, evaluation, connector) !== 'yes') {
    const unknown = whyDefencesUnknown(evaluation, connector);
    return [{ code: 'blockedByPolicy', ...blocked }, ...(unknown === undefined ? [] : [unknown])];
  }
  const causes = evaluation.threats.filter(({ defences }) =>
    defences.some((defence) => deviceThreat.defences.includes(defence)),
  );
  return [{ code: 'deviceThreatPresent', ...blocked }, ...causes.map(({ reason }) => reason)];
}

function identificationTooWeak(
  { id, displayName, grantControls }: ConditionalAccessPolicy,
  { identifiedBy }: AccessContext,
): Reason {
  const required = grantControls.minimumDeviceIdentification ?? identifiedBy;
  return {
    code: 'deviceIdentificationTooWeak',
    message: `policy \`${displayName}\` requires the device to be identified by \`${required}\` or stronger; the caller used \`${identifiedBy}\``,
    policyId: id,
  };
}

/** Names the policy that would allow if it were known to apply: then a fact is missing, not a policy. */
function notCovered(policies: readonly ConditionalAccessPolicy[]): Reason {
  const code = 'noConditionalAccessPolicy';
  const perhaps = policies.find(({ conditions }) => conditions.deviceThreat === undefined);
  if (perhaps === undefined)
    return { code, message: 'no conditional access policy covers the request' };
  const message = `policy \`${perhaps.displayName}\` may cover the request, but the user, group or platform that it depends on is not known`;
  return { code, message, policyId: perhaps.id };
}
