import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { CommandIo } from '../../../infra/cli/commandIo.ts';
import { runCommandLine } from '../../../infra/cli/commandLine.ts';
import { readCount } from '../../../infra/cli/readCount.ts';
import { OuterClient } from '../../../infra/local/demo/outerClient.ts';
import { startStack } from '../../../infra/local/stack/startStack.ts';
import { createPlan } from './createPlan.ts';
import { play, toBody } from './play.ts';
import type { Plan } from './plan.ts';
import { playAllOverHttp, prepareSystem } from './playOverHttp.ts';
import type { Share, ShareOutcome } from './playPlans.ts';
import { shrink } from './shrink.ts';

const USAGE = `usage: npm run near-valid -- [--events N] [--http N] [--from SEED] [--seed SEED]

  --events N    play N near-valid events on all cores; 20000 by default
  --http N      send the events of N more plans to a local system over HTTP; one for 1000 events by default
  --from SEED   start with this seed; 1 by default
  --seed SEED   play the plan of this seed only; it is the same each time

Exit codes: 0 no device is better off than the reference says, and no answer is a 5xx; 1 otherwise (the smallest failing
requests are printed); 2 usage error.`;

const OPTIONS = {
  events: { type: 'string', default: '20000' },
  http: { type: 'string' },
  from: { type: 'string', default: '1' },
  seed: { type: 'string' },
} as const;

const EVENTS_PER_HTTP_PLAN = 1000;
const MAX_PRINTED = 5;
const BEGINNING = Date.parse('2026-01-01T12:00:00.000Z');

/** Runs `npm run near-valid -- {argv}` and returns its exit code. */
export function runNearValid(argv: readonly string[], io: CommandIo): Promise<number> {
  const line = { script: 'near-valid', usage: USAGE, options: OPTIONS };
  return runCommandLine(line, { argv, io }, async ({ values }) => {
    if (values.seed !== undefined) return playSeed(readCount('seed', values.seed, 0), io);
    const events = readCount('events', values.events, 1);
    const from = readCount('from', values.from, 0);
    const plans =
      values.http === undefined
        ? Math.ceil(events / EVENTS_PER_HTTP_PLAN)
        : readCount('http', values.http, 0);
    const inProcess = await playEvents(from, events, io);
    return (await playHttp(from, plans, io)) + inProcess === 0 ? 0 : 1;
  });
}

async function playEvents(from: number, events: number, io: CommandIo): Promise<number> {
  const began = performance.now();
  const outcomes = await playOnAllCores(from, events);
  const seconds = (performance.now() - began) / 1000;
  const sum = (name: Exclude<keyof ShareOutcome, 'failures'>): number =>
    outcomes.reduce((total, each) => total + each[name], 0);
  const failures = outcomes.flatMap((each) => each.failures);
  const largest = Math.max(...outcomes.map(({ largestRecord }) => largestRecord));
  io.print(
    `${String(sum('nearValid'))} near-valid events in ${String(sum('plans'))} plans, ${seconds.toFixed(0)} s: the reference blocks ${String(sum('mustBlock'))} decisions, the product allows ${String(sum('allowed'))} others; the largest record has ${String(largest)} bytes`,
  );
  io.print(
    failures.length === 0
      ? '0 devices better off than the reference says, 0 5xx'
      : `${String(failures.length)} plans fail: ${failures.slice(0, MAX_PRINTED).join(', ')}`,
  );
  for (const seed of failures.slice(0, MAX_PRINTED)) await playSeed(seed, io);
  return failures.length;
}

/** Each core takes its share of the seeds, in turn. */
function playOnAllCores(from: number, events: number): Promise<readonly ShareOutcome[]> {
  const stride = Math.min(availableParallelism(), events);
  const shares = Array.from({ length: stride }, (_, at) => ({
    first: from + at,
    stride,
    events: Math.ceil(events / stride),
  }));
  return Promise.all(shares.map(playInThread));
}

function playInThread(share: Share): Promise<ShareOutcome> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL('playShare.ts', import.meta.url), { workerData: share });
    thread.once('message', resolve);
    thread.once('error', reject);
  });
}

/** Plays the plans over HTTP on a system of their own. Returns the number of problems. */
async function playHttp(from: number, count: number, io: CommandIo): Promise<number> {
  if (count === 0) return 0;
  const stateFolder = mkdtempSync(join(tmpdir(), 'mtd-near-valid-'));
  const stack = await startStack({ stateFolder });
  try {
    const client = new OuterClient(stack.description);
    await prepareSystem(client);
    const plans = Array.from({ length: count }, (_, at) => createPlan(from + at));
    const problems = await playAllOverHttp(client, plans);
    io.print(`${String(count)} plans over HTTP: ${String(problems.length)} problems`);
    for (const problem of problems.slice(0, MAX_PRINTED)) io.print(problem);
    return problems.length;
  } finally {
    await stack.stop();
    rmSync(stateFolder, { recursive: true });
  }
}

/** Prints the requests of the seed and, if they fail, the smallest ones that do. */
async function playSeed(seed: number, io: CommandIo): Promise<number> {
  const plan = createPlan(seed);
  const { problems } = await play(plan);
  if (problems.length === 0) {
    io.print(`${toLines(plan)}\nthe plan passes`);
    return 0;
  }
  const smallest = await shrink(plan);
  io.print(`${toLines(smallest)}\nfails:`);
  for (const problem of (await play(smallest)).problems) io.print(`  ${problem}`);
  return 1;
}

const MAX_LINE = 3000;

function toLines({ seed, steps }: Plan): string {
  const lines = steps.map(
    (step) => `  ${step.source} ${toBody(step, BEGINNING).slice(0, MAX_LINE)}`,
  );
  return [`seed ${String(seed)}:`, ...lines].join('\n');
}
