import { createHash } from 'node:crypto';
import type {
  Announcement,
  Transition,
} from '../../../shared/domain/announcements/announcement.ts';
import { evaluateCompliance } from '../../../shared/domain/compliance/evaluateCompliance.ts';
import { fromDeviceDocument } from '../../../shared/adapters/cosmos/deviceDocument.ts';
import type { History, SimulatedEvent } from './history.ts';
import { toConfiguration, type Shared } from './ports.ts';
import { expectedOf } from './reference.ts';
import { FIRST_CEILING } from './writeConfiguration.ts';

/** How the partner is named in what it sends. */
export const SOURCE = 'sepmobile';
/** Who is told. */
export const TARGETS = ['mail', 'siem'];

/** What a target was told, in its order. */
export interface Heard {
  readonly target: string;
  readonly announcement: Announcement;
}

interface States {
  readonly complianceState: string;
  readonly partnerReportedThreatState: string;
}

const NOTHING_KEPT: States = { complianceState: 'unknown', partnerReportedThreatState: 'unknown' };

/** As the README has it: a fact is named by its sender and the id that it has there. */
function toSignalId({ id, type }: SimulatedEvent): string {
  if (type === 'enrolled' || type === 'unenrolled') return id;
  return createHash('sha256')
    .update(JSON.stringify(['cloudevents', SOURCE, id]))
    .digest('base64url');
}

/** What of the world is not as it must be at this moment: what is kept, what is answered, and what was told. */
export function findProblems(
  { scheduler, devices, documents, partner }: Shared,
  { events, edits, conditions }: History,
  heard: readonly Heard[],
  when: string,
): readonly string[] {
  const problems: string[] = [];
  const rules = { ...conditions, ceiling: edits.at(-1)?.ceiling ?? FIRST_CEILING };
  const moment = { now: scheduler.now, partnerHeard: partner.lastHeard };
  const configuration = toConfiguration(documents);
  const now = new Date(scheduler.now).toISOString();
  for (const deviceId of new Set(events.map((each) => each.deviceId))) {
    const own = events.filter((each) => each.deviceId === deviceId);
    const expected = expectedOf(own, rules, moment, toSignalId);
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
    compare('kept as', evaluation ?? NOTHING_KEPT);
    if (stored !== undefined)
      compare(
        'answered',
        evaluateCompliance(fromDeviceDocument(stored, deviceId), configuration, now),
      );
    for (const target of TARGETS) {
      const announcements = heard
        .filter((each) => each.target === target && each.announcement.deviceId === deviceId)
        .map(({ announcement }) => announcement);
      problems.push(
        ...findContradictions(announcements, evaluation ?? NOTHING_KEPT).map(
          (each) => `${when} ${target} heard of ${deviceId}: ${each}`,
        ),
      );
    }
  }
  return problems;
}

/** What no target may hear: a gap, an order that is wrong the first time, a step that does not follow from the last one. */
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
      problems.push(`${String(each.sequence)} does not follow from the one before`);
  });
  const last = transitions.at(-1)?.current;
  const stored = { complianceState, partnerReportedThreatState };
  const isUntold = last === undefined && complianceState === 'unknown';
  if (!isUntold && JSON.stringify(last) !== JSON.stringify(stored))
    problems.push(`last ${JSON.stringify(last)}, and is ${JSON.stringify(stored)}`);
  return problems;
}
