import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { mapConcurrently } from '../../../shared/base/mapConcurrently.ts';
import { MUTANTS, type Mutant } from './mutants.ts';

const SEEDS = 200;
const ROOT = resolve(import.meta.dirname, '../../..');
const FOLDER = join(ROOT, 'dist/mutants');
const CONCURRENCY = 2;

/** Whether the simulation noticed the fault, and what it said. */
export interface MutantOutcome {
  readonly mutant: Mutant;
  readonly isCaught: boolean;
  readonly output: string;
}

/**
 * Writes each fault into a copy of the product, and plays 200 histories against it.
 * @throws Error where a fault does not fit the product any more.
 */
export async function runMutants(
  mutants: readonly Mutant[] = MUTANTS,
): Promise<readonly MutantOutcome[]> {
  rmSync(FOLDER, { recursive: true, force: true });
  const outcomes: MutantOutcome[] = [];
  await mapConcurrently(mutants, CONCURRENCY, async (mutant) => {
    const copy = join(FOLDER, String(mutants.indexOf(mutant)));
    writeMutant(copy, mutant);
    outcomes.push(await play(copy, mutant));
  });
  rmSync(FOLDER, { recursive: true, force: true });
  return outcomes;
}

function writeMutant(copy: string, { name, file, from, to }: Mutant): void {
  mkdirSync(copy, { recursive: true });
  for (const part of ['shared', 'tests/long/simulation', 'tests/support/dice.ts'])
    cpSync(join(ROOT, part), join(copy, part), { recursive: true });
  const source = readFileSync(join(copy, file), 'utf8');
  if (source.split(from).length !== 2)
    throw new Error(`the fault \`${name}\` does not fit ${file} once any more`);
  writeFileSync(
    join(copy, file),
    source.replace(from, () => to),
  );
}

function play(copy: string, mutant: Mutant): Promise<MutantOutcome> {
  const script = join(copy, 'tests/long/simulation/playMutant.ts');
  const args = ['--disable-warning=ExperimentalWarning', script, String(SEEDS)];
  return new Promise((resolve) => {
    execFile(process.execPath, args, (error, out, err) => {
      resolve({ mutant, isCaught: error?.code === 3, output: out + err });
    });
  });
}
