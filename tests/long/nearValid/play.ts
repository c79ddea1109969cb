import { toText, withoutUnreadable } from './mutation.ts';
import type { Item, Plan, Step } from './plan.ts';
import { DOOR_NAMES, Product, type Doors } from './product.ts';
import { hear, mustBlock, type Heard } from './reference/reference.ts';
import type { Statement } from './reference/statement.ts';

const BEGINNING = Date.parse('2026-01-01T12:00:00.000Z');
const STEP_IN_MILLISECONDS = 10_000;

/** What happened in a plan. */
export interface Played {
  readonly problems: readonly string[];
  /** Mutated events and reports. */
  readonly nearValid: number;
  /** Decisions that the reference says must block, and those of all that the product allowed. */
  readonly mustBlock: number;
  readonly allowed: number;
  readonly largestRecord: number;
}

/** The text of a request. */
export function toBody(
  { items }: Step,
  arrivedAt: number,
  mutationsOf: (item: Item) => Item['mutations'] = ({ mutations }) => mutations,
): string {
  const texts = items.map((item) => toText(item.base, mutationsOf(item), arrivedAt));
  return texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(',')}]`;
}

/** Sends the plan to a product of this kind, and compares each decision with the reference. */
export async function play(plan: Plan, kind = Product): Promise<Played> {
  const product = new kind(plan.phone);
  await product.enrol(new Date(BEGINNING - STEP_IN_MILLISECONDS).toISOString());
  const bodies = new Map<Step, string>();
  const problems: string[] = [];
  const statements: Statement[] = [];
  let largestRecord = 0;
  let blocks = 0;
  let allowed = 0;
  for (const [number, step] of plan.steps.entries()) {
    const arrivedAt = BEGINNING + number * STEP_IN_MILLISECONDS;
    const at = new Date(arrivedAt).toISOString();
    const body = bodies.get(step) ?? toBody(step, arrivedAt);
    const isRepeat = bodies.has(step);
    bodies.set(step, body);
    const before = product.ask(at);
    const other = isRepeat ? undefined : await withoutParts(product, step, arrivedAt);
    const taken = await product.take(step.source, body, step.requestId, at);
    const after = product.ask(at);
    const heard = hear(step.source, body, plan.phone, arrivedAt);
    statements.push(...heard.statements);
    const found = [...taken.problems, ...compare({ before, after, other, heard, statements })];
    problems.push(...found.map((problem) => `step ${String(number)}: ${problem}`));
    largestRecord = Math.max(largestRecord, taken.bytes);
    for (const door of DOOR_NAMES) {
      if (mustBlock(statements, door)) blocks += 1;
      if (after[door]) allowed += 1;
    }
  }
  const nearValid = plan.steps.flatMap(({ items }) =>
    items.filter(({ mutations }) => mutations.length > 0),
  ).length;
  return { problems, nearValid, mustBlock: blocks, allowed, largestRecord };
}

/** The decision if the parts that nobody can read were left out. */
export async function withoutParts(
  product: Product,
  step: Step,
  arrivedAt: number,
): Promise<Doors | undefined> {
  if (step.items.every(({ mutations }) => mutations.every(({ effect }) => effect === 'other')))
    return undefined;
  const at = new Date(arrivedAt).toISOString();
  const copy = product.copy();
  const body = toBody(step, arrivedAt, ({ mutations }) => withoutUnreadable(mutations));
  await copy.take(step.source, body, step.requestId, at);
  return copy.ask(at);
}

/** The decisions about one request, and what was said until then. */
interface Compared {
  readonly before: Doors;
  readonly after: Doors;
  readonly other: Doors | undefined;
  readonly heard: Heard;
  readonly statements: readonly Statement[];
}

/** What is wrong with the decisions after a request. */
export function compare({ before, after, other, heard, statements }: Compared): readonly string[] {
  const open = DOOR_NAMES.filter((door) => after[door]);
  return open.flatMap((door) => [
    ...(mustBlock(statements, door)
      ? [`${door}: allowed, and the reference says it must block`]
      : []),
    ...(!before[door] && !heard.isGoodNews
      ? [`${door}: better than before, without any good news`]
      : []),
    ...(other?.[door] === false
      ? [`${door}: better than the same events without the parts that cannot be read`]
      : []),
  ]);
}
