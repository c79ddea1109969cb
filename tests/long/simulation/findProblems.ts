import type {
  Announcement,
  Transition,
} from '../../../shared/domain/announcements/announcement.ts';
import { evaluateCompliance } from '../../../shared/domain/compliance/evaluateCompliance.ts';
import { fromDeviceDocument } from '../../../shared/adapters/cosmos/deviceDocument.ts';
import type { History } from './histories/history.ts';
import { momentOf } from './momentOf.ts';
import type { Shared } from './system/ports.ts';
import { toConfiguration } from './system/toConfiguration.ts';
import { toSignalId } from './system/progress.ts';
import { expectationsOf } from './expectations.ts';
import { toFacts } from './reference/facts.ts';
import { mostBlockedOf } from './reference/hold.ts';
import { rulesAt } from './rulesAt.ts';

/** The targets of announcements. */
export const TARGETS = ['mail', 'siem'];

/** A delivery to a target. */
export interface Delivered {
  readonly target: string;
  readonly announcement: Announcement;
}

interface States {
  readonly complianceState: string;
  readonly partnerReportedThreatState: string;
}

const NOTHING_STORED: States = {
  complianceState: 'unknown',
  partnerReportedThreatState: 'unknown',
};

/** Differences from the expected state at this moment, in storage, answers and deliveries. */
export function findProblems(
  shared: Shared,
  history: History,
  delivered: readonly Delivered[],
  when: string,
  only?: 'answers',
): readonly string[] {
  const { scheduler, devices, documents, progress } = shared;
  const problems: string[] = [];
  const [rules] = rulesAt(history, scheduler.now, scheduler.now);
  if (rules === undefined) return [];
  const moment = momentOf(shared, scheduler.now);
  const configuration = toConfiguration(documents);
  const now = new Date(scheduler.now).toISOString();
  for (const deviceId of new Set(history.events.map((each) => each.deviceId))) {
    const own = history.events.filter(
      (each) => each.deviceId === deviceId && progress.isTried(each),
    );
    const facts = toFacts(own, toSignalId, progress.arrivalsOf);
    const expected = expectationsOf(history, facts, rules, moment);
    const stored = devices.read(deviceId)?.value;
    const evaluation = stored?.record.evaluation;
    const compare = (verb: string, states: States): void => {
      const isAsExpected = expected.some(
        ({ complianceState, threatState }) =>
          states.complianceState === complianceState &&
          (threatState === '' || states.partnerReportedThreatState === threatState),
      );
      if (isAsExpected) return;
      const wanted = expected.map((each) => `${each.complianceState} ${each.threatState}`);
      problems.push(
        `${when} ${deviceId} is ${verb} ${states.complianceState} ${states.partnerReportedThreatState}, and should be ${[...new Set(wanted)].join(' or ')}`,
      );
    };
    if (only === undefined) compare('stored as', evaluation ?? NOTHING_STORED);
    if (stored !== undefined)
      compare(
        'answered as',
        evaluateCompliance(fromDeviceDocument(stored, deviceId), configuration, now),
      );
    for (const target of TARGETS) {
      const announcements = delivered
        .filter((each) => each.target === target && each.announcement.deviceId === deviceId)
        .map(({ announcement }) => announcement);
      problems.push(
        ...findContradictions(announcements, evaluation ?? NOTHING_STORED).map(
          (each) => `${when} ${target} received about ${deviceId}: ${each}`,
        ),
      );
    }
  }
  if (history.rename !== undefined) problems.push(...findLockout(history, devices, when));
  return problems;
}

/** A vendor's new word must not lock out more than a share of the fleet, until an operator or a day has passed. */
function findLockout(
  { events, rename }: History,
  devices: Shared['devices'],
  when: string,
): readonly string[] {
  if (rename === undefined || when !== 'in the end') return [];
  const blocked = devices.values.filter(
    ({ value }) => value.record.evaluation?.complianceState === 'noncompliant',
  ).length;
  const most = mostBlockedOf(new Set(events.map(({ deviceId }) => deviceId)).size);
  return blocked > most
    ? [`${when} a new word blocks ${String(blocked)} devices, and may block ${String(most)}`]
    : [];
}

/** Gaps, wrong orders and contradictions in the first deliveries of a device's transitions to a target. */
function findContradictions(
  announcements: readonly Announcement[],
  { complianceState, partnerReportedThreatState }: States,
): readonly string[] {
  const first = new Map<number, Transition>();
  const problems: string[] = [];
  for (const announcement of announcements) {
    if (announcement.type !== 'transition') continue;
    const known = first.get(announcement.sequence);
    if (known === undefined) first.set(announcement.sequence, announcement);
    else if (JSON.stringify(known) !== JSON.stringify(announcement))
      problems.push(`two different transitions ${String(announcement.sequence)}`);
  }
  const transitions = [...first.values()];
  transitions.forEach((each, at) => {
    if (each.sequence !== at + 1)
      problems.push(`${String(each.sequence)} in place of ${String(at + 1)}`);
    const before = transitions[at - 1]?.current;
    if (before !== undefined && JSON.stringify(before) !== JSON.stringify(each.previous))
      problems.push(`${String(each.sequence)} does not follow from the previous one`);
  });
  const last = transitions.at(-1)?.current;
  const stored = { complianceState, partnerReportedThreatState };
  const isUnannounced = last === undefined && complianceState === 'unknown';
  if (!isUnannounced && JSON.stringify(last) !== JSON.stringify(stored))
    problems.push(`last ${JSON.stringify(last)}, but stored is ${JSON.stringify(stored)}`);
  return problems;
}
