import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommandLine } from '../../../infra/cli/commandLine.ts';
import type { CommandIo } from '../../../infra/cli/commandIo.ts';
import { readCount } from '../../../infra/cli/readCount.ts';
import { startStack } from '../../../infra/local/stack/startStack.ts';
import { writePackage } from '../../../infra/package/writePackage.ts';
import { fuzz, type Finding, type FuzzOutcome } from './fuzz.ts';
import { startSurroundings } from './surroundings.ts';
import { toGrowth } from './toGrowth.ts';
import { toText } from './toText.ts';

const USAGE = `usage: npm run fuzz -- [--requests N] [--seed N]

  --requests N   send N requests; 20000 by default
  --seed N       seed of the requests; 1 by default

Exit codes: 0 no finding; 1 an answer is a 5xx, is missing or shows internals, or an error was not caught,
or a report made a phone with an open incident better off,
or, from 100000 requests on, the worker's memory after the last tenth is more than 1.15 times that after the fifth
(the first half warms it up); 2 usage error.`;

const OPTIONS = {
  requests: { type: 'string', default: '20000' },
  seed: { type: 'string', default: '1' },
} as const;

/** A leak would end the worker: 160 MiB is a third more than it needs. */
const WORKER_OPTIONS = ['--max-old-space-size=160'];
const MAX_PRINTED_KINDS = 25;
/** Without a terminal the progress is printed after so many requests. */
const PROGRESS_EVERY = 20_000;

interface Played {
  readonly outcome: FuzzOutcome;
  readonly seconds: number;
  /** Errors in the worker's log that nothing caught. */
  readonly uncaught: number;
}

/** Runs `npm run fuzz -- {argv}` and returns its exit code. */
export function runFuzz(argv: readonly string[], io: CommandIo): Promise<number> {
  const line = { script: 'fuzz', usage: USAGE, options: OPTIONS };
  return runCommandLine(line, { argv, io }, async ({ values }) => {
    const count = readCount('requests', values.requests, 1);
    return report(await play(readCount('seed', values.seed, 0), count, io), count, io);
  });
}

async function play(seed: number, count: number, io: CommandIo): Promise<Played> {
  const stateFolder = mkdtempSync(join(tmpdir(), 'mtd-fuzz-'));
  const surroundings = await startSurroundings();
  // The requests go to the package that is deployed.
  const packageFolder = join(stateFolder, 'package');
  await writePackage(packageFolder);
  const stack = await startStack({
    stateFolder,
    packageFolder,
    settings: surroundings.settings,
    withGraph: true,
    workerOptions: WORKER_OPTIONS,
  });
  const began = performance.now();
  const outcome = await fuzz(surroundings.toTarget(stack, stateFolder), seed, count, {
    onProgress: showProgress(count, io),
  });
  const seconds = (performance.now() - began) / 1000;
  await stack.stop();
  await surroundings.stop();
  const log = readFileSync(join(stateFolder, 'log/functionsHost.log'), 'utf8');
  rmSync(stateFolder, { recursive: true });
  return { outcome, seconds, uncaught: log.match(/uncaught|unhandled/gi)?.length ?? 0 };
}

function showProgress(count: number, { redraw, printError }: CommandIo): (done: number) => void {
  const began = performance.now();
  return (done) => {
    const seconds = ((performance.now() - began) / 1000).toFixed(0);
    const line = `${String(done)} of ${String(count)}, ${seconds} s`;
    if (redraw !== undefined) redraw(`\r${line}`);
    else if (done % PROGRESS_EVERY === 0) printError(line);
  };
}

function report({ outcome, seconds, uncaught }: Played, count: number, io: CommandIo): number {
  const { findings, statuses, memory, compared } = outcome;
  io.print(
    `${String(count)} requests in ${seconds.toFixed(0)} s, answered ${JSON.stringify(statuses)}`,
  );
  io.print(`${String(compared)} reports about a phone with an open incident`);
  io.print(
    `${String(findings.length)} findings, ${String(uncaught)} uncaught errors, memory after each tenth: ${memory.join(', ')} MiB`,
  );
  for (const { problem, request } of firstOfEachKind(findings).slice(0, MAX_PRINTED_KINDS))
    io.print(`\n${problem}\n${toText(request)}`);
  const growth = toGrowth(memory, count);
  if (growth !== undefined) io.print(growth);
  return findings.length + uncaught === 0 && growth === undefined ? 0 : 1;
}

/** Findings are of one kind if their problems and paths begin alike. */
function firstOfEachKind(findings: readonly Finding[]): readonly Finding[] {
  const kinds = Map.groupBy(
    findings,
    ({ problem, request: { method, path } }) =>
      `${problem.slice(0, 40)} ${method} ${path.split('?')[0]?.slice(0, 40) ?? ''}`,
  );
  return [...kinds.values()].flatMap((each) => each.slice(0, 1));
}
