import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { startSesServer } from '../../../infra/local/ses/startSesServer.ts';
import { createProofLog } from './proofEvents.ts';
import { CREDENTIAL } from './workerPorts.ts';

export interface MeasuredMemory {
  readonly counted: number;
  /** The most memory that the worker's process held (its resident set). */
  readonly peakInMebibytes: number;
  readonly seconds: number;
}

const EVENTS_A_CHUNK = 1000;
const CHUNKS_AN_ANSWER = 50;

/** Fetches so many events in a process of its own, whose queue forgets them, and measures its memory. */
export async function measureMemory(events: number): Promise<MeasuredMemory> {
  const server = await startSesServer({
    credential: CREDENTIAL,
    streamId: 's',
    channelId: 'c',
    log: createProofLog(events),
    eventsAChunk: EVENTS_A_CHUNK,
    chunksAnAnswer: CHUNKS_AN_ANSWER,
    maxWaitInSeconds: 0,
  });
  try {
    const worker = fork(join(import.meta.dirname, 'memoryWorker.ts'), [String(events)], {
      execArgv: ['--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { ...process.env, PROOF_ENDPOINT: server.address },
    });
    const [measured] = (await once(worker, 'message')) as [MeasuredMemory];
    return measured;
  } finally {
    await server.stop();
  }
}
