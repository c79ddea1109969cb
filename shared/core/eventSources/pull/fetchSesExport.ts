import { backoffInSeconds } from '../../../base/backoff.ts';
import { latest, type DateTime } from '../../../base/dateTime.ts';
import { defined } from '../../../base/defined.ts';
import type { Log } from '../../../base/log.ts';
import { OutgoingError } from '../../ports/outgoing.ts';
import { createChunk, MAX_REMEMBERED, type Chunk } from './chunk.ts';
import { PullError, type PullRun } from './pullRun.ts';
import { createChunkReader, type ChunkPart } from './readChunks.ts';
import {
  fetchToken,
  requestStream,
  requireStream,
  SILENCE_TIMEOUT_IN_MILLISECONDS,
  type OpenStream,
  type SesDependencies,
} from './sesRequests.ts';
import { untilIdle } from './untilIdle.ts';

/** The largest public event of Symantec's has 40 KB. */
const MAX_EVENT_LENGTH = 1024 * 1024;
const BATCH = 500;
/** A stream that breaks so often without a single chunk counts as a failure of the source. */
const MAX_CUTS = 4;
/** An export that begins again so often within a run would be read from its beginning for ever. */
const MAX_EXPIRED = 5;
const CUT_BACKOFF = { firstInSeconds: 0.5, maxInSeconds: 5 };

export interface ExportDependencies extends SesDependencies {
  readonly log: Log;
  readonly random: () => number;
  readonly pause: (milliseconds: number) => Promise<void>;
}

/** How far the export was read. */
interface ExportCheckpoint {
  readonly next?: string;
  /** Hashes of the last events, which come again. */
  readonly uuids: readonly string[];
  /** The latest time of an event that was read. */
  readonly lastDateTime?: DateTime;
  /** After a position has expired: what is earlier has been read and counted, most of it at least. */
  readonly repeatsUntil?: DateTime;
}

/**
 * Fetches the event export of Symantec Endpoint Security until nothing more comes, or the run is over. The protocol is
 * that of demisto/content, SymantecEndpointSecurity.py: a token, a stream of chunks `{events, next}`, 401 for a token that
 * has expired, 410 for a `next` that has.
 * @throws PullError naming the field of the source that is at fault.
 */
export async function fetchSesExport(
  dependencies: ExportDependencies,
  run: PullRun,
): Promise<void> {
  let token = await fetchToken(dependencies, run.source);
  let isFresh = true;
  let cuts = 0;
  let expired = 0;
  while (!run.isOver()) {
    const answer = await openStream(dependencies, run, token).catch(asCut);
    if (answer instanceof PullError) {
      cuts += 1;
      await afterCut(dependencies, answer, cuts);
      continue;
    }
    if (answer.status === 401 && !isFresh) {
      answer.abort();
      token = await fetchToken(dependencies, run.source);
      isFresh = true;
      continue;
    }
    if (answer.status === 410) {
      answer.abort();
      expired += 1;
      await beginAgain(dependencies, run, expired);
      continue;
    }
    requireStream(answer, dependencies.now());
    isFresh = false;
    const { chunks, isNews, fault } = await readStream(answer, run);
    if (fault === undefined && !isNews) return;
    cuts = fault === undefined || chunks > 0 ? 0 : cuts + 1;
    if (fault !== undefined) await afterCut(dependencies, fault, cuts);
  }
}

function openStream(
  dependencies: ExportDependencies,
  run: PullRun,
  token: string,
): Promise<OpenStream> {
  return requestStream(dependencies, run.source, token, checkpointOf(run).next);
}

/** @throws `error` if it is another one than a broken connection. */
function asCut(error: unknown): PullError {
  if (error instanceof PullError && error.code === 'interrupted') return error;
  throw error;
}

/** The stream goes on where the last chunk ended. @throws PullError if it broke too often. */
async function afterCut(
  { pause, random }: ExportDependencies,
  fault: PullError,
  cuts: number,
): Promise<void> {
  if (cuts >= MAX_CUTS) throw fault;
  await pause(backoffInSeconds(CUT_BACKOFF, cuts, random) * 1000);
}

