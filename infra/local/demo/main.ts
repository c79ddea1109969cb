import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStack, type StackOptions } from '../stack/startStack.ts';
import { OuterClient } from './outerClient.ts';
import { OUTAGE_IN_SECONDS, playAfterOutage, playBeforeOutage } from './outageScenario.ts';
import type { Step } from './play.ts';
import { playPolicies } from './policyScenarios.ts';
import { playThreats } from './threatScenarios.ts';

/** `npm run demo`: starts the system on a folder of its own, plays the scenarios, and ends with 0 if all hold. */
async function main(): Promise<number> {
  const stateFolder = mkdtempSync(join(tmpdir(), 'mtd-demo-'));
  console.log('starting the system on this machine …');
  const steps: Step[] = [];
  const report = (step: Step): void => {
    steps.push(step);
    print(step);
  };
  await withSystem({ stateFolder }, async (client) => {
    await playThreats(client, report);
    await playPolicies(client, report);
    await playBeforeOutage(client, report);
  });
  console.log('the system sleeps, and wakes 8 days later …');
  await withSystem({ stateFolder, clockOffsetInSeconds: OUTAGE_IN_SECONDS }, (client) =>
    playAfterOutage(client, report),
  );
  const failed = steps.filter(({ expected, got }) => expected !== got).length;
  console.log(
    `\n${String(steps.length - failed)} of ${String(steps.length)} steps went as expected`,
  );
  if (failed === 0) rmSync(stateFolder, { recursive: true });
  else console.log(`logs are in ${join(stateFolder, 'log')}`);
  return failed === 0 ? 0 : 1;
}

/** Runs a system for as long as `play` takes. */
async function withSystem(
  options: StackOptions,
  play: (client: OuterClient) => Promise<void>,
): Promise<void> {
  const stack = await startStack(options);
  const offsetInMilliseconds = (options.clockOffsetInSeconds ?? 0) * 1000;
  try {
    await play(
      new OuterClient(stack.description, () => new Date(Date.now() + offsetInMilliseconds)),
    );
  } finally {
    await stack.stop();
  }
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
