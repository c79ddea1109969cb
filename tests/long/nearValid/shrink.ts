import { play } from './play.ts';
import type { Item, Plan, Step } from './plan.ts';

/** The plan without every step, item and mutation that it can fail without. */
export async function shrink(
  plan: Plan,
  fails: (plan: Plan) => Promise<boolean> = hasProblems,
): Promise<Plan> {
  let smallest = plan;
  for (let isSmaller = true; isSmaller;) {
    isSmaller = false;
    for (const smaller of smallerOnes(smallest)) {
      if (!(await fails(smaller))) continue;
      smallest = smaller;
      isSmaller = true;
      break;
    }
  }
  return smallest;
}

async function hasProblems(plan: Plan): Promise<boolean> {
  return (await play(plan)).problems.length > 0;
}

/** The plans with one part less. */
function* smallerOnes(plan: Plan): Generator<Plan> {
  for (const [at] of plan.steps.entries())
    yield { ...plan, steps: plan.steps.filter((_, place) => place !== at) };
  for (const step of new Set(plan.steps))
    for (const smaller of smallerSteps(step))
      yield { ...plan, steps: plan.steps.map((each) => (each === step ? smaller : each)) };
}

function* smallerSteps(step: Step): Generator<Step> {
  const { items } = step;
  if (items.length > 1)
    for (const item of items) yield { ...step, items: items.filter((each) => each !== item) };
  for (const item of items)
    for (const smaller of smallerItems(item))
      yield { ...step, items: items.map((each) => (each === item ? smaller : each)) };
}

function* smallerItems(item: Item): Generator<Item> {
  const { base, mutations } = item;
  for (const mutation of mutations)
    yield { base, mutations: mutations.filter((each) => each !== mutation) };
}
