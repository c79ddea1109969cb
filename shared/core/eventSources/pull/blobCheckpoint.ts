import { compareTexts } from '../../../base/compareTexts.ts';
import { hashText } from '../../../base/hashText.ts';
import type { ListedBlob } from '../../ports/eventSources.ts';

/**
 * Which blobs of a container are done. Everything before `doneUntil` is, except for the gap; of what follows, the blobs in
 * `recent` are. So a blob that appears late, or is written again, is read.
 */
export interface BlobCheckpoint {
  /** Seconds since 1970, by the clock of the storage, which writes whole seconds. */
  readonly doneUntil: number;
  /** The versions of blobs that were done since `doneUntil`. */
  readonly recent: readonly string[];
  /** A backlog that is worked from its newest end: what a phone is now matters more than what it was. */
  readonly gap?: BlobGap;
  /** The blob that is being read, and how many of its lines are done. */
  readonly current?: { readonly name: string; readonly etag: string; readonly lines: number };
}

/** The blobs from the second `from` to before `to` that are not done. */
interface BlobGap {
  readonly from: number;
  /** A position. */
  readonly to: string;
  /** The versions of blobs in it that were done before it was made. */
  readonly done: readonly string[];
}

/** Symantec keeps events for 30 days. */
const BACKLOG_IN_SECONDS = 30 * 24 * 60 * 60;
/** A blob appears in a list within this time after its commit. */
const LATE_IN_SECONDS = 10 * 60;
/** A backlog of this time is a gap: newer blobs go first. */
const GAP_IN_SECONDS = 60 * 60;
const MAX_RECENT = 500;

/** The blobs to read next, at most `limit` of each. */
export interface PendingBlobs {
  /** The one whose lines are partly done. */
  readonly current: ListedBlob | undefined;
  /** The oldest first. */
  readonly fresh: readonly ListedBlob[];
  /** The newest first. */
  readonly gap: readonly ListedBlob[];
  /** When the newest pending blob was written, in seconds. */
  readonly newest: number;
}

export function beginCheckpoint(now: Date): BlobCheckpoint {
  return { doneUntil: Math.floor(now.getTime() / 1000) - BACKLOG_IN_SECONDS, recent: [] };
}

/** Looks through a list of blobs with a memory that its length does not change. */
export async function findPending(
  blobs: AsyncIterable<ListedBlob>,
  checkpoint: BlobCheckpoint,
  limit: number,
): Promise<PendingBlobs> {
  const fresh = createTop(limit, (a, b) => compareTexts(positionOf(a), positionOf(b)));
  const gap = createTop(limit, (a, b) => compareTexts(positionOf(b), positionOf(a)));
  const stateOf = toStateOf(checkpoint);
  let current: ListedBlob | undefined;
  let newest = 0;
  for await (const blob of blobs) {
    const state = stateOf(blob);
    if (state === 'done') continue;
    newest = Math.max(newest, secondOf(blob));
    if (isCurrent(blob, checkpoint)) current = blob;
    else if (state === 'fresh') fresh.add(blob);
    else gap.add(blob);
  }
  return { current, fresh: fresh.take(), gap: gap.take(), newest };
}

/** A long backlog becomes a gap, so that the latest blobs are read first. `undefined` if nothing changes. */
export function withGap(
  checkpoint: BlobCheckpoint,
  { newest, fresh, current, gap }: PendingBlobs,
): BlobCheckpoint | undefined {
  const { gap: before, ...others } = checkpoint;
  const isGapDone =
    before !== undefined &&
    gap.length === 0 &&
    (current === undefined || !isInGap(current, before));
  if (before !== undefined) return isGapDone ? others : undefined;
  const [oldest] = fresh;
  if (oldest === undefined || newest - secondOf(oldest) < GAP_IN_SECONDS) return undefined;
  const { doneUntil, recent } = checkpoint;
  const to = newest - LATE_IN_SECONDS;
  return {
    ...checkpoint,
    doneUntil: to,
    recent: recent.filter((version) => timeIn(version) >= to),
    gap: { from: doneUntil, to: toPosition(to, ''), done: recent },
  };
}

