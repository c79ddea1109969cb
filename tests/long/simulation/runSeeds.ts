import { createHistory } from './histories/createHistory.ts';
import { simulate } from './simulate.ts';

// The faults of the services are errors by the thousand, whose stacks nobody reads.
Error.stackTraceLimit = 0;

/** A seed with a wrong history. */
interface Failure {
  readonly seed: number;
  readonly problems: readonly string[];
}

/** The result of several seeds. */
export interface SeedsOutcome {
  readonly histories: number;
  readonly steps: number;
  readonly failures: readonly Failure[];
}

/** Plays `count` histories from `first` on, every `stride`th, and stops at the first that fails. */
export async function runSeeds(first: number, count: number, stride = 1): Promise<SeedsOutcome> {
  let steps = 0;
  let histories = 0;
  for (let seed = first; seed < first + count * stride; seed += stride) {
    const { problems, steps: taken } = await simulate(createHistory(seed));
    steps += taken;
    histories += 1;
    if (problems.length > 0) return { histories, steps, failures: [{ seed, problems }] };
  }
  return { histories, steps, failures: [] };
}
