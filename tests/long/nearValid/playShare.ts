import { parentPort, workerData } from 'node:worker_threads';
import { playPlans, type Share } from './playPlans.ts';

// A worker thread of `runNearValid`.
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- to a thread, not to a window
parentPort?.postMessage(await playPlans(workerData as Share));
process.exit();
