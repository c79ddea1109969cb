import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createHistory } from './history.ts';
import { MUTANTS } from './mutants.ts';
import { runMutants } from './runMutants.ts';
import { shrink, toText } from './shrink.ts';
import { simulate } from './simulate.ts';

const SEEDS = 2000;
const PATIENCE_IN_MILLISECONDS = 300_000;

/** `npm run simulate` as it is typed, in a process of its own. */
function play(
  ...words: readonly string[]
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const script = join(import.meta.dirname, 'main.ts');
  return new Promise((resolve) => {
    const args = ['--disable-warning=ExperimentalWarning', script, ...words];
    execFile(process.execPath, args, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

describe('the simulation', () => {
  it(
    'loses nothing, decides nothing wrongly, and tells each transition, in order',
    async () => {
      const { code, out } = await play('--seeds', String(SEEDS));
      expect([code, out]).toEqual([
        0,
        expect.stringContaining('0 lost, 0 wrong, 0 missing or contradictory transitions'),
      ]);
      expect(out).toMatch(new RegExp(`^${String(SEEDS)} histories`));
    },
    PATIENCE_IN_MILLISECONDS,
  );

  it('is the same for a seed each time', async () => {
    const [first, again] = [await simulate(createHistory(42)), await simulate(createHistory(42))];
    expect(again).toEqual(first);
    expect(first.heard.length).toBeGreaterThan(4);
    const { code, out } = await play('--seed', '42');
    expect([code, out]).toEqual([0, expect.stringContaining('nothing goes wrong')]);
  });

  it.each([
    ['--seeds', 'x', '--seeds must be a whole number of at least 1, not `x`'],
    ['--seeds', '-1', "'--seeds'"],
    ['--seeds=-1', '', '--seeds must be a whole number of at least 1, not `-1`'],
    ['--from', '1.5', '--from must be a whole number of at least 0, not `1.5`'],
    ['--seed', 'foo', '--seed must be a whole number of at least 0, not `foo`'],
    ['--seed', '1.5', '--seed must be a whole number of at least 0, not `1.5`'],
    ['--speed', '1', "'--speed'"],
  ])('refuses %s %s and says what is allowed', async (option, value, message) => {
    const { code, out, err } = await play(option, ...(value === '' ? [] : [value]));
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(message);
    expect(err).not.toContain('    at ');
  });

  it('says how it is used', async () => {
    const { code, out } = await play('--help');
    expect([code, out]).toEqual([0, expect.stringContaining('usage: npm run simulate')]);
  });

  it('takes out of a history what it goes wrong without', async () => {
    const history = createHistory(3);
    const culprit = history.events.find(({ type }) => type === 'incident');
    const isWrong = (events: typeof history.events): boolean =>
      culprit !== undefined && events.includes(culprit);
    const smallest = await shrink(history, ({ events }) => Promise.resolve(isWrong(events)));
    expect([smallest.events, smallest.edits]).toEqual([[culprit], []]);
    expect(toText(smallest)).toContain(culprit?.id);
  });

  it(
    'finds every fault that was put into the product, within 200 histories',
    async () => {
      const outcomes = await runMutants();
      expect(outcomes).toHaveLength(MUTANTS.length);
      const missed = outcomes.filter(({ isCaught }) => !isCaught);
      expect(missed.map(({ mutant, output }) => `${mutant.name}: ${output}`)).toEqual([]);
    },
    PATIENCE_IN_MILLISECONDS,
  );
});
