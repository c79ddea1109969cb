import { COMPLIANCE_RULES } from './complianceRules.ts';
import { compareComplianceStates, type ComplianceState } from './complianceState.ts';
import type { Check, RuleFacts } from './rule.ts';
import { graceInHours } from './scheduledActions.ts';
import type { DeviceCompliancePolicy } from './configuration.ts';
import { addSeconds, earliest, type DateTime } from '../../base/dateTime.ts';
import type { Reason } from '../vocabulary/reason.ts';

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

const STATE_OF: Readonly<Record<PolicyStatus, ComplianceState>> = {
  notApplicable: 'compliant',
  compliant: 'compliant',
  inGracePeriod: 'inGracePeriod',
  nonCompliant: 'noncompliant',
  error: 'error',
};

/** The state that a device with this status of one policy has at best. A policy that does not apply asks for nothing. */
export function toComplianceState(status: PolicyStatus): ComplianceState {
  return STATE_OF[status];
}

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
  const reasons: Reason[] = [];
  let isChecked = false;
  let isFailed = false;
  let isInError = false;
  let datedSince: DateTime | undefined;
  for (const { setting, check } of checksOf(policy)) {
    const result = check(facts);
    if (result.status === 'notApplicable') continue;
    if (result.status === 'compliant') {
      isChecked = true;
      continue;
    }
    isFailed ||= result.status === 'nonCompliant';
    isInError ||= result.status === 'error';
    if (result.sinceDateTime !== undefined) datedSince = earliest(datedSince, result.sinceDateTime);
    reasons.push({ code: result.code, message: result.message, policyId: policy.id, setting });
  }
  const began = previous?.noncompliantSinceDateTime ?? datedSince ?? since;
  const failure = isFailed ? failed(policy, reasons, began, facts.now) : undefined;
  const error = isInError ? inError(policy, reasons, previous, since, facts.now) : undefined;
  if (failure !== undefined && error !== undefined) return worse(failure, error);
  return (
    failure ?? error ?? { status: isChecked ? 'compliant' : 'notApplicable', reasons, state: {} }
  );
}

interface AskedRule {
  readonly setting: string;
  readonly check: Check;
}

const checks = new WeakMap<DeviceCompliancePolicy, readonly AskedRule[]>();

/** The rules that the policy asks for, found once for each that is read: it is never changed. */
function checksOf(policy: DeviceCompliancePolicy): readonly AskedRule[] {
  const known = checks.get(policy);
  if (known !== undefined) return known;
  const asked = COMPLIANCE_RULES.flatMap(({ setting, toCheck }) => {
    const check = toCheck(policy);
    return check === undefined ? [] : [{ setting, check }];
  });
  checks.set(policy, asked);
  return asked;
}

/** A setting in error beside a failed one: neither makes the other better. */
function worse(failure: PolicyVerdict, error: PolicyVerdict): PolicyVerdict {
  const isErrorWorse =
    compareComplianceStates(toComplianceState(error.status), toComplianceState(failure.status)) > 0;
  const { status, reasons, graceEndsDateTime } = isErrorWorse ? error : failure;
  const endsDateTime = earliest(failure.endsDateTime, error.endsDateTime);
  return {
    status,
    reasons,
    // Without a state to keep, the error stands until it is mended, and a grace begins only then.
    state: error.state && { ...failure.state, ...error.state },
    ...(endsDateTime === undefined ? {} : { endsDateTime }),
    ...(graceEndsDateTime === undefined ? {} : { graceEndsDateTime }),
  };
}

/** Noncompliant with a future grace date is in its grace period, else noncompliant (Intune, create a policy). */
function failed(
  policy: DeviceCompliancePolicy,
  reasons: readonly Reason[],
  since: DateTime,
  now: DateTime,
): PolicyVerdict {
  // A clock that is ahead elsewhere must not make a grace longer than it is.
  const began = since < now ? since : now;
  const state: PolicyState = { noncompliantSinceDateTime: began };
  const grace = graceInHours(policy);
  const graceEnds = grace === 0 ? began : addSeconds(began, grace * SECONDS_PER_HOUR);
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
  if (previous === undefined) return { status: 'error', reasons, state: undefined };
  const errorSince = previous.errorSinceDateTime ?? since;
  const errorEnds = addSeconds(errorSince, ERROR_RETENTION_IN_DAYS * SECONDS_PER_DAY);
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
