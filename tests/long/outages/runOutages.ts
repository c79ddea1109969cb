import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommandLine } from '../../../infra/cli/commandLine.ts';
import type { CommandIo } from '../../../infra/cli/commandIo.ts';
import { readCount } from '../../../infra/cli/readCount.ts';
import { writePackage } from '../../../infra/package/writePackage.ts';
import { outages, type OutageOutcome } from './outages.ts';

const USAGE = `usage: npm run outages -- [--events N] [--seconds N]

  --events N    send N events; 10000 by default
  --seconds N   how long the database is away, and how long a secret is misspelt; 600 by default

Then the worker is replaced while events are sent.
Exit codes: 0 no event is lost and none is left in the dead letters, 1 otherwise (the logs are kept), 2 usage error.`;

const OPTIONS = {
  events: { type: 'string', default: '10000' },
  seconds: { type: 'string', default: '600' },
} as const;

const MAX_PRINTED_FINDINGS = 20;

/** Runs `npm run outages -- {argv}` and returns its exit code. */
export function runOutages(argv: readonly string[], io: CommandIo): Promise<number> {
  const line = { script: 'outages', usage: USAGE, options: OPTIONS };
  return runCommandLine(line, { argv, io }, ({ values }) =>
    play(readCount('events', values.events, 1), readCount('seconds', values.seconds, 1), io),
  );
}

async function play(events: number, secondsAnOutage: number, io: CommandIo): Promise<number> {
  const stateFolder = mkdtempSync(join(tmpdir(), 'mtd-outages-'));
  // The processes run the package that is deployed.
  const packageFolder = join(stateFolder, 'package');
  await writePackage(packageFolder);
  const stack = { stateFolder, packageFolder };
  const onProgress = (what: string): void => io.printError(what);
  const outcome = await outages({ events, secondsAnOutage, stack, onProgress });
  io.print(toSummary(outcome));
  if (outcome.lost.length === 0 && outcome.deadLettersLeft === 0) {
    rmSync(stateFolder, { recursive: true });
    return 0;
  }
  for (const finding of outcome.lost.slice(0, MAX_PRINTED_FINDINGS)) io.print(finding);
  io.print(`the logs are in ${join(stateFolder, 'log')}`);
  return 1;
}

function toSummary(outcome: OutageOutcome): string {
  const { acknowledged, devices, refused, lost, settledAfterInSeconds } = outcome;
  const { deadLetters, deadLettersLeft } = outcome;
  return [
    `${String(acknowledged)} events of ${String(devices)} devices, ${String(refused)} requests sent again`,
    `devices that lost one: ${String(lost.length)}; dead letters: ${String(deadLetters)}, after a replay ${String(deadLettersLeft)}`,
    `settled ${settledAfterInSeconds.toFixed(0)} s after the last outage`,
  ].join('\n');
}
