import { setTimeout as pause } from 'node:timers/promises';
import { runPart } from '../../../../infra/local/runPart.ts';

const START_IN_MILLISECONDS = 200;

// A part that takes a moment to start and then does nothing.
await runPart(async () => {
  await pause(START_IN_MILLISECONDS);
  // Keeps the process running.
  setInterval(() => undefined, 1000);
  return { address: 'http://127.0.0.1:1', stop: () => Promise.resolve() };
});
