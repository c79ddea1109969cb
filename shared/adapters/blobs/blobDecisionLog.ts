import { RestError, type ContainerClient } from '@azure/storage-blob';
import { ConnectorError } from '../../base/connectorError.ts';
import { createWriterName, decisionWriter } from '../../core/decisions/decisionId.ts';
import type { DecisionLog, DecisionRecord } from '../../core/ports/logs.ts';
import { DECISIONS_CONTAINER_NAME } from '../../resources.ts';
import type { Connection } from '../../settings/readSetting.ts';
import { createLossCounter } from './lossCounter.ts';
import { openBlobContainer } from './openBlobContainer.ts';

const FLUSH_INTERVAL_IN_MILLISECONDS = 2000;
/** About 8 MB. During a long outage of the storage, further decisions are not logged. */
const MAX_WAITING = 20_000;
/** An append takes at most 4 MiB. */
const MAX_LINES_AN_APPEND = 5000;

/** A decision log that flushes when it is closed. */
export interface OpenDecisionLog extends DecisionLog {
  close(): Promise<void>;
}

/**
 * Appends decisions to one blob for each minute and process: `2026-01-31/23-59/{writer}.jsonl`. Each id names its
 * writer, so finding a decision reads one blob. Decisions wait in memory for at most two seconds, so a thousand of them
 * cost one write. If the process is killed meanwhile, they are lost.
 */
export function openBlobDecisionLog(connection: Connection): OpenDecisionLog {
  const container = openBlobContainer(connection, DECISIONS_CONTAINER_NAME);
  const writer = createWriterName();
  const losses = createLossCounter();
  let waiting: DecisionRecord[] = [];
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  const flush = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    writing = writing.then(writeWaiting, writeWaiting);
    return writing;
  };

  const schedule = (): void => {
    timer ??= setTimeout(() => {
      flush().catch(schedule);
    }, FLUSH_INTERVAL_IN_MILLISECONDS).unref();
  };

  const writeWaiting = async (): Promise<void> => {
    while (waiting.length > 0) {
      const [first] = waiting;
      if (first === undefined) return;
      const blobName = toBlobName(new Date(first.evaluatedDateTime), writer);
      const batch = waiting
        .filter(({ evaluatedDateTime }) =>
          blobName.startsWith(toPrefix(new Date(evaluatedDateTime))),
        )
        .slice(0, MAX_LINES_AN_APPEND);
      await append(container, blobName, batch);
      const written = new Set(batch);
      waiting = waiting.filter((record) => !written.has(record));
    }
  };

  return {
    writer,

    record(records, log) {
      const room = Math.max(0, MAX_WAITING - waiting.length);
      waiting.push(...records.slice(0, room));
      const lost = Math.max(0, records.length - room);
      losses.count(lost, records.at(-1)?.evaluatedDateTime, log);
      schedule();
    },

    async find(decisionId, moment) {
      try {
        if (decisionWriter(decisionId) === writer) await flush();
        return await findIn(container, decisionId, moment);
      } catch (cause) {
        throw new ConnectorError('serviceNotAvailable', 'the decision log does not answer', {
          cause,
        });
      }
    },

    async close() {
      await flush().catch(() => undefined);
    },
  };
}

/** One folder for each minute. */
function toPrefix(moment: Date): string {
  const [day = '', time = ''] = moment.toISOString().split('T');
  return `${day}/${time.slice(0, 5).replace(':', '-')}/`;
}

function toBlobName(moment: Date, writer: string): string {
  return `${toPrefix(moment)}${writer}.jsonl`;
}

async function append(
  container: ContainerClient,
  blobName: string,
  records: readonly DecisionRecord[],
): Promise<void> {
  const blob = container.getAppendBlobClient(blobName);
  await blob.createIfNotExists({ blobHTTPHeaders: { blobContentType: 'application/jsonl' } });
  const text = records.map((record) => `${JSON.stringify(record)}\n`).join('');
  await blob.appendBlock(text, Buffer.byteLength(text));
}

/** Earlier versions named blobs after a UUID, and their ids name no writer. */
const EARLIER_BLOB_NAME = /\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.jsonl$/;

async function findIn(
  container: ContainerClient,
  decisionId: string,
  moment: Date,
): Promise<DecisionRecord | undefined> {
  const written = await findInBlob(
    container,
    toBlobName(moment, decisionWriter(decisionId)),
    decisionId,
  );
  if (written !== 'noBlob') return written;
  for await (const { name } of container.listBlobsFlat({ prefix: toPrefix(moment) })) {
    if (!EARLIER_BLOB_NAME.test(name)) continue;
    const found = await findInBlob(container, name, decisionId);
    if (found !== undefined && found !== 'noBlob') return found;
  }
  return undefined;
}

const NOT_FOUND = 404;

async function findInBlob(
  container: ContainerClient,
  name: string,
  decisionId: string,
): Promise<DecisionRecord | 'noBlob' | undefined> {
  try {
    const { readableStreamBody } = await container.getBlobClient(name).download();
    if (readableStreamBody === undefined) return undefined;
    const chunks = readableStreamBody as AsyncIterable<Buffer>;
    const line = await findLine(chunks, `{"decisionId":"${decisionId}"`);
    return line === undefined ? undefined : (JSON.parse(line) as DecisionRecord);
  } catch (error) {
    if (error instanceof RestError && error.statusCode === NOT_FOUND) return 'noBlob';
    throw error;
  }
}

/** The line that begins with `start`. Keeps one chunk in memory, and stops reading at the line. */
async function findLine(chunks: AsyncIterable<Buffer>, start: string): Promise<string | undefined> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const text = Buffer.concat([rest, chunk]);
    const at = text.indexOf(start);
    const end = at < 0 ? -1 : text.indexOf('\n', at);
    if (end >= 0) return text.toString('utf8', at, end);
    rest = text.subarray(at < 0 ? Math.max(0, text.length - start.length + 1) : at);
  }
  return undefined;
}
