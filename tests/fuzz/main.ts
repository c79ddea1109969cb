import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startStack } from '../../infra/local/stack/startStack.ts';
import { fuzz, toText } from './fuzz.ts';

/** `npm run fuzz -- [--requests N] [--seed SEED]`: ends with 0 where nothing was found. */
const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
  },
});
const stateFolder = mkdtempSync(join(tmpdir(), 'mtd-fuzz-'));
// What it keeps for good would end it: 160 MiB are a third more than it needs.
const workerOptions = ['--max-old-space-size=160'];
const stack = await startStack({ stateFolder, workerOptions });
const count = Number(values.requests);
const began = performance.now();
const { findings, statuses, memory } = await fuzz(stack, Number(values.seed), count, (done) => {
  if (process.stderr.isTTY) process.stderr.write(`\r${String(done)} of ${String(count)}`);
});
const seconds = (performance.now() - began) / 1000;
await stack.stop();
const log = readFileSync(join(stateFolder, 'log/functionsHost.log'), 'utf8');
rmSync(stateFolder, { recursive: true });
const uncaught = log.match(/uncaught|unhandled/gi)?.length ?? 0;
console.log(
  `${String(count)} requests in ${seconds.toFixed(0)} s, answered ${JSON.stringify(statuses)}`,
);
console.log(
  `${String(findings.length)} findings, ${String(uncaught)} uncaught errors, memory after each tenth: ${memory.join(', ')} MiB`,
);
const kinds = Map.groupBy(
  findings,
  ({ problem, request }) =>
    `${problem.slice(0, 40)} ${request.method} ${request.path.split(/[?]/)[0]?.slice(0, 40) ?? ''}`,
);
for (const [, [first]] of [...kinds].slice(0, 25))
  if (first !== undefined) console.log(`\n${first.problem}\n${toText(first.request)}`);
process.exitCode = findings.length + uncaught === 0 ? 0 : 1;
