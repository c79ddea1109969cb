import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { runCommandLine } from '../../../infra/cli/commandLine.ts';
import type { CommandIo } from '../../../infra/cli/commandIo.ts';
import { readCount } from '../../../infra/cli/readCount.ts';
import { createHistory } from './histories/createHistory.ts';
import type { Share } from './playShare.ts';
import type { SeedsOutcome } from './runSeeds.ts';
import { shrink, toText } from './shrink.ts';
import { simulate } from './simulate.ts';

const USAGE = `usage: npm run simulate -- [--seeds N] [--from SEED] [--seed SEED]

  --seeds N     play N histories on all cores; 2000 by default
  --from SEED   start with this seed; 1 by default
  --seed SEED   play this history only; it is the same each time

Exit codes: 0 every history passes, 1 a history fails (its smallest failing part is printed), 2 usage error.`;

const OPTIONS = {
  seeds: { type: 'string', default: '2000' },
  from: { type: 'string', default: '1' },
  seed: { type: 'string' },
} as const;

/** A history leaves hardly anything behind: with this much room little of it is copied to the old generation. */
const YOUNG_GENERATION_IN_MIB = 96;
const MAX_PROBLEMS = 10;
const MAX_PROBLEMS_OF_SMALLEST = 5;

/** Runs `npm run simulate -- {argv}` and returns its exit code. */
export function runSimulate(argv: readonly string[], io: CommandIo): Promise<number> {
  const line = { script: 'simulate', usage: USAGE, options: OPTIONS };
  return runCommandLine(line, { argv, io }, ({ values }) => {
    if (values.seed !== undefined) return playSeed(readCount('seed', values.seed, 0), io);
    const count = readCount('seeds', values.seeds, 1);
    return playSeeds(readCount('from', values.from, 0), count, io);
  });
}

async function playSeeds(from: number, count: number, io: CommandIo): Promise<number> {
  const began = performance.now();
  const outcomes = await playOnAllCores(from, count);
  const seconds = (performance.now() - began) / 1000;
  const histories = outcomes.reduce((sum, each) => sum + each.histories, 0);
  const steps = outcomes.reduce((sum, each) => sum + each.steps, 0);
  io.print(
    `${String(histories)} histories, ${String(steps)} steps, ${seconds.toFixed(0)} s, ${(histories / seconds).toFixed(0)} a second`,
  );
  const [failure] = outcomes.flatMap(({ failures }) => failures);
  if (failure !== undefined) return playSeed(failure.seed, io);
  io.print('0 lost, 0 wrong, 0 missing or contradictory transitions');
  return 0;
}

/** Each core takes its share of the seeds, in turn. */
function playOnAllCores(from: number, count: number): Promise<readonly SeedsOutcome[]> {
  const stride = Math.min(availableParallelism(), count);
  const shares = Array.from({ length: stride }, (_, at) => ({
    first: from + at,
    count: Math.ceil((count - at) / stride),
    stride,
  }));
  return Promise.all(shares.map(playInThread));
}

function playInThread(share: Share): Promise<SeedsOutcome> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL('playShare.ts', import.meta.url), {
      workerData: share,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_IN_MIB },
    });
    thread.once('message', resolve);
    thread.once('error', reject);
  });
}

/** Prints the history of the seed and, if it fails, its smallest failing part. */
async function playSeed(seed: number, io: CommandIo): Promise<number> {
  const history = createHistory(seed);
  const { problems } = await simulate(history);
  if (problems.length === 0) {
    io.print(`${toText(history)}\nthe history passes`);
    return 0;
  }
  for (const problem of problems.slice(0, MAX_PROBLEMS)) io.print(problem);
  const smallest = await shrink(history);
  io.print(`${toText(smallest)}\nfails:`);
  for (const problem of (await simulate(smallest)).problems.slice(0, MAX_PROBLEMS_OF_SMALLEST))
    io.print(`  ${problem}`);
  return 1;
}
