// Caches the checks of each policy. The cache changes no result, and ends with the policy object.
import { COMPLIANCE_RULES } from './complianceRules.ts';
import { compareComplianceStates, type ComplianceState } from './complianceState.ts';
import type { Check, RuleFacts } from './rule.ts';
import { graceInHours } from './scheduledActions.ts';
import type { DeviceCompliancePolicy } from './configuration.ts';
import { addSeconds, earliest, type DateTime } from '../../base/dateTime.ts';
import type { Reason } from '../vocabulary/reason.ts';

/** While a setting is in error, the policy keeps its old state for this long (Intune, compliance policy monitoring). */
const ERROR_RETENTION_IN_DAYS = 7;
const SECONDS_PER_DAY = 24 * 60 * 60;
const SECONDS_PER_HOUR = 60 * 60;

/** The history of one policy on one device, as far as an evaluation needs it. */
export interface PolicyState {
  /** The start of the failure, and of its grace period. */
  readonly noncompliantSinceDateTime?: DateTime;
  /** The start of the error of a setting. */
  readonly errorSinceDateTime?: DateTime;
}

/** Graph `complianceStatus` of one policy; `inGracePeriod` is our own. */
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

/** The best state that a device with this status of one policy can have. */
export function toComplianceState(status: PolicyStatus): ComplianceState {
  return STATE_OF[status];
}

export interface PolicyVerdict {
  readonly status: PolicyStatus;
  readonly reasons: readonly Reason[];
  /** The history to store; `undefined` if there is none. */
  readonly state: PolicyState | undefined;
  /** The next moment at which time alone changes this verdict. */
  readonly endsDateTime?: DateTime;
  readonly graceEndsDateTime?: DateTime;
}

/**
 * Evaluates one policy on one device. `since` is the start of a failure that has no other date.
 * The grace period and the seven days of an error end on the second, without any write in between.
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
    const { code, message, sourceId } = result;
    reasons.push({
      code,
      message,
      policyId: policy.id,
      setting,
      ...(sourceId === undefined ? {} : { sourceId }),
    });
  }
  const failedSince = previous?.noncompliantSinceDateTime ?? datedSince ?? since;
  const failure = isFailed ? failed(policy, reasons, failedSince, facts.now) : undefined;
  const error = isInError ? inError(policy, reasons, previous, since, facts.now) : undefined;
  if (failure !== undefined && error !== undefined) return worse(failure, error);
  return (
    failure ?? error ?? { status: isChecked ? 'compliant' : 'notApplicable', reasons, state: {} }
  );
}

interface RequiredCheck {
  readonly setting: string;
  readonly check: Check;
}

const cache = new WeakMap<DeviceCompliancePolicy, readonly RequiredCheck[]>();

/** The checks that the policy requires. INVARIANT: a policy object never changes. */
function checksOf(policy: DeviceCompliancePolicy): readonly RequiredCheck[] {
  const cached = cache.get(policy);
  if (cached !== undefined) return cached;
  const required = COMPLIANCE_RULES.flatMap(({ setting, toCheck }) => {
    const check = toCheck(policy);
    return check === undefined ? [] : [{ setting, check }];
  });
  cache.set(policy, required);
  return required;
}

/** The verdict for a policy with a failed setting and a setting in error: the worse of both. */
function worse(failure: PolicyVerdict, error: PolicyVerdict): PolicyVerdict {
  const isErrorWorse =
    compareComplianceStates(toComplianceState(error.status), toComplianceState(failure.status)) > 0;
  const { status, reasons, graceEndsDateTime } = isErrorWorse ? error : failure;
  const endsDateTime = earliest(failure.endsDateTime, error.endsDateTime);
  return {
    status,
    reasons,
    // Without an old state the error stays until it is repaired, and the grace period starts only then.
    state: error.state && { ...failure.state, ...error.state },
    ...(endsDateTime === undefined ? {} : { endsDateTime }),
    ...(graceEndsDateTime === undefined ? {} : { graceEndsDateTime }),
  };
}

/** In its grace period while that ends in the future, then noncompliant (Intune, create a policy). */
function failed(
  policy: DeviceCompliancePolicy,
  reasons: readonly Reason[],
  since: DateTime,
  now: DateTime,
): PolicyVerdict {
  // Another worker's clock may be ahead; that must not extend the grace period.
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

/** Keeps the old state for seven days, then noncompliant at once, without a grace period. */
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
  const old =
    previous.noncompliantSinceDateTime === undefined
      ? { status: 'compliant' as const, reasons }
      : failed(policy, reasons, previous.noncompliantSinceDateTime, now);
  return {
    ...old,
    state,
    endsDateTime:
      earliest(errorEnds, 'endsDateTime' in old ? old.endsDateTime : undefined) ?? errorEnds,
  };
}
