import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { runMain } from '../../../infra/cli/command.ts';
import { readCount } from '../../../infra/cli/readCount.ts';
import { createHistory } from './history.ts';
import { runSeeds, type SeedsOutcome } from './runSeeds.ts';
import { shrink, toText } from './shrink.ts';
import { simulate } from './simulate.ts';

const USAGE = `usage: npm run simulate -- [--seeds N] [--from SEED] [--seed SEED]

  --seeds N     so many histories, 2000 unless said otherwise, on all cores
  --from SEED   from this one on, 1 unless said otherwise
  --seed SEED   this one alone, step by step the same each time

Ends with 0 if nothing went wrong; else the smallest history that goes wrong is shown.`;

interface Share {
  readonly first: number;
  readonly count: number;
  readonly stride: number;
}

/** Nearly all that a history makes is gone with it: the more room, the less is carried from one half to the other. */
const YOUNG_GENERATION_IN_MIB = 96;

/** Each of the cores takes as many of the seeds, in turn. */
function runOnAllCores(from: number, count: number): Promise<readonly SeedsOutcome[]> {
  const stride = Math.min(availableParallelism(), count);
  const shares = Array.from({ length: stride }, (_, at) => ({
    first: from + at,
    count: Math.ceil((count - at) / stride),
    stride,
  }));
  return Promise.all(
    shares.map(
      (share) =>
        new Promise<SeedsOutcome>((resolve, reject) => {
          const worker = new Worker(new URL(import.meta.url), {
            workerData: share,
            resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_IN_MIB },
          });
          worker.once('message', resolve);
          worker.once('error', reject);
        }),
    ),
  );
}

/** Returns the exit code. @throws TypeError, UsageError where the arguments are wrong. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '2000' },
      from: { type: 'string', default: '1' },
      seed: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  if (values.seed !== undefined) return showSeed(readCount('seed', values.seed, 0));
  const count = readCount('seeds', values.seeds, 1);
  const from = readCount('from', values.from, 0);
  const began = performance.now();
  const outcomes = await runOnAllCores(from, count);
  const seconds = (performance.now() - began) / 1000;
  const histories = outcomes.reduce((sum, each) => sum + each.histories, 0);
  const steps = outcomes.reduce((sum, each) => sum + each.steps, 0);
  console.log(
    `${String(histories)} histories, ${String(steps)} steps, ${seconds.toFixed(0)} s, ${(histories / seconds).toFixed(0)} a second`,
  );
  const [failure] = outcomes.flatMap(({ failures }) => failures);
  if (failure === undefined) {
    console.log('0 lost, 0 wrong, 0 missing or contradictory transitions');
    return 0;
  }
  return showSeed(failure.seed);
}

async function showSeed(seed: number): Promise<number> {
  const history = createHistory(seed);
  const { problems } = await simulate(history);
  if (problems.length === 0) {
    console.log(`${toText(history)}\nnothing goes wrong`);
    return 0;
  }
  for (const problem of problems.slice(0, 10)) console.log(problem);
  const smallest = await shrink(history);
  console.log(`${toText(smallest)}\ngoes wrong so:`);
  for (const problem of (await simulate(smallest)).problems.slice(0, 5))
    console.log(`  ${problem}`);
  return 1;
}

if (isMainThread) runMain(main, 'simulate');
else {
  const { first, count, stride } = workerData as Share;
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- to a thread, not to a window
  parentPort?.postMessage(await runSeeds(first, count, stride));
  process.exit();
}
