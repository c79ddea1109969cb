import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { mapConcurrently } from '../../../shared/base/mapConcurrently.ts';
import { MUTANTS, type Mutant } from './mutants.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const FOLDER = join(ROOT, 'dist/mutants');
const CONCURRENCY = 2;

/** Whether the simulation found the fault, and its output. */
export interface MutantOutcome {
  readonly mutant: Mutant;
  readonly isCaught: boolean;
  readonly output: string;
}

/**
 * Writes each fault into a copy of the product, and plays histories against it until one goes wrong.
 * @throws Error if a fault no longer fits the product.
 */
export async function runMutants(maxHistories: number): Promise<readonly MutantOutcome[]> {
  rmSync(FOLDER, { recursive: true, force: true });
  const outcomes: MutantOutcome[] = [];
  await mapConcurrently(MUTANTS, CONCURRENCY, async (mutant) => {
    const copy = join(FOLDER, String(MUTANTS.indexOf(mutant)));
    writeMutant(copy, mutant);
    outcomes.push(await play(copy, mutant, maxHistories));
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
    throw new Error(`the fault \`${name}\` does not fit ${file} exactly once`);
  writeFileSync(
    join(copy, file),
    source.replace(from, () => to),
  );
}

function play(copy: string, mutant: Mutant, maxHistories: number): Promise<MutantOutcome> {
  const script = join(copy, 'tests/long/simulation/playMutant.ts');
  const args = ['--disable-warning=ExperimentalWarning', script, String(maxHistories)];
  return new Promise((resolve) => {
    execFile(process.execPath, args, (error, out, err) => {
      resolve({ mutant, isCaught: error?.code === 3, output: out + err });
    });
  });
}
