import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UsageError } from '../../infra/cli/command.ts';
import { runProcess, type ReadCommandLine } from '../../infra/cli/commandLine.ts';
import { readCount } from '../../infra/cli/readCount.ts';
import { measureSignature, measureValidation } from './core.ts';
import { measureEvaluation } from './evaluation/measureEvaluation.ts';
import { measureConsumer, measureDecisions } from './consumer.ts';
import { measureFleet } from './measureFleet.ts';
import { measureIngest } from './measureIngest.ts';
import { toText, type Section } from './report.ts';
import { measureMapping } from './measureMapping.ts';
import { measureSources } from './measureSources.ts';
import { measureStartUp } from './measureStartUp.ts';
import { measureDeliveries } from './measureDeliveries.ts';
import { toPicture } from './toPicture.ts';

const USAGE = `usage: npm run bench -- [--only NAME,…] [--cases N] [--fleet N]

  --only NAME   run only these sections
  --cases N     compare the answers of N cases; 100000 by default
  --fleet N     grow the fleet to N devices; 1000000 by default

Prints a table, and writes it with a picture of each curve to .local/bench. Exits with 1 if a claim does not hold.`;

const OPTIONS = {
  only: { type: 'string' },
  cases: { type: 'string', default: '100000' },
  fleet: { type: 'string', default: '1000000' },
} as const;

async function main({ values }: ReadCommandLine<typeof OPTIONS>): Promise<number> {
  const cases = readCount('cases', values.cases, 2000);
  const fleet = readCount('fleet', values.fleet, 1000);
  const sections: ReadonlyMap<string, () => Promise<Section>> = new Map([
    ['evaluation', () => measureEvaluation({ cases })],
    ['signature', measureSignature],
    ['validation', measureValidation],
    ['mapping', measureMapping],
    ['ingest', measureIngest],
    ['consumer', measureConsumer],
    ['decisions', measureDecisions],
    ['fleet', () => measureFleet(fleet)],
    ['startUp', measureStartUp],
    ['told', measureDeliveries],
    ['sources', measureSources],
  ]);
  const names = values.only?.split(',') ?? [...sections.keys()];
  const unknown = names.find((name) => !sections.has(name));
  if (unknown !== undefined)
    throw new UsageError(`\`${unknown}\` is not one of ${[...sections.keys()].join(', ')}`);
  const measured: Section[] = [];
  for (const name of names) {
    const section = await sections.get(name)?.();
    if (section === undefined) continue;
    measured.push(section);
    console.log(toText(section));
  }
  const folder = resolve(import.meta.dirname, '../../.local/bench');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'bench.json'), `${JSON.stringify(measured, undefined, 2)}\n`);
  for (const curve of measured.flatMap(({ curves = [] }) => curves))
    writeFileSync(join(folder, `${curve.name}.svg`), toPicture(curve));
  console.log(`figures and pictures: ${folder}`);
  const failed = measured.flatMap(({ rows }) => rows).filter(({ claim }) => claim?.holds === false);
  return failed.length === 0 ? 0 : 1;
}

// A client of a killed process leaves a timer in the broker's library, which would keep this process for minutes.
process.exit(await runProcess({ script: 'bench', usage: USAGE, options: OPTIONS }, main));