/** The checkpoint after the blob was read whole. `pending` is the list in which it was found. */
export function withDone(
  checkpoint: BlobCheckpoint,
  blob: ListedBlob,
  pending: PendingBlobs,
): BlobCheckpoint {
  const { current: _, ...others } = checkpoint;
  const { gap, doneUntil, recent } = checkpoint;
  const kept = isCurrent(blob, checkpoint) ? others : checkpoint;
  if (secondOf(blob) >= doneUntil) return withRecent(kept, [...recent, versionOf(blob)]);
  if (gap === undefined || !isInGap(blob, gap)) return kept;
  // A blob whose lines were partly done is taken out of its order, and does not end the gap there.
  const isInOrder = pending.gap.every(
    (other) => positionOf(other) <= positionOf(blob) || !isInGap(other, gap),
  );
  const after = isInOrder
    ? { ...gap, to: positionOf(blob) }
    : { ...gap, done: [...gap.done, versionOf(blob)] };
  return { ...kept, gap: after };
}

/** Forgets the oldest versions: those that no list holds back any more, and, if a busy container has too many, others. */
function withRecent(checkpoint: BlobCheckpoint, recent: readonly string[]): BlobCheckpoint {
  const times = recent.map(timeIn).toSorted((a, b) => a - b);
  const newest = times.at(-1) ?? 0;
  // All versions of one second stay or go.
  const crowded = times.at(-MAX_RECENT) ?? 0;
  const doneUntil = Math.max(checkpoint.doneUntil, newest - LATE_IN_SECONDS, crowded);
  return {
    ...checkpoint,
    doneUntil,
    recent: recent.filter((version) => timeIn(version) >= doneUntil),
  };
}

type BlobState = 'done' | 'fresh' | 'inGap';

function toStateOf({ doneUntil, recent, gap }: BlobCheckpoint): (blob: ListedBlob) => BlobState {
  const done = new Set([...recent, ...(gap?.done ?? [])]);
  return (blob) => {
    const isInside = secondOf(blob) >= doneUntil || (gap !== undefined && isInGap(blob, gap));
    if (!isInside || done.has(versionOf(blob))) return 'done';
    return secondOf(blob) >= doneUntil ? 'fresh' : 'inGap';
  };
}

function isInGap(blob: ListedBlob, { from, to }: BlobGap): boolean {
  return secondOf(blob) >= from && positionOf(blob) < to;
}

function isCurrent({ name, etag }: ListedBlob, { current }: BlobCheckpoint): boolean {
  return current?.name === name && current.etag === etag;
}

/** Sorts blobs by time, then by name. */
function positionOf(blob: ListedBlob): string {
  return toPosition(secondOf(blob), blob.name);
}

function toPosition(second: number, name: string): string {
  return `${String(second).padStart(12, '0')} ${name}`;
}

function secondOf({ lastModifiedDateTime }: ListedBlob): number {
  return Math.floor(Date.parse(lastModifiedDateTime) / 1000);
}

/** The time of a blob, and a hash of its name and its ETag, which changes with each write. */
function versionOf(blob: ListedBlob): string {
  return `${secondOf(blob).toString(36)} ${hashText(`${blob.name} ${blob.etag}`)}`;
}

function timeIn(version: string): number {
  return Number.parseInt(version, 36);
}

type Compare = (a: ListedBlob, b: ListedBlob) => number;

/** Keeps the first `limit` blobs of an order. */
function createTop(
  limit: number,
  order: Compare,
): { add(blob: ListedBlob): void; take(): readonly ListedBlob[] } {
  let kept: ListedBlob[] = [];
  const cut = (): ListedBlob[] => kept.toSorted(order).slice(0, limit);
  return {
    add(blob) {
      kept.push(blob);
      if (kept.length > limit * 4) kept = cut();
    },
    take: cut,
  };
}
