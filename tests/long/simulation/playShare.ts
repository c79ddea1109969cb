import { parentPort, workerData } from 'node:worker_threads';
import { runSeeds } from './runSeeds.ts';

/** The seeds of one core. */
export interface Share {
  readonly first: number;
  readonly count: number;
  readonly stride: number;
}

// A worker thread of `runSimulate`.
const { first, count, stride } = workerData as Share;
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- to a thread, not to a window
parentPort?.postMessage(await runSeeds(first, count, stride));
process.exit();
