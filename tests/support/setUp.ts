import fc from 'fast-check';
import { afterEach } from 'vitest';
import { endWaits } from './eventually.ts';

// The same seed for every run, so a new failure comes from the change, not from chance. Raise numRuns to search further.
fc.configureGlobal({ seed: 20260101 });

afterEach(({ task }) => {
  if (task.result?.state !== 'fail') return;
  for (const wait of endWaits()) process.stderr.write(`${task.name}: ${wait}\n`);
});
