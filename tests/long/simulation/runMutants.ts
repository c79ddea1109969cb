import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { mapConcurrently } from '../../../shared/base/mapConcurrently.ts';
import { MUTANTS, type Mutant } from './mutants.ts';

const CONCURRENCY = 2;
const FOUND_EXIT_CODE = 3;

/** Whether the simulation found the fault, and its output. */
export interface MutantOutcome {
  readonly mutant: Mutant;
  readonly isFound: boolean;
  readonly output: string;
}

/** Plays histories against the product with each of the faults in turn, until one fails. */
export async function runMutants(
  mutants: readonly Mutant[],
  maxHistories: number,
): Promise<readonly MutantOutcome[]> {
  const outcomes: MutantOutcome[] = [];
  await mapConcurrently(mutants, CONCURRENCY, async (mutant) => {
    outcomes.push(await play(mutant, maxHistories));
  });
  return outcomes;
}

/** In a process of its own, since a process loads each file once. */
function play(mutant: Mutant, maxHistories: number): Promise<MutantOutcome> {
  const script = join(import.meta.dirname, 'playMutant.ts');
  const argv = [String(MUTANTS.indexOf(mutant)), String(maxHistories)];
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', script, ...argv],
      (error, out, err) => {
        resolve({ mutant, isFound: error?.code === FOUND_EXIT_CODE, output: out + err });
      },
    );
  });
}
