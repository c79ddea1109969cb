import { addSeconds, type DateTime } from '../../../base/dateTime.ts';
import { hashText } from '../../../base/hashText.ts';
import type { ListedBlob } from '../../ports/eventSources.ts';

/**
 * Which blobs of a container are done: those up to `doneUntil`, and those from `low` to `high`. Between them lies the gap
 * of a backlog, which is worked from its newest end: what a phone is now matters more than what it was. Merging does not
 * care for the order.
 */
export interface BlobCheckpoint {
  readonly doneUntil: string;
  readonly low: string;
  readonly high: string;
  /** Hashes of the blobs that were done of late. A blob may be committed with an earlier name within the same second, or be rewritten. */
  readonly recent: readonly string[];
  /** The blob that is being read, and how many of its lines are done. */
  readonly current?: { readonly name: string; readonly etag: string; readonly lines: number };
}

/** Symantec keeps events for 30 days. */
const BACKLOG_IN_SECONDS = 30 * 24 * 60 * 60;
/** A commit takes no longer to appear in a list. */
const LATE_IN_SECONDS = 10 * 60;
const MAX_RECENT = 1000;

/** Sorts blobs by time, then by name. */
export function positionOf({ lastModifiedDateTime, name }: ListedBlob): string {
  return `${lastModifiedDateTime} ${name}`;
}

export function beginCheckpoint(now: DateTime): BlobCheckpoint {
  return { doneUntil: addSeconds(now, -BACKLOG_IN_SECONDS), low: now, high: now, recent: [] };
}

/** Blobs that are not done: the new ones in order, then those of the gap, the newest first; at most `limit` of each. */
export async function findPending(
  blobs: AsyncIterable<ListedBlob>,
  checkpoint: BlobCheckpoint,
  limit: number,
): Promise<{ readonly fresh: readonly ListedBlob[]; readonly gap: readonly ListedBlob[] }> {
  const { doneUntil, low, high, recent } = checkpoint;
  const done = new Set(recent);
  const late = addSeconds(high.slice(0, 24), -LATE_IN_SECONDS);
  let fresh: ListedBlob[] = [];
  let gap: ListedBlob[] = [];
  for await (const blob of blobs) {
    const position = positionOf(blob);
    if (done.has(versionOf(blob))) continue;
    if (position > high || blob.lastModifiedDateTime > late) fresh.push(blob);
    else if (position > doneUntil && position < low) gap.push(blob);
    if (fresh.length > limit * 2) fresh = firstOf(fresh, limit, 1);
    if (gap.length > limit * 2) gap = firstOf(gap, limit, -1);
  }
  return { fresh: firstOf(fresh, limit, 1), gap: firstOf(gap, limit, -1) };
}

function firstOf(blobs: readonly ListedBlob[], limit: number, direction: 1 | -1): ListedBlob[] {
  return blobs
    .toSorted((a, b) => direction * (positionOf(a) < positionOf(b) ? -1 : 1))
    .slice(0, limit);
}

/** The checkpoint after the blob was read whole. */
export function withDone(
  { current: _, ...checkpoint }: BlobCheckpoint,
  blob: ListedBlob,
  isOfGap: boolean,
): BlobCheckpoint {
  const position = positionOf(blob);
  return {
    ...checkpoint,
    ...(isOfGap && position < checkpoint.low ? { low: position } : {}),
    ...(position > checkpoint.high ? { high: position } : {}),
    recent: [...checkpoint.recent, versionOf(blob)].slice(-MAX_RECENT),
  };
}

function versionOf({ name, etag }: ListedBlob): string {
  return hashText(`${name} ${etag}`);
}

/** The checkpoint after nothing of the gap was left. */
export function withoutGap(checkpoint: BlobCheckpoint): BlobCheckpoint {
  const { high } = checkpoint;
  return { ...checkpoint, doneUntil: high, low: high };
}
