import type { Notice } from './announcement.ts';
import type { ComplianceActionItem, DeviceCompliancePolicy } from '../compliance/configuration.ts';
import { addSeconds, earliest, type DateTime } from '../../base/dateTime.ts';
import { defined } from '../../base/defined.ts';
import { graceInHours, scheduledActions } from '../compliance/scheduledActions.ts';
import type { StoredEvaluation } from '../compliance/storedEvaluation.ts';

const SECONDS_PER_HOUR = 60 * 60;

/** What is told by one step whose time has come. */
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
  /** The steps that have been told, of the failures that last. */
  readonly sent: readonly string[];
  /** When the next step's time comes. */
  readonly nextDateTime?: DateTime;
}

interface Step {
  readonly key: string;
  readonly dueDateTime: DateTime;
  readonly notice: DueNotice;
}

/**
 * The steps of `scheduledActionsForRule` whose time has come at `now`, counted from when the device began to fail the
 * policy, and that are not among `told`. Each is told once a failure. A device that has recovered has no failure, so
 * what it was not told by then it is never told.
 */
export function dueNotices(
  { policyStates }: Pick<StoredEvaluation, 'policyStates'>,
  policies: readonly DeviceCompliancePolicy[],
  told: readonly string[],
  now: DateTime,
): DueNotices {
  const steps = policies.flatMap((policy) => {
    const since = policyStates[policy.id]?.noncompliantSinceDateTime;
    return since === undefined ? [] : stepsOf(policy, since);
  });
  const due = steps.filter(({ key, dueDateTime }) => dueDateTime <= now && !told.includes(key));
  const later = steps.filter(({ key, dueDateTime }) => dueDateTime > now && !told.includes(key));
  const nextDateTime = earliest(...later.map(({ dueDateTime }) => dueDateTime));
  const lasting = steps.map(({ key }) => key).filter((key) => told.includes(key));
  return {
    due: due.map(({ notice }) => notice),
    sent: [...lasting, ...due.map(({ key }) => key)],
    ...defined({ nextDateTime }),
  };
}

/** In the order of their times; steps that say the same at the same time are one. */
function stepsOf(policy: DeviceCompliancePolicy, since: DateTime): readonly Step[] {
  const blockDateTime = addSeconds(since, graceInHours(policy) * SECONDS_PER_HOUR);
  const steps = scheduledActions(policy).flatMap((action) =>
    toStep(policy, action, since, blockDateTime),
  );
  const byContent = new Map(steps.map((step) => [JSON.stringify(step), step]));
  const different = [...Map.groupBy(byContent.values(), ({ key }) => key).values()].flatMap(
    numbered,
  );
  return different.toSorted((a, b) => (a.dueDateTime < b.dueDateTime ? -1 : 1));
}

/**
 * Steps that differ in whom they copy in alone, each under a name of its own. The addresses are no part of it: an
 * operator who adds one sends nothing a second time.
 */
function numbered(steps: readonly Step[]): readonly Step[] {
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
