import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStack } from '../stack/startStack.ts';
import { OuterClient } from './outerClient.ts';
import { playScenarios, type Step } from './scenarios.ts';

/** `npm run demo`: starts the system on a folder of its own, plays the scenarios, and ends with 0 if all hold. */
async function main(): Promise<number> {
  const stateFolder = mkdtempSync(join(tmpdir(), 'mtd-demo-'));
  console.log('starting the system on this machine …');
  const stack = await startStack({ stateFolder });
  const steps: Step[] = [];
  try {
    await playScenarios(new OuterClient(stack.description), (step) => {
      steps.push(step);
      print(step);
    });
  } finally {
    await stack.stop();
  }
  const failed = steps.filter(({ expected, got }) => expected !== got).length;
  console.log(
    `\n${String(steps.length - failed)} of ${String(steps.length)} steps went as expected`,
  );
  if (failed === 0) rmSync(stateFolder, { recursive: true });
  else console.log(`logs are in ${join(stateFolder, 'log')}`);
  return failed === 0 ? 0 : 1;
}

function print({ title, expected, got, milliseconds }: Step): void {
  const isGood = expected === got;
  const time = `${milliseconds.toFixed(0).padStart(6)} ms`;
  console.log(
    `${isGood ? 'ok  ' : 'FAIL'} ${time}  ${title}\n                 expected ${expected}`,
  );
  console.log(`                 got      ${got}`);
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
