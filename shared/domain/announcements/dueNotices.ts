import type { Notice } from './announcement.ts';
import type { ComplianceActionItem, DeviceCompliancePolicy } from '../compliance/configuration.ts';
import { addSeconds, earliest, type DateTime } from '../../base/dateTime.ts';
import { defined } from '../../base/defined.ts';
import { graceInHours, scheduledActions } from '../compliance/scheduledActions.ts';
import type { StoredEvaluation } from '../compliance/storedEvaluation.ts';

const SECONDS_PER_HOUR = 60 * 60;

/** The content of one notice that is due. */
export type DueNotice = Pick<
  Notice,
  | 'actionType'
  | 'policyId'
  | 'policyDisplayName'
  | 'notificationTemplateId'
  | 'notificationMessageCCList'
  | 'noncompliantSinceDateTime'
  | 'blockDateTime'
>;

export interface DueNotices {
  readonly due: readonly DueNotice[];
  /** The keys of the notices that were sent, of failures that are still open. */
  readonly sent: readonly string[];
  /** When the next notice is due. */
  readonly nextDateTime?: DateTime;
}

interface Step {
  readonly key: string;
  readonly dueDateTime: DateTime;
  readonly notice: DueNotice;
}

/**
 * The scheduled actions (`scheduledActionsForRule`) that are due at `now` and not in `sent`. Their times count from the
 * start of the failure, and each is sent once for each failure. After a recovery the remaining ones are never sent.
 */
export function dueNotices(
  { policyStates }: Pick<StoredEvaluation, 'policyStates'>,
  policies: readonly DeviceCompliancePolicy[],
  sent: readonly string[],
  now: DateTime,
): DueNotices {
  const steps = policies.flatMap((policy) => {
    const since = policyStates[policy.id]?.noncompliantSinceDateTime;
    return since === undefined ? [] : stepsOf(policy, since);
  });
  const unsent = steps.filter(({ key }) => !sent.includes(key));
  const due = unsent.filter(({ dueDateTime }) => dueDateTime <= now);
  const later = unsent.filter(({ dueDateTime }) => dueDateTime > now);
  const nextDateTime = earliest(...later.map(({ dueDateTime }) => dueDateTime));
  const stillOpen = steps.map(({ key }) => key).filter((key) => sent.includes(key));
  return {
    due: due.map(({ notice }) => notice),
    sent: [...stillOpen, ...due.map(({ key }) => key)],
    ...defined({ nextDateTime }),
  };
}

/** Sorted by time. Two equal steps are one. */
function stepsOf(policy: DeviceCompliancePolicy, since: DateTime): readonly Step[] {
  const blockDateTime = addSeconds(since, graceInHours(policy) * SECONDS_PER_HOUR);
  const steps = scheduledActions(policy).flatMap((action) =>
    toStep(policy, action, since, blockDateTime),
  );
  const byContent = new Map(steps.map((step) => [JSON.stringify(step), step]));
  const distinct = [...Map.groupBy(byContent.values(), ({ key }) => key).values()].flatMap(
    withOwnKeys,
  );
  return distinct.toSorted((a, b) => (a.dueDateTime < b.dueDateTime ? -1 : 1));
}

/**
 * Gives each step a key of its own if several differ only in their CC lists. The key does not contain the addresses, so
 * nothing is sent twice when an operator adds one.
 */
function withOwnKeys(steps: readonly Step[]): readonly Step[] {
  return steps.map((step, at) => (at === 0 ? step : { ...step, key: `${step.key}|${String(at)}` }));
}

function toStep(
  policy: DeviceCompliancePolicy,
  { actionType, gracePeriodHours, ...message }: ComplianceActionItem,
  since: DateTime,
  blockDateTime: DateTime,
): readonly Step[] {
  if (actionType === 'block') return [];
  const { notificationTemplateId, notificationMessageCCList } = message;
  return [
    {
      key: [policy.id, since, actionType, gracePeriodHours, notificationTemplateId ?? ''].join('|'),
      dueDateTime: addSeconds(since, gracePeriodHours * SECONDS_PER_HOUR),
      notice: {
        actionType,
        policyId: policy.id,
        policyDisplayName: policy.displayName,
        ...defined({ notificationTemplateId, notificationMessageCCList }),
        noncompliantSinceDateTime: since,
        blockDateTime,
      },
    },
  ];
}
