import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createGzip, type Gzip } from 'node:zlib';
import type { EventLog } from './eventLog.ts';

/** What an answer holds. */
export interface StreamPlan {
  readonly log: EventLog;
  /** The first event that was not read. */
  readonly from: number;
  readonly eventsAChunk: number;
  readonly chunksAnAnswer: number;
  /** Returns the events that come again before this one. */
  readonly repeatsBefore: (index: number) => readonly number[];
  readonly toNext: (index: number) => string;
  readonly isPacked: boolean;
  /** The answer breaks within this chunk. */
  readonly cutInChunk: number | undefined;
}

/** Sends chunks `{"events": […], "next": "…"}`, one a line. */
export async function sendEvents(response: ServerResponse, plan: StreamPlan): Promise<void> {
  const { log, from, eventsAChunk, chunksAnAnswer, isPacked, cutInChunk } = plan;
  const coding = isPacked ? { 'content-encoding': 'gzip' } : {};
  response.writeHead(200, { 'content-type': 'application/x-ndjson', ...coding });
  const packer = isPacked ? createGzip() : undefined;
  packer?.pipe(response);
  const body: Gzip | ServerResponse = packer ?? response;
  const end = Math.min(log.count(), from + eventsAChunk * chunksAnAnswer);
  let first = from;
  for (let chunk = 0; first < end || chunk === 0; chunk += 1) {
    const last = Math.min(end, first + eventsAChunk);
    const text = toChunk(plan, first, last);
    if (chunk === cutInChunk) return cutIn(response, body, text);
    if (!body.write(text)) await drained(body, response);
    if (response.destroyed) return undefined;
    first = last;
  }
  body.end();
  return undefined;
}

function toChunk({ log, repeatsBefore, toNext }: StreamPlan, first: number, last: number): string {
  const texts: string[] = [];
  for (let index = first; index < last; index += 1) {
    for (const repeat of repeatsBefore(index)) texts.push(log.textAt(repeat));
    texts.push(log.textAt(index));
  }
  return `{"events":[${texts.join(',')}],"next":${JSON.stringify(toNext(last))}}\n`;
}

/** Sends the first half of the text, then breaks the connection. */
async function cutIn(
  response: ServerResponse,
  body: Gzip | ServerResponse,
  text: string,
): Promise<void> {
  body.write(text.slice(0, text.length / 2));
  if (body !== response) await new Promise<void>((resolve) => (body as Gzip).flush(resolve));
  response.flushHeaders();
  // What was written is on its way before the connection breaks.
  await new Promise((resolve) => setImmediate(resolve));
  response.socket?.resetAndDestroy();
}

async function drained(body: Gzip | ServerResponse, response: ServerResponse): Promise<void> {
  const ended = new AbortController();
  response.once('close', () => ended.abort());
  await once(body, 'drain', { signal: ended.signal }).catch(() => undefined);
}
