import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startStack } from '../../../infra/local/stack/startStack.ts';
import { runMain } from '../../../infra/cli/command.ts';
import { writePackage } from '../../../infra/package/writePackage.ts';
import { readCount } from '../../../infra/cli/readCount.ts';
import { fuzz, type Finding, type FuzzOutcome } from './fuzz.ts';
import { toGrowth } from './toGrowth.ts';
import { toText } from './toText.ts';
import { startSurroundings } from './surroundings.ts';

const USAGE = `usage: npm run fuzz -- [--requests N] [--seed N]

  --requests  how many, 20000 unless said otherwise
  --seed      of the dice, 1 unless said otherwise

Ends with 1 where an answer shows what it must not (a 5xx, no answer, something of the inside) or an error was not
caught; and, from 100000 requests, where the memory of the worker is more than 1.15 times as much after the last tenth
as after the fifth: the first half is its warm-up.`;
// What it keeps for good would end it: 160 MiB are a third more than it needs.
const WORKER_OPTIONS = ['--max-old-space-size=160'];

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      requests: { type: 'string', default: '20000' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const count = readCount('requests', values.requests, 1);
  const { outcome, seconds, uncaught } = await run(readCount('seed', values.seed, 0), count);
  const { findings, statuses, memory } = outcome;
  console.log(
    `${String(count)} requests in ${seconds.toFixed(0)} s, answered ${JSON.stringify(statuses)}`,
  );
  console.log(
    `${String(findings.length)} findings, ${String(uncaught)} uncaught errors, memory after each tenth: ${memory.join(', ')} MiB`,
  );
  show(findings);
  const growth = toGrowth(memory, count);
  if (growth !== undefined) console.log(growth);
  return findings.length + uncaught === 0 && growth === undefined ? 0 : 1;
}

async function run(
  seed: number,
  count: number,
): Promise<{
  readonly outcome: FuzzOutcome;
  readonly seconds: number;
  readonly uncaught: number;
}> {
  const stateFolder = mkdtempSync(join(tmpdir(), 'mtd-fuzz-'));
  const surroundings = await startSurroundings();
  // What is deployed is what is asked.
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
    onProgress(done) {
      const { isTTY } = process.stderr;
      if (!isTTY && done % 20_000 !== 0) return;
      const passed = ((performance.now() - began) / 1000).toFixed(0);
      const line = `${String(done)} of ${String(count)}, ${passed} s`;
      process.stderr.write(isTTY ? `\r${line}` : `${line}\n`);
    },
  });
  const seconds = (performance.now() - began) / 1000;
  await stack.stop();
  await surroundings.stop();
  const log = readFileSync(join(stateFolder, 'log/functionsHost.log'), 'utf8');
  rmSync(stateFolder, { recursive: true });
  return { outcome, seconds, uncaught: log.match(/uncaught|unhandled/gi)?.length ?? 0 };
}

/** One of each kind, as far as somebody can read them. */
function show(findings: readonly Finding[]): void {
  const kinds = Map.groupBy(
    findings,
    ({ problem, request }) =>
      `${problem.slice(0, 40)} ${request.method} ${request.path.split(/[?]/)[0]?.slice(0, 40) ?? ''}`,
  );
  for (const [, [first]] of [...kinds].slice(0, 25))
    if (first !== undefined) console.log(`\n${first.problem}\n${toText(first.request)}`);
}

runMain(main, 'fuzz');
