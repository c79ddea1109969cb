import { earliest, type DateTime } from '../../base/dateTime.ts';
import type { Configuration } from '../compliance/configuration.ts';
import type { ComplianceEvaluation } from '../compliance/evaluateCompliance.ts';
import type { AccessContext } from './accessContext.ts';
import { applyAccessPolicies, type AccessDecision } from './applyAccessPolicies.ts';

/** A decision, and the device that it is about. */
export interface JudgedDevice extends AccessDecision {
  readonly evaluation: ComplianceEvaluation;
}

/**
 * One decision about all devices that a request may come from. Each is judged by itself at `now`, and the first block
 * decides. Policies differ by platform, user and threat, so no order of the devices replaces judging them all. An
 * allowance expires with the first of theirs.
 */
export function judgeDevices(
  [first, ...others]: readonly [ComplianceEvaluation, ...ComplianceEvaluation[]],
  context: AccessContext,
  configuration: Configuration,
  now: DateTime,
): JudgedDevice {
  const judge = (evaluation: ComplianceEvaluation): JudgedDevice => ({
    evaluation,
    ...applyAccessPolicies(evaluation, context, configuration, now),
  });
  const judged = [judge(first), ...others.map(judge)] as const;
  const blocked = judged.find(({ decision }) => decision === 'block');
  if (blocked !== undefined) return blocked;
  const shown = judged.find(wouldFail) ?? judged[0];
  const expires = earliest(...judged.map(({ expiresDateTime }) => expiresDateTime));
  return { ...shown, expiresDateTime: expires ?? now };
}

/** Whether a policy that only reports would have blocked. */
function wouldFail({ reportOnlyPolicies }: JudgedDevice): boolean {
  return reportOnlyPolicies.some(({ result }) => result === 'reportOnlyFailure');
}
