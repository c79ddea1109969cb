import { isDeepStrictEqual } from 'node:util';
import {
  evaluatePolicy,
  type PolicyVerdict,
} from '../../../shared/domain/compliance/evaluatePolicy.ts';
import { atLeast, type Row, type Section } from '../report.ts';
import { takeTurns, type Contestant, type TurnOptions } from '../takeTurns.ts';
import { evaluateByHand } from './evaluateByHand.ts';
import { createCases, type Case } from './cases.ts';
import { createEngines, type Ask } from './createEngines.ts';
import { toFlatFacts, type FlatFacts } from './flatFacts.ts';

const SEED = 7;
/** Evaluations per run of a turn. */
const CHUNK = 1000;
const SLOW_CHUNK = 20;
const TIMED_CASES = 2000;

export interface EvaluationOptions {
  /** The number of cases that need equal answers. */
  readonly cases: number;
  readonly turns?: TurnOptions;
}

const evaluate = ({ policy, facts }: Case): PolicyVerdict =>
  evaluatePolicy(policy, facts, undefined, facts.now);

/** One policy on one device: this project, by hand, and rule engines. Then it checks that all answers are equal. */
export async function measureEvaluation({
  cases: count,
  turns,
}: EvaluationOptions): Promise<Section> {
  const engines = createEngines();
  // Small enough for the cache, so that the evaluation is measured and not the memory.
  const timed = createCases(TIMED_CASES, SEED + 1);
  const timedFlat = timed.map(toFlatFacts);
  const contestants = {
    own: ours(evaluate, timed),
    byHand: ours(evaluateByHand, timed),
    ...Object.fromEntries(
      Object.entries(engines).map(([name, ask]) => [name, theirs(ask, timedFlat)]),
    ),
  };
  const { own, byHand, ...others } = await takeTurns<string>(contestants, turns);
  // Afterwards, since so many cases leave their mark on the heap and the compiled code.
  const cases = createCases(count, SEED);
  const differences = await countDifferences(cases, cases.map(toFlatFacts), engines);
  const { strewn } = await takeTurns({ strewn: ours(evaluate, cases) }, turns);
  if (own === undefined || byHand === undefined || strewn === undefined)
    throw new TypeError('both took their turns');
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
      what: `the same over ${count.toLocaleString('en-US')} cases, most of them out of the caches`,
      figure: strewn,
      unit: 'verdicts/s',
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

function ours(by: (each: Case) => PolicyVerdict, cases: readonly Case[]): Contestant {
  const next = createPlace(cases.length, CHUNK);
  let reasons = 0;
  return () => {
    const from = next();
    for (let at = from; at < from + CHUNK; at += 1) reasons += by(cases[at] as Case).reasons.length;
    // The compiler may drop unused results.
    return reasons < 0 ? 0 : CHUNK;
  };
}

function theirs(ask: Ask, facts: readonly FlatFacts[]): Contestant {
  const next = createPlace(facts.length, SLOW_CHUNK);
  return async () => {
    const from = next();
    for (let at = from; at < from + SLOW_CHUNK; at += 1) {
      const answer = ask(facts[at] as FlatFacts);
      if (answer instanceof Promise) await answer;
    }
    return SLOW_CHUNK;
  };
}

/** The start of the next chunk, cyclically. */
function createPlace(count: number, chunk: number): () => number {
  let at = 0;
  return () => {
    at = at + 2 * chunk > count ? 0 : at + chunk;
    return at;
  };
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
