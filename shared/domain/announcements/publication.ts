import type { Announcement } from './announcement.ts';
import { addSeconds, earliest, type DateTime } from '../../base/dateTime.ts';

/**
 * As long as a message can be on its way: ten deliveries, each locked for a minute by a worker that died. After that it is
 * with the dead letters, and nothing more is to be waited for.
 */
export const GAP_TIMEOUT_IN_SECONDS = 10 * 60;
/** What a target that is not in the list is remembered for: a list that this worker holds may be older than the target. */
const UNKNOWN_PATIENCE_IN_SECONDS = 60;
export const TARGET_UNKNOWN = 'targetUnknown';
/** Of one device: its document stays small, and no receiver wants the history of a device that flaps for days. */
export const MAX_KEPT_ANNOUNCEMENTS = 200;

/** How far behind a target is with one device. */
export interface Backlog {
  /** The first announcement that it has yet to be told. */
  readonly sequence: number;
  /** How often that one was tried. */
  readonly attempt: number;
  /** When this was found. */
  readonly notedDateTime: DateTime;
  /** When it is tried next. */
  readonly dueDateTime: DateTime;
  /** Why it was not told. */
  readonly code: string;
}

/** What has been told of one device, and what has yet to be. */
export interface Publication {
  readonly deviceId: string;
  /** When the record began whose announcements are counted here. */
  readonly beganDateTime?: DateTime;
  /** Every target has been told all that comes before this, apart from those that are behind. */
  readonly nextSequence: number;
  /** By target id. */
  readonly behind: Readonly<Record<string, Backlog>>;
  /** Ordered by sequence: what a target is behind with, and what came before its predecessor. */
  readonly announcements: readonly Announcement[];
  /** Since when a predecessor is missed. */
  readonly gapSinceDateTime?: DateTime;
  /** The sequences that were given up, the latest last: they may come yet. */
  readonly skipped: readonly number[];
}

/** A publication, and how far it can be told. */
export interface OpenPublication {
  readonly publication: Publication;
  /** Nothing is missing before this. */
  readonly untilSequence: number;
  /** The sequences that are not waited for any longer, from now on. */
  readonly givenUp: readonly number[];
  /** What comes after it was given up, and what followed it was told: telling it now would end in an old state. */
  readonly late: readonly Announcement[];
}

/** How far one target has come in one pass. */
export interface TargetProgress {
  /** It has been told everything before this, or was given up on. */
  readonly sequence: number;
  /** Absent where nothing is left. */
  readonly backlog?: Omit<Backlog, 'sequence'>;
}

/** An announcement that one target is not going to be told, and why. */
export interface Undelivered {
  readonly targetId: string;
  readonly announcement: Announcement;
  readonly code: 'tooManyWaiting' | 'tooLate';
}

/** Of a device that has told nothing yet. */
export function createPublication(deviceId: string): Publication {
  return { deviceId, nextSequence: 1, behind: {}, announcements: [], skipped: [] };
}

/**
 * The publication with what has `arrived`, in whatever order and how often it did, and how far it can be told without a
 * gap. What comes before its predecessor waits for it; after ten minutes, which the queue has given it up by, the
 * predecessor is given up.
 */
export function openPublication(
  known: Publication,
  arrived: readonly Announcement[],
  now: DateTime,
): OpenPublication {
  const { gapSinceDateTime = now, ...before } = ofTheRecord(known, arrived);
  const late = arrived.filter((each) => isLate(before, each));
  const lateSequences = new Set(late.map(({ sequence }) => sequence));
  const publication = {
    ...before,
    skipped: before.skipped.filter((sequence) => !lateSequences.has(sequence)),
  };
  const bySequence = new Map(
    [...arrived, ...publication.announcements]
      .filter((each) => isOf(publication, each))
      .map((each) => [each.sequence, each]),
  );
  const announcements = [...bySequence.values()].toSorted((a, b) => a.sequence - b.sequence);
  const isPatient = now < addSeconds(gapSinceDateTime, GAP_TIMEOUT_IN_SECONDS);
  const untilSequence = announcements
    .filter(({ sequence }) => sequence >= publication.nextSequence)
    .reduce(
      (until, { sequence }) => (sequence === until || !isPatient ? sequence + 1 : until),
      publication.nextSequence,
    );
  const isGap = announcements.some(({ sequence }) => sequence >= untilSequence);
  const givenUp = missing(publication.nextSequence, untilSequence, announcements);
  return {
    publication: {
      ...publication,
      announcements,
      ...(isGap ? { gapSinceDateTime } : {}),
      skipped: [...publication.skipped, ...givenUp].slice(-MAX_KEPT_ANNOUNCEMENTS),
    },
    untilSequence,
    givenUp,
    late: [...new Map(late.map((each) => [each.sequence, each])).values()],
  };
}

