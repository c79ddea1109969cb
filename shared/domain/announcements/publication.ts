import type { Announcement } from './announcement.ts';
import { addSeconds, earliest, type DateTime } from '../../base/dateTime.ts';

/**
 * How long an announcement waits for its predecessor: two workers that died one after the other lock a message for so long.
 * Waiting longer would keep the news from receivers, and a predecessor that arrives later is dead-lettered.
 */
export const GAP_TIMEOUT_IN_SECONDS = 10 * 60;
/** The backlog of an unknown target stays this long, because the worker's list of targets may be older than the target. */
const UNKNOWN_TARGET_RETENTION_IN_SECONDS = 60;
export const TARGET_UNKNOWN = 'targetUnknown';
/** For each device: its document must stay small, and no receiver needs the history of a device that flaps for days. */
export const MAX_STORED_ANNOUNCEMENTS = 200;

/** The announcements of one device that a target has not received, and its next try. */
export interface Backlog {
  /** The first announcement that is still to be delivered. */
  readonly sequence: number;
  /** How often its delivery failed. */
  readonly attempt: number;
  /** When this entry was written. */
  readonly notedDateTime: DateTime;
  /** When the next try is due. */
  readonly dueDateTime: DateTime;
  /** Why it was not delivered. */
  readonly code: string;
}

/** The announcements of one device that are still to be delivered, by target. */
export interface Publication {
  readonly deviceId: string;
  /** When the device record began that counts these announcements. */
  readonly beganDateTime?: DateTime;
  /** Every target received all announcements before this one, except the targets in `behind`. */
  readonly nextSequence: number;
  /** By target id. */
  readonly behind: Readonly<Record<string, Backlog>>;
  /** Sorted by sequence: those that a target in `behind` still needs, and those that arrived before their predecessor. */
  readonly announcements: readonly Announcement[];
  /** The start of the wait for a missing predecessor. */
  readonly gapSinceDateTime?: DateTime;
  /** The sequences that were given up, the latest last. They may still arrive. */
  readonly skipped: readonly number[];
}

/** A publication, and how much of it can be delivered. */
export interface OpenPublication {
  readonly publication: Publication;
  /** No announcement before this sequence is missing. */
  readonly untilSequence: number;
  /** The missing sequences that this pass gives up. */
  readonly givenUp: readonly number[];
  /** Arrived after they were given up. Later ones were delivered, so delivering these would end in an old state. */
  readonly late: readonly Announcement[];
}

/** How much of the publication one target received in one pass. */
export interface TargetProgress {
  /** Everything before this was delivered or dead-lettered. */
  readonly sequence: number;
  /** Absent if nothing is left to deliver. */
  readonly backlog?: Omit<Backlog, 'sequence'>;
}

/** An announcement that will not be delivered to one target, and why. */
export interface Undelivered {
  readonly targetId: string;
  readonly announcement: Announcement;
  readonly code: 'tooManyWaiting' | 'tooLate';
}

/** The publication of a device without announcements. */
export function createPublication(deviceId: string): Publication {
  return { deviceId, nextSequence: 1, behind: {}, announcements: [], skipped: [] };
}

/**
 * Adds the announcements that have `arrived`, in any order and with any repeats, and finds how many can be delivered
 * without a gap. An announcement waits for its predecessor for ten minutes.
 */
export function openPublication(
  known: Publication,
  arrived: readonly Announcement[],
  now: DateTime,
): OpenPublication {
  const { gapSinceDateTime = now, ...before } = forCurrentRecord(known, arrived);
  const late = arrived.filter((each) => isLate(before, each));
  const lateSequences = new Set(late.map(({ sequence }) => sequence));
  const publication = {
    ...before,
    skipped: before.skipped.filter((sequence) => !lateSequences.has(sequence)),
  };
  const bySequence = new Map(
    [...arrived, ...publication.announcements]
      .filter((each) => isNeeded(publication, each))
      .map((each) => [each.sequence, each]),
  );
  const announcements = [...bySequence.values()].toSorted((a, b) => a.sequence - b.sequence);
  const isWaiting = now < addSeconds(gapSinceDateTime, GAP_TIMEOUT_IN_SECONDS);
  const untilSequence = announcements
    .filter(({ sequence }) => sequence >= publication.nextSequence)
    .reduce(
      (until, { sequence }) => (sequence === until || !isWaiting ? sequence + 1 : until),
      publication.nextSequence,
    );
  const isGap = announcements.some(({ sequence }) => sequence >= untilSequence);
  const givenUp = missing(publication.nextSequence, untilSequence, announcements);
  return {
    publication: {
      ...publication,
      announcements,
      ...(isGap ? { gapSinceDateTime } : {}),
      skipped: [...publication.skipped, ...givenUp].slice(-MAX_STORED_ANNOUNCEMENTS),
    },
    untilSequence,
    givenUp,
    late: [...new Map(late.map((each) => [each.sequence, each])).values()],
  };
}

