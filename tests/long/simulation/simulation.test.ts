import { describe, expect, it } from 'vitest';
import { callCommand, type CommandOutcome } from '../../support/commandIo.ts';
import { SIZE } from '../../support/size.ts';
import { spawnCommand } from '../../support/spawnCommand.ts';
import { createHistory } from './histories/createHistory.ts';
import { MUTANTS } from './mutants.ts';
import { runMutants } from './runMutants.ts';
import { runSimulate } from './runSimulate.ts';
import { shrink, toText } from './shrink.ts';
import { simulate } from './simulate.ts';

const { histories: HISTORIES } = SIZE;
const FAULTS = MUTANTS.filter((_, at) => at % SIZE.faultStep === 0);
/** Each fault has to be found within so many histories, in both sizes. */
const HISTORIES_PER_FAULT = 200;
const PATIENCE_IN_MILLISECONDS = 300_000;

const play = (...argv: readonly string[]): Promise<CommandOutcome> =>
  callCommand(runSimulate, argv);

describe('the simulation', () => {
  it(
    `loses no event, makes no wrong decision and delivers each transition in order, in ${String(HISTORIES)} histories`,
    async () => {
      const { code, out } = await play('--seeds', String(HISTORIES));
      expect([code, out]).toEqual([
        0,
        expect.stringContaining('0 lost, 0 wrong, 0 missing or contradictory transitions'),
      ]);
      expect(out).toMatch(new RegExp(`^${String(HISTORIES)} histories`));
    },
    PATIENCE_IN_MILLISECONDS,
  );

  it('plays the same history for a seed each time', async () => {
    const [first, again] = [await simulate(createHistory(42)), await simulate(createHistory(42))];
    expect(again).toEqual(first);
    expect(first.delivered.length).toBeGreaterThan(4);
    const { code, out } = await spawnCommand('tests/long/simulation/main.ts', ['--seed', '42']);
    expect([code, out]).toEqual([0, expect.stringContaining('the history passes')]);
  });

  it.each([
    ['--seeds', 'x', '--seeds must be a whole number of at least 1, not `x`'],
    ['--seeds', '-1', "'--seeds'"],
    ['--seeds=-1', '', '--seeds must be a whole number of at least 1, not `-1`'],
    ['--from', '1.5', '--from must be a whole number of at least 0, not `1.5`'],
    ['--seed', 'foo', '--seed must be a whole number of at least 0, not `foo`'],
    ['--seed', '1.5', '--seed must be a whole number of at least 0, not `1.5`'],
    ['--speed', '1', "'--speed'"],
  ])('rejects %s %s and names the allowed values', async (option, value, message) => {
    const { code, out, err } = await play(option, ...(value === '' ? [] : [value]));
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(message);
    expect(err).not.toContain('    at ');
  });

  it('prints its usage', async () => {
    const { code, out } = await play('--help');
    expect([code, out]).toEqual([0, expect.stringContaining('usage: npm run simulate')]);
  });

  it('shrinks a failing history to the events that it needs to fail', async () => {
    const history = createHistory(3);
    const culprit = history.events.find(({ type }) => type === 'incident');
    const isWrong = (events: typeof history.events): boolean =>
      culprit !== undefined && events.includes(culprit);
    const smallest = await shrink(history, ({ events }) => Promise.resolve(isWrong(events)));
    expect([smallest.events, smallest.edits]).toEqual([[culprit], []]);
    expect(toText(smallest)).toContain(culprit?.id);
  });

  it(
    `finds each of ${String(FAULTS.length)} faults in the product within ${String(HISTORIES_PER_FAULT)} histories`,
    async () => {
      const outcomes = await runMutants(FAULTS, HISTORIES_PER_FAULT);
      expect(outcomes).toHaveLength(FAULTS.length);
      const missed = outcomes.filter(({ isFound }) => !isFound);
      expect(missed.map(({ mutant, output }) => `${mutant.name}: ${output}`)).toEqual([]);
    },
    PATIENCE_IN_MILLISECONDS,
  );
});
