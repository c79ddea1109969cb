import type { CommandIo } from '../../../infra/cli/commandIo.ts';
import { runCommandLine } from '../../../infra/cli/commandLine.ts';
import { readCount } from '../../../infra/cli/readCount.ts';
import { measureMemory } from './measureMemory.ts';
import { proveSources, type ProofOutcome } from './sourcesProof.ts';

const USAGE = `usage: npm run sources-proof -- [--events N] [--kills N] [--expiries N] [--seed N] [--memory]

  --events N     fetch N exported events; 100000 by default
  --kills N      kill the worker N times; 100 by default
  --expiries N   let its position expire N times; 20 by default
  --seed N       the seed of all chances; 1 by default
  --memory       measure the memory of a worker that fetches the events without faults, instead

5 % of the events come twice, and 5 % of the connections are cut.
Exit codes: 0 no event is lost, none counts twice and every phone's state equals the reference, 1 otherwise (with
--memory: at most 200 MiB), 2 usage error.`;

const OPTIONS = {
  events: { type: 'string', default: '100000' },
  kills: { type: 'string', default: '100' },
  expiries: { type: 'string', default: '20' },
  seed: { type: 'string', default: '1' },
  memory: { type: 'boolean', default: false },
} as const;

const MAX_MEMORY_IN_MEBIBYTES = 200;

/** Runs `npm run sources-proof -- {argv}` and returns its exit code. */
export function runSourcesProof(argv: readonly string[], io: CommandIo): Promise<number> {
  const line = { script: 'sources-proof', usage: USAGE, options: OPTIONS };
  return runCommandLine(line, { argv, io }, ({ values }) => {
    const events = readCount('events', values.events, 1);
    const kills = readCount('kills', values.kills, 0);
    const expiries = readCount('expiries', values.expiries, 0);
    const seed = readCount('seed', values.seed, 0);
    return values.memory ? measure(events, io) : prove({ events, kills, expiries, seed }, io);
  });
}

async function prove(
  options: { events: number; kills: number; expiries: number; seed: number },
  io: CommandIo,
): Promise<number> {
  const onProgress = (what: string): void => io.printError(what);
  const shares = { repeatsInPercent: 5, cutsInPercent: 5 };
  const outcome = await proveSources({ ...options, ...shares, onProgress });
  io.print(toSummary(outcome));
  const { lost, differing, counted } = outcome;
  return lost === 0 && differing.length === 0 && counted === options.events ? 0 : 1;
}

function toSummary(outcome: ProofOutcome): string {
  const { lost, differing, counted, repeated, kills, expiries, cuts } = outcome;
  return [
    `${String(counted)} events counted, ${String(lost)} lost, ${String(differing.length)} phones differ from the reference`,
    `${String(kills)} kills, ${String(expiries)} expired positions, ${String(cuts)} cut connections`,
    `${String(repeated)} signals were queued again, which changes nothing`,
  ].join('\n');
}

async function measure(events: number, io: CommandIo): Promise<number> {
  const { counted, peakInMebibytes, seconds } = await measureMemory(events);
  io.print(
    `${String(counted)} events in ${seconds.toFixed(0)} s; at most ${peakInMebibytes.toFixed(0)} MiB of memory`,
  );
  return counted === events && peakInMebibytes <= MAX_MEMORY_IN_MEBIBYTES ? 0 : 1;
}