/** `next` has expired: Symantec keeps 30 days, and what it still has is read again. */
async function beginAgain(
  { log }: ExportDependencies,
  run: PullRun,
  expired: number,
): Promise<void> {
  const { next, uuids, lastDateTime } = checkpointOf(run);
  if (expired > MAX_EXPIRED)
    throw new PullError('positionExpired', 'connection.endpoint', 'every position has expired');
  if (next === undefined)
    throw new PullError(
      'unexpectedAnswer',
      'connection.endpoint',
      'a stream without `next` is gone',
    );
  log.warn(
    `event source \`${run.source.id}\` begins again, because its position has expired: ` +
      `up to 30 days are read again, and events may be missing that Symantec no longer keeps`,
  );
  await run.save({ uuids, ...defined({ lastDateTime, repeatsUntil: lastDateTime }) });
}

function checkpointOf(run: PullRun): ExportCheckpoint {
  return { uuids: [], ...(run.checkpoint() as Partial<ExportCheckpoint> | undefined) };
}

interface ReadStream {
  readonly chunks: number;
  /** Events came that led to another position. */
  readonly isNews: boolean;
  /** The stream broke. */
  readonly fault?: PullError;
}

/** Reads the chunks of one answer. A chunk that is cut is read again: the position stands at its end. */
async function readStream({ body, abort }: OpenStream, run: PullRun): Promise<ReadStream> {
  const reader = createChunkReader(MAX_EVENT_LENGTH);
  const decoder = new TextDecoder();
  let chunk = beginChunk(run);
  let chunks = 0;
  let isNews = false;
  try {
    for await (const piece of untilIdle(body, SILENCE_TIMEOUT_IN_MILLISECONDS, abort)) {
      for (const part of reader.push(decoder.decode(piece, { stream: true }))) {
        if (part.kind === 'event') chunk.take(part.text);
        else {
          isNews = (await endChunk(run, chunk, part)) || isNews;
          chunk = beginChunk(run);
          chunks += 1;
        }
      }
      if (chunk.waiting() >= BATCH) await deliverAll(run, chunk);
      if (run.isOver()) return { chunks, isNews };
    }
  } catch (error) {
    return { chunks, isNews, fault: toFault(error) };
  }
  if (!reader.isInChunk) return { chunks, isNews };
  return { chunks, isNews, fault: toFault(new OutgoingError('interrupted', 'a chunk is cut')) };
}

function beginChunk(run: PullRun): Chunk {
  const { uuids, repeatsUntil } = checkpointOf(run);
  return createChunk({ uuids, repeatsUntil, now: run.now() });
}

/** Resolves once the queue has the events of the chunk so far. */
async function deliverAll(run: PullRun, chunk: Chunk): Promise<void> {
  const { fresh, repeats } = chunk.drain();
  for (let from = 0; from < fresh.length; from += BATCH)
    await run.deliver(fresh.slice(from, from + BATCH));
  for (let from = 0; from < repeats.length; from += BATCH)
    await run.deliver(repeats.slice(from, from + BATCH), 'repeats');
}

/** Returns whether the chunk leads on: to ask again at the same position would bring the same events. INVARIANT: the position is saved after the queue has the events before it. */
async function endChunk(
  run: PullRun,
  chunk: Chunk,
  { next, isKnown }: Extract<ChunkPart, { kind: 'end' }>,
): Promise<boolean> {
  if (!isKnown)
    throw new PullError('chunkInvalid', 'connection.endpoint', 'a chunk has no `events`');
  await deliverAll(run, chunk);
  const before = checkpointOf(run);
  const lastDateTime = latest(before.lastDateTime, chunk.lastDateTime());
  const repeatsUntil = chunk.isPastRepeats() ? undefined : before.repeatsUntil;
  // Events without a position come again.
  const isUnplaced = next === undefined && chunk.hasEvents();
  const after: ExportCheckpoint = {
    uuids: chunk.uuids().slice(-MAX_REMEMBERED),
    ...defined({
      next: next ?? before.next,
      lastDateTime,
      repeatsUntil: isUnplaced ? lastDateTime : repeatsUntil,
    }),
  };
  const hasMoved = after.next !== before.next;
  if (chunk.hasNew() || hasMoved || after.repeatsUntil !== before.repeatsUntil)
    await run.save({ ...after });
  return chunk.hasEvents() && hasMoved;
}

/** @throws `error` if it is not the stream's. */
function toFault(error: unknown): PullError {
  if (error instanceof OutgoingError)
    return new PullError(error.code, 'connection.endpoint', error.message, error);
  if (error instanceof SyntaxError)
    throw new PullError('chunkInvalid', 'connection.endpoint', error.message, error);
  throw error;
}
