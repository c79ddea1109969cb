import type { JsonObject } from '../../../base/jsonObject.ts';
import type { Log } from '../../../base/log.ts';
import { BlobError, type ListedBlob, type SourceBlobs } from '../../ports/eventSources.ts';
import type { SourceItem } from '../sourceEvent.ts';
import { splitLine } from '../splitEvents.ts';
import {
  beginCheckpoint,
  findPending,
  withDone,
  withoutGap,
  type BlobCheckpoint,
} from './blobCheckpoint.ts';
import { PullError, type PullRun } from './pullRun.ts';
import { splitLines } from './splitLines.ts';

const BLOBS_A_LIST = 500;
const LINES_A_BATCH = 500;
/** The largest event of Symantec's that is public has 40 KB. */
const MAX_LINE_LENGTH = 1024 * 1024;

export interface BlobDependencies {
  readonly open: () => SourceBlobs;
  readonly log: Log;
  readonly now: () => Date;
}

/**
 * Reads the blobs that event streaming wrote into the customer's own container, line by line, until none is left, or the
 * run is over. A blob that cannot be read is logged and left behind: it must not hold up the others.
 * @throws PullError naming the field of the source that is at fault.
 */
export async function fetchBlobs(dependencies: BlobDependencies, run: PullRun): Promise<void> {
  const { now } = dependencies;
  const blobs = openBlobs(dependencies);
  let checkpoint = (run.checkpoint() ?? beginCheckpoint(now().toISOString())) as BlobCheckpoint &
    JsonObject;
  for (;;) {
    const { fresh, gap } = await list(blobs, checkpoint);
    if (gap.length === 0 && fresh.length < BLOBS_A_LIST && checkpoint.low !== checkpoint.doneUntil)
      checkpoint = withoutGap(checkpoint) as typeof checkpoint;
    for (const blob of [...fresh, ...gap]) {
      if (run.isOver()) return;
      await readBlob({ ...dependencies, blobs }, run, checkpoint, blob);
      checkpoint = withDone(checkpoint, blob, gap.includes(blob)) as typeof checkpoint;
      await run.save(checkpoint);
    }
    if (fresh.length + gap.length === 0) {
      await run.save(checkpoint);
      return;
    }
  }
}

function openBlobs({ open }: BlobDependencies): SourceBlobs {
  try {
    return open();
  } catch (error) {
    throw toPullError(error);
  }
}

async function list(
  blobs: SourceBlobs,
  checkpoint: BlobCheckpoint,
): ReturnType<typeof findPending> {
  try {
    return await findPending(blobs.list(), checkpoint, BLOBS_A_LIST);
  } catch (error) {
    throw toPullError(error);
  }
}

async function readBlob(
  { blobs, log }: BlobDependencies & { readonly blobs: SourceBlobs },
  run: PullRun,
  checkpoint: BlobCheckpoint,
  blob: ListedBlob,
): Promise<void> {
  const { name, etag } = blob;
  const { current } = checkpoint;
  const isResumed = current?.name === name && current.etag === etag;
  const skipped = isResumed ? current.lines : 0;
  let items: SourceItem[] = [];
  let lines = 0;
  try {
    for await (const line of splitLines(blobs.read(name), MAX_LINE_LENGTH)) {
      lines += 1;
      if (lines <= skipped) continue;
      items.push(...splitLine(line));
      if (items.length < LINES_A_BATCH) continue;
      await run.deliver(items);
      items = [];
      await run.save({ ...checkpoint, current: { name, etag, lines } });
    }
  } catch (error) {
    if (!(error instanceof BlobError) || error.code !== 'blobUnreadable') throw toPullError(error);
    log.error(`a blob of event source \`${run.source.id}\` cannot be read to its end: ${name}`);
  }
  // What came before the fault counts.
  if (items.length > 0) await run.deliver(items);
}

function toPullError(error: unknown): unknown {
  if (!(error instanceof BlobError)) return error;
  const field = error.code === 'accessDenied' ? 'authentication' : 'connection.containerUrl';
  return new PullError(error.code, field, error.message, error);
}
