import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runCommand } from '../../../infra/cli/command.ts';
import type { CommandIo } from '../../../infra/cli/commandIo.ts';
import { readCount } from '../../../infra/cli/readCount.ts';
import { writePackage } from '../../../infra/package/writePackage.ts';
import { chaos, type ChaosOutcome } from './chaos.ts';
import { toSummary } from './toSummary.ts';

const USAGE = `usage: npm run chaos -- [--events N] [--kills N] [--seed N]

  --events N   send N events; 5000 by default
  --kills N    kill a process N times meanwhile; 50 by default
  --seed N     seed of the events and of the faults; 1 by default

Exit codes: 0 no event is lost and no state is wrong, 1 otherwise (the logs are kept), 2 usage error.`;

const OPTIONS = {
  events: { type: 'string', default: '5000' },
  kills: { type: 'string', default: '50' },
  seed: { type: 'string', default: '1' },
  help: { type: 'boolean', default: false },
} as const;

const MAX_PRINTED_FINDINGS = 20;
/** Without a terminal the progress is printed about so many times. */
const PROGRESS_LINES = 50;

/** Runs `npm run chaos -- {argv}` and returns its exit code. */
export function runChaos(argv: readonly string[], io: CommandIo): Promise<number> {
  return runCommand('chaos', io, async () => {
    const { values } = parseArgs({ args: [...argv], options: OPTIONS });
    if (values.help) {
      io.print(USAGE);
      return 0;
    }
    const events = readCount('events', values.events, 1);
    const kills = readCount('kills', values.kills, 0);
    const seed = readCount('seed', values.seed, 0);
    return play({ seed, events, kills }, io);
  });
}

async function play(
  plan: { readonly seed: number; readonly events: number; readonly kills: number },
  io: CommandIo,
): Promise<number> {
  const stateFolder = mkdtempSync(join(tmpdir(), 'mtd-chaos-'));
  // The processes run the package that is deployed.
  const packageFolder = join(stateFolder, 'package');
  await writePackage(packageFolder);
  const onProgress = showProgress(plan.kills, io);
  const findings = await chaos({ ...plan, stack: { stateFolder, packageFolder }, onProgress }).then(
    (outcome) => {
      io.print(toSummary(outcome));
      return toFindings(outcome);
    },
    (error: unknown) => [error instanceof Error ? (error.stack ?? '') : String(error)],
  );
  if (findings.length === 0) {
    rmSync(stateFolder, { recursive: true });
    return 0;
  }
  for (const finding of findings.slice(0, MAX_PRINTED_FINDINGS)) io.print(finding);
  io.print(`the logs are in ${join(stateFolder, 'log')}`);
  return 1;
}

function toFindings(outcome: ChaosOutcome): readonly string[] {
  const { unsettled, lost, wrong, deadLetters, deaths } = outcome;
  return [...unsettled, ...lost, ...wrong, ...deadLetters, ...deaths];
}

/** On a terminal one line shows the progress after each kill. */
function showProgress(
  kills: number,
  { redraw, printError }: CommandIo,
): (killed: number, acknowledged: number) => void {
  const began = performance.now();
  const every = Math.ceil(kills / PROGRESS_LINES);
  return (killed, acknowledged) => {
    const seconds = ((performance.now() - began) / 1000).toFixed(0);
    const line = `${String(killed)} kills, ${String(acknowledged)} events, ${seconds} s`;
    if (redraw !== undefined) redraw(`\r${line}`);
    else if (killed % every === 0) printError(line);
  };
}
