import { hashText } from '../../../base/hashText.ts';
import { isJsonObject, type JsonObject } from '../../../base/jsonObject.ts';
import type { Log } from '../../../base/log.ts';
import { retryAfterInSeconds } from '../../../base/retryAfter.ts';
import type { EventSource } from '../../../domain/vocabulary/eventSource.ts';
import { OutgoingError, type OpenAnswer, type OutgoingClient } from '../../ports/outgoing.ts';
import type { SourceItem } from '../sourceEvent.ts';
import { PullError, type PullRun } from './pullRun.ts';
import { createObjectSplitter } from './splitObjects.ts';

/** A chunk is kept whole, because its `next` stands behind its events. */
const MAX_CHUNK_LENGTH = 16 * 1024 * 1024;
const BATCH = 500;
/** Events of the last second come again; more than a chunk holds of them is not needed. */
const MAX_REMEMBERED = 1000;
/** How long Symantec keeps a stream open without events (`connectionTimeout`). */
const STREAM_IN_SECONDS = 30;
const TOKEN_TIMEOUT_IN_MILLISECONDS = 20_000;
/** Longer than the stream stays open without events, and as long as a chunk may take. */
const STREAM_TIMEOUT_IN_MILLISECONDS = 120_000;

export interface ExportDependencies {
  readonly outgoing: OutgoingClient;
  /** The credential of the client application in ICDm; two during rotation. */
  readonly secrets: readonly string[];
  readonly log: Log;
  readonly now: () => Date;
}

interface ExportCheckpoint {
  readonly next?: string;
  /** Hashes of the last events, which come again. */
  readonly uuids: readonly string[];
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
  for (;;) {
    const answer = await openStream(dependencies, run, token);
    if (answer.status === 401 && !isFresh) {
      token = await fetchToken(dependencies, run.source);
      isFresh = true;
      continue;
    }
    if (answer.status === 410) {
      await beginAgain(dependencies, run);
      continue;
    }
    requireStream(answer, run.source, dependencies.now());
    const count = await readStream(answer, run);
    isFresh = false;
    if (count === 0 || run.isOver()) return;
  }
}

async function fetchToken(
  { outgoing, secrets }: ExportDependencies,
  { connection, id }: EventSource,
): Promise<string> {
  if (secrets.length === 0)
    throw new PullError('secretMissing', 'authentication', `no secret is set for \`${id}\``);
  for (const secret of secrets) {
    const { status, body } = await ask(() =>
      outgoing.send({
        method: 'POST',
        url: `${toOrigin(connection)}/v1/oauth2/tokens`,
        headers: {
          accept: 'application/json',
          authorization: `Bearer ${secret}`,
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: '',
        signal: AbortSignal.timeout(TOKEN_TIMEOUT_IN_MILLISECONDS),
      }),
    );
    if (status === 401 || status === 403) continue;
    const token = status === 200 ? tokenIn(body) : undefined;
    if (token !== undefined) return token;
    throw unexpected(status, 'the token endpoint');
  }
  throw new PullError('secretInvalid', 'authentication', 'Symantec refuses the credential');
}

function tokenIn(body: string): string | undefined {
  try {
    const answer: unknown = JSON.parse(body);
    const token = isJsonObject(answer) ? answer['access_token'] : undefined;
    return typeof token === 'string' ? token : undefined;
  } catch {
    return undefined;
  }
}

function openStream(
  { outgoing }: ExportDependencies,
  run: PullRun,
  token: string,
): Promise<OpenAnswer> {
  const { connection = {} } = run.source;
  const { streamId = '', channelId = '' } = connection;
  const { next } = checkpointOf(run);
  const path = `stream/${encodeURIComponent(streamId)}/${encodeURIComponent(channelId)}`;
  return ask(() =>
    outgoing.open({
      method: 'POST',
      url: `${toOrigin(connection)}/v1/event-export/${path}?connectionTimeout=${String(STREAM_IN_SECONDS)}`,
      headers: {
        accept: 'application/x-ndjson',
        'accept-encoding': 'gzip',
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(next === undefined ? {} : { next }),
      signal: AbortSignal.timeout(STREAM_TIMEOUT_IN_MILLISECONDS),
    }),
  );
}

function toOrigin(connection: EventSource['connection']): string {
  return (connection?.endpoint ?? '').replace(/\/+$/, '');
}

async function ask<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    if (!(error instanceof OutgoingError)) throw error;
    throw new PullError(error.code, 'connection.endpoint', error.message, error);
  }
}