/** The latest of the sequences in [from, until) that are not there. */
function missing(
  from: number,
  until: number,
  announcements: readonly Announcement[],
): readonly number[] {
  const there = new Set(announcements.map(({ sequence }) => sequence));
  const first = Math.max(from, until - MAX_KEPT_ANNOUNCEMENTS);
  return Array.from({ length: until - first }, (_, at) => first + at).filter(
    (sequence) => !there.has(sequence),
  );
}

function isLate(publication: Publication, { beganDateTime, sequence }: Announcement): boolean {
  return beganDateTime === publication.beganDateTime && publication.skipped.includes(sequence);
}

/** A device that was forgotten and has come back counts anew; what its old record still had to tell is outdated. */
function ofTheRecord(publication: Publication, arrived: readonly Announcement[]): Publication {
  const known = publication.beganDateTime ?? '';
  const began = arrived.reduce((a, { beganDateTime: b = '' }) => (b > a ? b : a), known);
  return began === known
    ? publication
    : { ...createPublication(publication.deviceId), beganDateTime: began };
}

/** Of this record, and not told already: what a target is behind with is kept, so it need not come again. */
function isOf(publication: Publication, { beganDateTime, sequence }: Announcement): boolean {
  const isKept = publication.announcements.some((each) => each.sequence === sequence);
  return (
    beganDateTime === publication.beganDateTime && (sequence >= publication.nextSequence || isKept)
  );
}

/** What `targetId` has yet to be told, in order. */
export function outstanding(
  { publication, untilSequence }: OpenPublication,
  targetId: string,
): readonly Announcement[] {
  const from = publication.behind[targetId]?.sequence ?? publication.nextSequence;
  return publication.announcements.filter(
    ({ sequence }) => sequence >= from && sequence < untilSequence,
  );
}

/**
 * The publication after a pass in which the targets came as far as `progress` says, and what became too much to keep.
 * A target that is not in `progress` is forgotten after a minute, in which every worker has read anew who there is.
 */
export function settlePublication(
  { publication, untilSequence }: OpenPublication,
  progress: ReadonlyMap<string, TargetProgress>,
  now: DateTime,
): { readonly publication: Publication; readonly undelivered: readonly Undelivered[] } {
  const oldest = publication.announcements.at(-MAX_KEPT_ANNOUNCEMENTS)?.sequence ?? 0;
  const behind: Record<string, Backlog> = stillUnknown(publication, progress, now);
  const untold: Undelivered[] = [];
  for (const [targetId, { sequence, backlog }] of progress) {
    if (backlog === undefined) continue;
    behind[targetId] = { ...backlog, sequence: Math.max(sequence, oldest) };
    const lost = publication.announcements.filter(
      (each) => each.sequence >= sequence && each.sequence < oldest,
    );
    untold.push(
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
    undelivered: untold,
  };
}

function stillUnknown(
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
  const dueDateTime = addSeconds(now, UNKNOWN_PATIENCE_IN_SECONDS);
  return { ...backlog, code: TARGET_UNKNOWN, notedDateTime: now, dueDateTime };
}

/** When somebody has to look at the publication again; `undefined` where everybody has been told everything. */
export function publicationDueDateTime({
  behind,
  gapSinceDateTime,
}: Publication): DateTime | undefined {
  return earliest(
    ...Object.values(behind).map(({ dueDateTime }) => dueDateTime),
    gapSinceDateTime && addSeconds(gapSinceDateTime, GAP_TIMEOUT_IN_SECONDS),
  );
}
