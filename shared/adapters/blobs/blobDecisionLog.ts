import { randomUUID } from 'node:crypto';
import type { ContainerClient } from '@azure/storage-blob';
import { ConnectorError } from '../../base/connectorError.ts';
import type { Connection } from '../../settings/readSetting.ts';
import type { DecisionLog, DecisionRecord } from '../../core/ports/logs.ts';
import { DECISIONS_CONTAINER_NAME } from '../../resources.ts';
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
 * Appends decisions to one blob for each minute and process: `2026-01-31/23-59/{process}.jsonl`. Decisions wait in
 * memory for at most two seconds, so a thousand of them cost one write. If the process is killed meanwhile, they are
 * lost.
 */
export function openBlobDecisionLog(connection: Connection): OpenDecisionLog {
  const container = openBlobContainer(connection, DECISIONS_CONTAINER_NAME);
  const processId = randomUUID();
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
      const blobName = `${toPrefix(new Date(first.evaluatedDateTime))}${processId}.jsonl`;
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
    record(records) {
      const room = MAX_WAITING - waiting.length;
      waiting.push(...records.slice(0, Math.max(0, room)));
      schedule();
    },

    async find(decisionId, moment) {
      try {
        await flush();
        return await findIn(container, toPrefix(moment), decisionId);
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

async function findIn(
  container: ContainerClient,
  prefix: string,
  decisionId: string,
): Promise<DecisionRecord | undefined> {
  for await (const { name } of container.listBlobsFlat({ prefix })) {
    const text = (await container.getBlobClient(name).downloadToBuffer()).toString();
    const at = text.indexOf(`{"decisionId":"${decisionId}"`);
    if (at >= 0) return JSON.parse(text.slice(at, text.indexOf('\n', at))) as DecisionRecord;
  }
  return undefined;
}