/** The sequences in [from, until) without an announcement, at most the latest 200. */
function missing(
  from: number,
  until: number,
  announcements: readonly Announcement[],
): readonly number[] {
  const there = new Set(announcements.map(({ sequence }) => sequence));
  const first = Math.max(from, until - MAX_STORED_ANNOUNCEMENTS);
  return Array.from({ length: until - first }, (_, at) => first + at).filter(
    (sequence) => !there.has(sequence),
  );
}

function isLate(publication: Publication, { beganDateTime, sequence }: Announcement): boolean {
  return beganDateTime === publication.beganDateTime && publication.skipped.includes(sequence);
}

/** A device that was deleted and returns counts anew. The announcements of its old record are outdated. */
function forCurrentRecord(publication: Publication, arrived: readonly Announcement[]): Publication {
  const known = publication.beganDateTime ?? '';
  const began = arrived.reduce((a, { beganDateTime: b = '' }) => (b > a ? b : a), known);
  return began === known
    ? publication
    : { ...createPublication(publication.deviceId), beganDateTime: began };
}

/** Whether the announcement belongs to this record and is still needed by a target. */
function isNeeded(publication: Publication, { beganDateTime, sequence }: Announcement): boolean {
  const isKept = publication.announcements.some((each) => each.sequence === sequence);
  return (
    beganDateTime === publication.beganDateTime && (sequence >= publication.nextSequence || isKept)
  );
}

/** The announcements that are still to be delivered to the target, in order. */
export function undeliveredTo(
  { publication, untilSequence }: OpenPublication,
  targetId: string,
): readonly Announcement[] {
  const from = publication.behind[targetId]?.sequence ?? publication.nextSequence;
  return publication.announcements.filter(
    ({ sequence }) => sequence >= from && sequence < untilSequence,
  );
}

/**
 * The publication after a pass with this `progress` of each target, and the announcements that were dropped because too
 * many wait. A target that is not in `progress` loses its backlog after a minute, when every worker has reloaded the
 * list of targets.
 */
export function settlePublication(
  { publication, untilSequence }: OpenPublication,
  progress: ReadonlyMap<string, TargetProgress>,
  now: DateTime,
): { readonly publication: Publication; readonly undelivered: readonly Undelivered[] } {
  const oldest = publication.announcements.at(-MAX_STORED_ANNOUNCEMENTS)?.sequence ?? 0;
  const behind: Record<string, Backlog> = unknownTargets(publication, progress, now);
  const undelivered: Undelivered[] = [];
  for (const [targetId, { sequence, backlog }] of progress) {
    if (backlog === undefined) continue;
    behind[targetId] = { ...backlog, sequence: Math.max(sequence, oldest) };
    const lost = publication.announcements.filter(
      (each) => each.sequence >= sequence && each.sequence < oldest,
    );
    undelivered.push(
      ...lost.map((announcement) => ({ targetId, announcement, code: 'tooManyWaiting' as const })),
    );
  }
  const needed = Math.min(untilSequence, ...Object.values(behind).map(({ sequence }) => sequence));
  return {
    publication: {
      ...publication,
      nextSequence: untilSequence,
      behind,
      announcements: publication.announcements.filter(({ sequence }) => sequence >= needed),
    },
    undelivered,
  };
}

function unknownTargets(
  { behind }: Publication,
  progress: ReadonlyMap<string, TargetProgress>,
  now: DateTime,
): Record<string, Backlog> {
  const unknown = Object.entries(behind)
    .filter(([targetId]) => !progress.has(targetId))
    .filter(([, { code, dueDateTime }]) => code !== TARGET_UNKNOWN || now < dueDateTime)
    .map(([targetId, backlog]): [string, Backlog] => [targetId, asUnknown(backlog, now)]);
  return Object.fromEntries(unknown);
}

function asUnknown(backlog: Backlog, now: DateTime): Backlog {
  if (backlog.code === TARGET_UNKNOWN) return backlog;
  const dueDateTime = addSeconds(now, UNKNOWN_TARGET_RETENTION_IN_SECONDS);
  return { ...backlog, code: TARGET_UNKNOWN, notedDateTime: now, dueDateTime };
}

/** When a delivery is due, or the wait for a missing announcement ends; `undefined` if nothing is left to deliver. */
export function publicationDueDateTime({
  behind,
  gapSinceDateTime,
}: Publication): DateTime | undefined {
  return earliest(
    ...Object.values(behind).map(({ dueDateTime }) => dueDateTime),
    gapSinceDateTime && addSeconds(gapSinceDateTime, GAP_TIMEOUT_IN_SECONDS),
  );
}
