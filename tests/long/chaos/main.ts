import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writePackage } from '../../../infra/package/writePackage.ts';
import { runMain } from '../../../infra/cli/command.ts';
import { readCount } from '../../../infra/cli/readCount.ts';
import { chaos } from './chaos.ts';
import { toSummary } from './toSummary.ts';

const USAGE = `usage: npm run chaos -- [--events N] [--kills N] [--seed N]

  --events N   so many events are sent, 5000 unless said otherwise
  --kills N    so many times a process is killed meanwhile, 50 unless said otherwise
  --seed N     what is sent and what is done to whom, 1 unless said otherwise

Ends with 0 if nothing is lost and nothing is wrong; else the logs stay.`;
const SHOWN = 20;

/** Returns the exit code. @throws TypeError, UsageError where the arguments are wrong. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      events: { type: 'string', default: '5000' },
      kills: { type: 'string', default: '50' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const events = readCount('events', values.events, 1);
  const kills = readCount('kills', values.kills, 0);
  const seed = readCount('seed', values.seed, 0);
  const stateFolder = mkdtempSync(join(tmpdir(), 'mtd-chaos-'));
  // What is deployed is what is killed.
  const packageFolder = join(stateFolder, 'package');
  await writePackage(packageFolder);
  const began = performance.now();
  const outcome = await chaos({
    seed,
    events,
    kills,
    stack: { stateFolder, packageFolder },
    onProgress(killed, acknowledged) {
      if (killed % Math.ceil(kills / 50) !== 0 && !process.stderr.isTTY) return;
      const seconds = ((performance.now() - began) / 1000).toFixed(0);
      process.stderr.write(
        `${process.stderr.isTTY ? '\r' : ''}${String(killed)} kills, ${String(acknowledged)} events, ${seconds} s${process.stderr.isTTY ? '' : '\n'}`,
      );
    },
  }).catch((error: unknown) => {
    console.error(error);
  });
  if (outcome !== undefined) console.log(toSummary(outcome));
  const { lost = [], wrong = [], deadLetters = [], deaths = [], unsettled = [] } = outcome ?? {};
  const findings = [...unsettled, ...lost, ...wrong, ...deadLetters, ...deaths];
  if (outcome !== undefined && findings.length === 0) {
    rmSync(stateFolder, { recursive: true });
    return 0;
  }
  for (const finding of findings.slice(0, SHOWN)) console.log(finding);
  console.log(`the logs are in ${join(stateFolder, 'log')}`);
  return 1;
}

// A client that was killed leaves a timer in the broker's library, which would keep this process for minutes.
runMain(async () => process.exit(await main()), 'chaos');
