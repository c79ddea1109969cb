import { COMPLIANCE_RULES, type RuleFacts, type RuleResult } from './complianceRules.ts';
import type { DeviceCompliancePolicy } from './configuration.ts';
import { addSeconds, earliest, type DateTime } from './dateTime.ts';
import type { Reason } from './reason.ts';

/** A setting in error keeps the policy's old state for this long (Intune, compliance policy monitoring). */
export const ERROR_RETENTION_IN_DAYS = 7;
const SECONDS_PER_DAY = 24 * 60 * 60;
const SECONDS_PER_HOUR = 60 * 60;

/** What is remembered of a policy that was evaluated on a device: what only its history can tell. */
export interface PolicyState {
  /** Since when the device fails the policy: the beginning of its grace. */
  readonly noncompliantSinceDateTime?: DateTime;
  /** Since when a setting is in error. */
  readonly errorSinceDateTime?: DateTime;
}

/** Graph `complianceStatus` of one policy; grace is ours to tell apart. */
export type PolicyStatus =
  | 'notApplicable'
  | 'compliant'
  | 'inGracePeriod'
  | 'nonCompliant'
  | 'error';

export interface PolicyVerdict {
  readonly status: PolicyStatus;
  readonly reasons: readonly Reason[];
  /** To be remembered; `undefined` where there is nothing to. */
  readonly state: PolicyState | undefined;
  /** The next moment at which time alone changes this verdict. */
  readonly endsDateTime?: DateTime;
  readonly graceEndsDateTime?: DateTime;
}

/**
 * One policy on one device. `since` is when a failure began that nothing else dates.
 * Grace and the seven days of an error end on the second, whether or not anything was written since.
 */
export function evaluatePolicy(
  policy: DeviceCompliancePolicy,
  facts: RuleFacts,
  previous: PolicyState | undefined,
  since: DateTime,
): PolicyVerdict {
  const results = COMPLIANCE_RULES.map(({ setting, check }) => ({
    setting,
    result: check(policy, facts),
  }));
  const reasons = results.flatMap(({ setting, result }) => toReason(policy, setting, result));
  const has = (status: RuleResult['status']): boolean =>
    results.some(({ result }) => result.status === status);
  if (has('nonCompliant')) {
    const began = earliest(
      ...results.map(({ result }) =>
        'sinceDateTime' in result ? result.sinceDateTime : undefined,
      ),
    );
    return failed(
      policy,
      reasons,
      previous?.noncompliantSinceDateTime ?? began ?? since,
      facts.now,
    );
  }
  if (has('error')) return inError(policy, reasons, previous, since, facts.now);
  const status = has('compliant') ? 'compliant' : 'notApplicable';
  return { status, reasons, state: {} };
}

/** Noncompliant with a future grace date is in its grace period, else noncompliant (Intune, create a policy). */
function failed(
  policy: DeviceCompliancePolicy,
  reasons: readonly Reason[],
  since: DateTime,
  now: DateTime,
): PolicyVerdict {
  const state: PolicyState = { noncompliantSinceDateTime: since };
  const graceEnds = addSeconds(since, graceInHours(policy) * SECONDS_PER_HOUR);
  return now < graceEnds
    ? {
        status: 'inGracePeriod',
        reasons,
        state,
        endsDateTime: graceEnds,
        graceEndsDateTime: graceEnds,
      }
    : { status: 'nonCompliant', reasons, state };
}

/** The old state stands for seven days; then noncompliant at once, without any grace. */
function inError(
  policy: DeviceCompliancePolicy,
  reasons: readonly Reason[],
  previous: PolicyState | undefined,
  since: DateTime,
  now: DateTime,
): PolicyVerdict {
  const errorSince = previous?.errorSinceDateTime ?? since;
  const errorEnds = addSeconds(errorSince, ERROR_RETENTION_IN_DAYS * SECONDS_PER_DAY);
  if (previous === undefined) return { status: 'error', reasons, state: undefined };
  const state: PolicyState = { ...previous, errorSinceDateTime: errorSince };
  if (now >= errorEnds) return { status: 'nonCompliant', reasons, state };
  const kept =
    previous.noncompliantSinceDateTime === undefined
      ? { status: 'compliant' as const, reasons }
      : failed(policy, reasons, previous.noncompliantSinceDateTime, now);
  return {
    ...kept,
    state,
    endsDateTime:
      earliest(errorEnds, 'endsDateTime' in kept ? kept.endsDateTime : undefined) ?? errorEnds,
  };
}

/** Hours from the failure to the block: Graph has one `block` among the scheduled actions. */
function graceInHours({ scheduledActionsForRule = [] }: DeviceCompliancePolicy): number {
  const block = scheduledActionsForRule
    .flatMap(({ scheduledActionConfigurations }) => scheduledActionConfigurations)
    .find(({ actionType }) => actionType === 'block');
  return block?.gracePeriodHours ?? 0;
}

function toReason(
  policy: DeviceCompliancePolicy,
  setting: string,
  result: RuleResult,
): readonly Reason[] {
  if (result.status !== 'nonCompliant' && result.status !== 'error') return [];
  return [{ code: result.code, message: result.message, policyId: policy.id, setting }];
}
