import { createPlan } from './createPlan.ts';
import { play } from './play.ts';

/** Every `stride`-th plan from `first` on, until `events` near-valid events were played. */
export interface Share {
  readonly first: number;
  readonly stride: number;
  readonly events: number;
}

/** What became of a share. */
export interface ShareOutcome {
  readonly plans: number;
  readonly nearValid: number;
  readonly mustBlock: number;
  readonly allowed: number;
  readonly largestRecord: number;
  /** The seeds of the plans that fail. */
  readonly failures: readonly number[];
}

/** Plays a share of the plans. */
export async function playPlans({ first, stride, events }: Share): Promise<ShareOutcome> {
  const failures: number[] = [];
  let sum = { plans: 0, nearValid: 0, mustBlock: 0, allowed: 0, largestRecord: 0 };
  for (let seed = first; sum.nearValid < events; seed += stride) {
    const played = await play(createPlan(seed));
    if (played.problems.length > 0) failures.push(seed);
    sum = {
      plans: sum.plans + 1,
      nearValid: sum.nearValid + played.nearValid,
      mustBlock: sum.mustBlock + played.mustBlock,
      allowed: sum.allowed + played.allowed,
      largestRecord: Math.max(sum.largestRecord, played.largestRecord),
    };
  }
  return { ...sum, failures };
}
