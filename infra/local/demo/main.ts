import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onStopSignal } from '../stack/onStopSignal.ts';
import { startStack, type StackOptions } from '../stack/startStack.ts';
import { OuterClient } from './outerClient.ts';
import { OUTAGE_IN_SECONDS, playAfterOutage, playBeforeOutage } from './outageScenario.ts';
import type { Step } from './play.ts';
import { playPolicies } from './policyScenarios.ts';
import { playThreats } from './threatScenarios.ts';

/** `npm run demo`: starts the system on a folder of its own, plays the scenarios, and ends with 0 if all hold. */
async function main(stateFolder: string, signal: AbortSignal): Promise<number> {
  console.log('starting the system on this machine …');
  const steps: Step[] = [];
  const report = (step: Step): void => {
    signal.throwIfAborted();
    steps.push(step);
    print(step);
  };
  await withSystem({ stateFolder, signal }, async (client) => {
    await playThreats(client, report);
    await playPolicies(client, report);
    await playBeforeOutage(client, report);
  });
  console.log('the system sleeps, and wakes 8 days later …');
  await withSystem({ stateFolder, signal, clockOffsetInSeconds: OUTAGE_IN_SECONDS }, (client) =>
    playAfterOutage(client, report),
  );
  const failed = steps.filter(({ expected, got }) => expected !== got).length;
  console.log(
    `\n${String(steps.length - failed)} of ${String(steps.length)} steps went as expected`,
  );
  return failed;
}

/** Runs a system for as long as `play` takes, or until it is asked to stop. */
async function withSystem(
  options: StackOptions & { readonly signal: AbortSignal },
  play: (client: OuterClient) => Promise<void>,
): Promise<void> {
  const { signal, clockOffsetInSeconds = 0 } = options;
  const stack = await startStack(options);
  const now = (): Date => new Date(Date.now() + clockOffsetInSeconds * 1000);
  try {
    await Promise.race([play(new OuterClient(stack.description, now)), untilAborted(signal)]);
  } finally {
    await stack.stop();
  }
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });
}

function print({ title, expected, got, milliseconds }: Step): void {
  const isGood = expected === got;
  const time = `${milliseconds.toFixed(0).padStart(6)} ms`;
  console.log(
    `${isGood ? 'ok  ' : 'FAIL'} ${time}  ${title}\n                 expected ${expected}`,
  );
  console.log(`                 got      ${got}`);
}

const stateFolder = mkdtempSync(join(tmpdir(), 'mtd-demo-'));
const stopping = new AbortController();
onStopSignal(() => stopping.abort());

main(stateFolder, stopping.signal).then(
  (failed) => {
    if (failed === 0) rmSync(stateFolder, { recursive: true });
    else console.log(`logs are in ${join(stateFolder, 'log')}`);
    process.exit(failed === 0 ? 0 : 1);
  },
  (error: unknown) => {
    if (stopping.signal.aborted) rmSync(stateFolder, { recursive: true, force: true });
    else console.error(error);
    process.exit(1);
  },
);