function requireStream({ status, headers }: OpenAnswer, { id }: EventSource, now: Date): void {
  if (status === 200) return;
  if (status === 401 || status === 403)
    throw new PullError('secretInvalid', 'authentication', 'Symantec refuses the token');
  if (status === 404)
    throw new PullError(
      'streamUnknown',
      'connection.streamId',
      `Symantec knows no such stream and channel of \`${id}\``,
    );
  const retryAfter = retryAfterInSeconds(headers.get('retry-after'), now);
  throw unexpected(status, 'the stream', retryAfter);
}

function unexpected(status: number, what: string, retryAfter?: number): PullError {
  const message = `${what} answers ${String(status)}`;
  return new PullError('unexpectedAnswer', 'connection.endpoint', message, undefined, retryAfter);
}

/** `next` has expired: Symantec keeps 30 days, and what it still has is read again. */
async function beginAgain({ log }: ExportDependencies, run: PullRun): Promise<void> {
  const { next, uuids } = checkpointOf(run);
  if (next === undefined)
    throw new PullError(
      'unexpectedAnswer',
      'connection.endpoint',
      'a stream without `next` is gone',
    );
  log.warn(`event source \`${run.source.id}\` begins again, because its position has expired`);
  await run.save({ uuids });
}

function checkpointOf(run: PullRun): ExportCheckpoint {
  const { next, uuids } = (run.checkpoint() ?? {}) as Partial<ExportCheckpoint>;
  return { uuids: uuids ?? [], ...(next === undefined ? {} : { next }) };
}

/** Reads the chunks of one answer. A chunk that is cut counts for nothing: it comes again. Returns how many events came. */
async function readStream({ body }: OpenAnswer, run: PullRun): Promise<number> {
  const splitter = createObjectSplitter(MAX_CHUNK_LENGTH);
  const decoder = new TextDecoder();
  let count = 0;
  try {
    for await (const piece of body) {
      for (const text of splitter.push(decoder.decode(piece, { stream: true })))
        count += await readChunk(text, run);
      if (run.isOver()) return count;
    }
  } catch (error) {
    // The next request goes on from the last chunk that came whole.
    if (!(error instanceof OutgoingError) || count === 0) throw toPullError(error);
  }
  return count;
}

function toPullError(error: unknown): unknown {
  if (error instanceof OutgoingError)
    return new PullError(error.code, 'connection.endpoint', error.message, error);
  if (error instanceof RangeError)
    return new PullError('chunkTooLarge', 'connection.endpoint', error.message, error);
  return error;
}

async function readChunk(text: string, run: PullRun): Promise<number> {
  const chunk = parseChunk(text);
  const { uuids, next: before } = checkpointOf(run);
  const known = new Set(uuids);
  const fresh: SourceItem[] = [];
  for (const event of chunk.events) {
    const uuid = isJsonObject(event) ? event['uuid'] : undefined;
    const hash = typeof uuid === 'string' ? hashText(uuid) : undefined;
    if (hash !== undefined && known.has(hash)) continue;
    if (hash !== undefined) known.add(hash);
    fresh.push({ ok: true, event });
  }
  for (let from = 0; from < fresh.length; from += BATCH)
    await run.deliver(fresh.slice(from, from + BATCH));
  const next = chunk.next ?? before;
  const last = [...known].slice(-MAX_REMEMBERED);
  if (fresh.length > 0 || next !== before)
    await run.save({ uuids: last, ...(next === undefined ? {} : { next }) });
  return chunk.events.length;
}

/** A chunk that is no JSON comes again by its `next`, so it must not pass as an empty one. */
function parseChunk(text: string): { readonly events: readonly unknown[]; readonly next?: string } {
  try {
    const { events, next } = JSON.parse(text) as JsonObject;
    return {
      events: Array.isArray(events) ? (events as unknown[]) : [],
      ...(typeof next === 'string' ? { next } : {}),
    };
  } catch (cause) {
    throw new PullError('chunkInvalid', 'connection.endpoint', 'a chunk is no JSON', cause);
  }
}
