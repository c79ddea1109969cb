import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { runProcess } from '../../cli/commandLine.ts';
import { onStopSignal } from '../stack/onStopSignal.ts';
import { startStack, type StackDescription, type StackOptions } from '../stack/startStack.ts';
import { PROJECT_ROOT } from '../../node/projectRoot.ts';
import { playIntune } from './playIntune.ts';
import { OuterClient } from './outerClient.ts';
import { OUTAGE_IN_SECONDS, playAfterOutage, playBeforeOutage } from './playOutage.ts';
import type { Step } from './play.ts';
import { playPolicies } from './playPolicies.ts';
import { playSources } from './playSources.ts';
import { playThreats } from './playThreats.ts';
import { playDeliveries } from './playDeliveries.ts';

const usage = `usage: npm run demo

Starts the system on a temporary folder, plays the scenarios, and exits with 1 if a step fails.`;

/** Starts the system on the folder and plays the scenarios. Returns the number of failed steps. */
async function play(stateFolder: string, signal: AbortSignal): Promise<number> {
  console.log('starting the system on this machine …');
  const steps: Step[] = [];
  const report = (step: Step): void => {
    signal.throwIfAborted();
    steps.push(step);
    print(step);
  };
  await withSystem({ stateFolder, signal, withGraph: true }, async (client, { graph, storage }) => {
    await playThreats(client, report);
    await playSources(client, storage, stateFolder, report);
    await playPolicies(client, report);
    await playDeliveries(client, report);
    if (graph !== undefined) await playIntune(client, graph, report);
    await playBeforeOutage(client, report);
  });
  console.log('restarting the system with its clock 8 days ahead …');
  await withSystem({ stateFolder, signal, clockOffsetInSeconds: OUTAGE_IN_SECONDS }, (client) =>
    playAfterOutage(client, report),
  );
  const failed = steps.filter(({ expected, got }) => expected !== got).length;
  console.log(
    `\n${String(steps.length - failed)} of ${String(steps.length)} steps returned the expected answer`,
  );
  return failed;
}

/** Runs a system until `use` ends, or until the signal aborts. */
async function withSystem(
  options: StackOptions & { readonly signal: AbortSignal },
  use: (client: OuterClient, system: StackDescription) => Promise<void>,
): Promise<void> {
  const { signal, clockOffsetInSeconds = 0 } = options;
  const stack = await startStack(options);
  const now = (): Date => new Date(Date.now() + clockOffsetInSeconds * 1000);
  try {
    const client = new OuterClient(stack.description, now);
    await Promise.race([use(client, stack.description), untilAborted(signal)]);
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
  const verdict = expected === got ? 'ok  ' : 'FAIL';
  const time = `${milliseconds.toFixed(0).padStart(6)} ms`;
  const indent = ' '.repeat(16);
  console.log(`${verdict} ${time}  ${title}`);
  console.log(`${indent}expected  ${expected}\n${indent}got       ${got}`);
}

/** Copies the logs of a failed run out of the temporary folder. */
function keepLogs(stateFolder: string): void {
  const kept = join(PROJECT_ROOT, '.local/demo-log', basename(stateFolder));
  cpSync(join(stateFolder, 'log'), kept, { recursive: true });
  console.log(`logs are in ${kept}`);
}

/** Plays the demo in a temporary folder until it ends or is stopped. Returns the exit code. */
async function main(): Promise<number> {
  const stateFolder = mkdtempSync(join(tmpdir(), 'mtd-demo-'));
  process.on('exit', () => rmSync(stateFolder, { recursive: true, force: true }));
  const stopping = new AbortController();
  onStopSignal(() => stopping.abort());
  try {
    const failed = await play(stateFolder, stopping.signal);
    if (failed > 0) keepLogs(stateFolder);
    return failed === 0 ? 0 : 1;
  } catch (error) {
    if (!stopping.signal.aborted) {
      console.error(error);
      keepLogs(stateFolder);
    }
    return 1;
  }
}

process.exit(await runProcess({ script: 'demo', usage, options: {} }, main));
