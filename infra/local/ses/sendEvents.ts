import type { ServerResponse } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
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

const MAX_TURNS = 1000;

/** Sends chunks `{"events": […], "next": "…"}`, one a line. Returns also if the client leaves. */
export async function sendEvents(response: ServerResponse, plan: StreamPlan): Promise<void> {
  const coding = plan.isPacked ? { 'content-encoding': 'gzip' } : {};
  response.writeHead(200, { 'content-type': 'application/x-ndjson', ...coding });
  const cut = async (): Promise<void> => {
    // What was written is on its way before the connection breaks.
    for (let turn = 0; turn < MAX_TURNS && response.writableLength > 0; turn += 1) await nextTurn();
    await nextTurn();
    response.socket?.resetAndDestroy();
  };
  // Each chunk is on its way before the next one, as in a live stream.
  const packer = createGzip({ flush: constants.Z_SYNC_FLUSH });
  const chunks = toChunks(plan, cut);
  const sending = plan.isPacked ? pipeline(chunks, packer, response) : pipeline(chunks, response);
  await sending.catch(() => undefined);
}

async function* toChunks(plan: StreamPlan, cut: () => Promise<void>): AsyncIterable<string> {
  const { log, from, eventsAChunk, chunksAnAnswer, cutInChunk } = plan;
  const end = Math.min(log.count(), from + eventsAChunk * chunksAnAnswer);
  let first = from;
  for (let chunk = 0; first < end || chunk === 0; chunk += 1) {
    const last = Math.min(end, first + eventsAChunk);
    const text = toChunk(plan, first, last);
    const isCut = chunk === cutInChunk;
    yield isCut ? text.slice(0, text.length / 2) : text;
    if (isCut) {
      await cut();
      return;
    }
    first = last;
  }
}

function toChunk({ log, repeatsBefore, toNext }: StreamPlan, first: number, last: number): string {
  const texts: string[] = [];
  for (let index = first; index < last; index += 1) {
    for (const repeat of repeatsBefore(index)) texts.push(log.textAt(repeat));
    texts.push(log.textAt(index));
  }
  return `{"events":[${texts.join(',')}],"next":${JSON.stringify(toNext(last))}}\n`;
}
