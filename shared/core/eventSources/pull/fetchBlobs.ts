import type { Log } from '../../../base/log.ts';
import { BlobError, type ListedBlob, type SourceBlobs } from '../../ports/eventSources.ts';
import type { SourceItem } from '../sourceEvent.ts';
import { splitLine } from '../splitEvents.ts';
import {
  beginCheckpoint,
  findPending,
  withDone,
  withGap,
  type BlobCheckpoint,
  type PendingBlobs,
} from './blobCheckpoint.ts';
import { PullError, type PullRun } from './pullRun.ts';
import { splitLines } from './splitLines.ts';

/** New blobs are looked for after as many. */
const BLOBS_A_LIST = 100;
const LINES_A_BATCH = 500;
/** The largest event of Symantec's that is public has 40 KB. */
const MAX_LINE_LENGTH = 1024 * 1024;

export interface BlobDependencies {
  readonly open: () => SourceBlobs;
  readonly log: Log;
  readonly now: () => Date;
}

/** A run over the blobs of one container. */
interface BlobRun {
  readonly blobs: SourceBlobs;
  readonly log: Log;
  readonly run: PullRun;
}

/**
 * Reads the blobs that event streaming wrote into the customer's own container, line by line, until none is left, or the
 * run is over. A blob that cannot be read is logged and left behind: it must not hold up the others.
 * @throws PullError naming the field of the source that is at fault.
 */
export async function fetchBlobs(
  { open, log, now }: BlobDependencies,
  run: PullRun,
): Promise<void> {
  try {
    const blobRun: BlobRun = { blobs: open(), log, run };
    let checkpoint = (run.checkpoint() as BlobCheckpoint | undefined) ?? beginCheckpoint(now());
    for (;;) {
      const pending = await findPending(blobRun.blobs.list(), checkpoint, BLOBS_A_LIST);
      const changed = withGap(checkpoint, pending);
      if (changed !== undefined) {
        checkpoint = changed;
        await run.save({ ...checkpoint });
        continue;
      }
      const after = await readPending(blobRun, checkpoint, pending);
      if (after === undefined) return;
      checkpoint = after;
    }
  } catch (error) {
    throw toPullError(error);
  }
}

/** Returns `undefined` if the run is over, or nothing is pending. */
async function readPending(
  blobRun: BlobRun,
  before: BlobCheckpoint,
  pending: PendingBlobs,
): Promise<BlobCheckpoint | undefined> {
  const { current, fresh, gap } = pending;
  const blobs = [...(current === undefined ? [] : [current]), ...fresh, ...gap];
  if (blobs.length === 0) return undefined;
  let checkpoint = before;
  for (const blob of blobs) {
    const state = await readBlob(blobRun, checkpoint, blob);
    if (state === 'runOver') return undefined;
    // The next list has its new version.
    if (state === 'rewritten') continue;
    checkpoint = withDone(checkpoint, blob, pending);
    await blobRun.run.save({ ...checkpoint });
    if (blobRun.run.isOver()) return undefined;
  }
  return checkpoint;
}

/** Delivers the lines of the blob that are not done. */
async function readBlob(
  { blobs, log, run }: BlobRun,
  checkpoint: BlobCheckpoint,
  blob: ListedBlob,
): Promise<'done' | 'rewritten' | 'runOver'> {
  const { name, etag } = blob;
  const { current } = checkpoint;
  const skipped = current?.name === name && current.etag === etag ? current.lines : 0;
  let items: SourceItem[] = [];
  let lines = 0;
  const deliver = async (): Promise<void> => {
    if (items.length > 0) await run.deliver(items);
    items = [];
  };
  try {
    for await (const line of splitLines(blobs.read(blob), MAX_LINE_LENGTH)) {
      lines += 1;
      if (lines <= skipped) continue;
      items.push(...splitLine(line));
      if (items.length < LINES_A_BATCH) continue;
      await deliver();
      await run.save({ ...checkpoint, current: { name, etag, lines } });
      if (run.isOver()) return 'runOver';
    }
  } catch (error) {
    if (!(error instanceof BlobError)) throw error;
    if (error.code === 'blobRewritten') return 'rewritten';
    if (error.code !== 'blobUnreadable') throw error;
    log.error(
      `a blob of event source \`${run.source.id}\` cannot be read to its end, and is left behind: ` +
        `\`${name}\`: ${error.message}`,
    );
    items.push({ ok: false, text: name, message: 'the blob cannot be read to its end' });
  }
  await deliver();
  return 'done';
}

function toPullError(error: unknown): unknown {
  if (!(error instanceof BlobError)) return error;
  const field = error.code === 'accessDenied' ? 'authentication' : 'connection.containerUrl';
  return new PullError(error.code, field, error.message, error);
}
