import { isDeepStrictEqual } from 'node:util';
import { evaluatePolicy, type PolicyVerdict } from '../../../shared/domain/evaluatePolicy.ts';
import { atLeast, type Row, type Section } from '../report.ts';
import { takeTurns, type Contestant, type TurnOptions } from '../takeTurns.ts';
import { evaluateByHand } from './bareLoop.ts';
import { createCases, type Case } from './cases.ts';
import { createEngines, type Ask } from './engines.ts';
import { toFlatFacts, type FlatFacts } from './flatFacts.ts';

const SEED = 7;
/** Asked in each go of a turn. */
const CHUNK = 1000;
const SLOW_CHUNK = 20;

export interface EvaluationOptions {
  /** How many cases have to have equal answers. */
  readonly cases: number;
  readonly turns?: TurnOptions;
}

const evaluate = ({ policy, facts }: Case): PolicyVerdict =>
  evaluatePolicy(policy, facts, undefined, facts.now);

/** One policy on one device: ours, by hand, and what is for sale; first that all say the same. */
export async function measureEvaluation({
  cases: count,
  turns,
}: EvaluationOptions): Promise<Section> {
  const cases = createCases(count, SEED);
  const flat = cases.map(toFlatFacts);
  const engines = createEngines();
  const differences = await countDifferences(cases, flat, engines);
  let at = 0;
  const next = (size: number): number => {
    at = (at + size) % (count - size);
    return at;
  };
  const ours = (by: (each: Case) => PolicyVerdict): Contestant => {
    let sum = 0;
    return () => {
      const from = next(CHUNK);
      for (let each = from; each < from + CHUNK; each += 1)
        sum += by(cases[each] as Case).reasons.length;
      return sum > -1 ? CHUNK : 0;
    };
  };
  const theirs = (ask: Ask): Contestant => {
    return async () => {
      const from = next(SLOW_CHUNK);
      for (let each = from; each < from + SLOW_CHUNK; each += 1) {
        const answer = ask(flat[each] as FlatFacts);
        if (answer instanceof Promise) await answer;
      }
      return SLOW_CHUNK;
    };
  };
  const contestants = {
    own: ours(evaluate),
    byHand: ours(evaluateByHand),
    ...Object.fromEntries(Object.entries(engines).map(([name, ask]) => [name, theirs(ask)])),
  };
  const { own, byHand, ...others } = await takeTurns<string>(contestants, turns);
  if (own === undefined || byHand === undefined) throw new TypeError('both took their turns');
  const fastest = Math.max(...Object.values(others));
  const rows: Row[] = [
    {
      what: 'evaluatePolicy, with all reasons',
      figure: own,
      unit: 'verdicts/s',
      ratio: { of: 'the fastest engine', value: own / fastest },
      claim: atLeast(own / fastest, 10),
    },
    {
      what: 'a bare loop by hand',
      figure: byHand,
      unit: 'verdicts/s',
      ratio: { of: 'evaluatePolicy to it', value: own / byHand },
      claim: atLeast(own / byHand, 0.8),
    },
    ...Object.entries(others).map(([name, rate]) => ({
      what: name,
      figure: rate,
      unit: 'verdicts/s',
      ratio: { of: 'evaluatePolicy', value: rate / own },
    })),
    ...Object.entries(differences).map(([name, figure]) => ({
      what: `other answers than evaluatePolicy: ${name}`,
      figure,
      unit: `of ${count.toLocaleString('en-US')}`,
      claim: { text: 'none', holds: figure === 0 },
    })),
  ];
  return { title: 'Evaluation: one policy on one device', rows };
}

async function countDifferences(
  cases: readonly Case[],
  flat: readonly FlatFacts[],
  engines: Readonly<Record<string, Ask>>,
): Promise<Readonly<Record<string, number>>> {
  const differences: Record<string, number> = { 'a bare loop by hand': 0 };
  for (const name of Object.keys(engines)) differences[name] = 0;
  for (const [at, each] of cases.entries()) {
    const verdict = evaluate(each);
    if (!isDeepStrictEqual(evaluateByHand(each), verdict)) add(differences, 'a bare loop by hand');
    const codes = toSet(verdict.reasons.map(({ code }) => code));
    for (const [name, ask] of Object.entries(engines))
      if (toSet(await ask(flat[at] as FlatFacts)) !== codes) add(differences, name);
  }
  return differences;
}

function add(differences: Record<string, number>, name: string): void {
  differences[name] = (differences[name] ?? 0) + 1;
}

function toSet(codes: readonly string[]): string {
  return [...new Set(codes)].toSorted().join();
}
