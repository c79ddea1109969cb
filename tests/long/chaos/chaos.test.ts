import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { callCommand } from '../../support/commandIo.ts';
import { SIZE } from '../../support/size.ts';
import { spawnCommand } from '../../support/spawnCommand.ts';
import { chaos } from './chaos.ts';
import { runChaos } from './runChaos.ts';

const { events: EVENTS, kills: KILLS } = SIZE.chaos;
const PATIENCE_IN_MILLISECONDS = 300_000;

it(
  `loses none of ${String(EVENTS)} acknowledged events and leaves no wrong state, while ${String(KILLS)} processes are killed and wires fail`,
  async () => {
    const stateFolder = mkdtempSync(join(inject('runFolder'), 'chaos-'));
    const stack = { stateFolder, packageFolder: inject('packageFolder') };
    const outcome = await chaos({ seed: 1, events: EVENTS, kills: KILLS, stack });
    const { lost, wrong, deadLetters, deaths, unsettled } = outcome;
    const { acknowledged, kills, cosmos, broker, door } = outcome;
    expect({ lost, wrong, deadLetters, deaths, unsettled }).toEqual({
      lost: [],
      wrong: [],
      deadLetters: [],
      deaths: [],
      unsettled: [],
    });
    expect([acknowledged, kills]).toEqual([
      EVENTS,
      { worker: KILLS - 2, cosmos: 1, serviceBus: 1 },
    ]);
    // Each kind of fault happened: otherwise the test would prove nothing.
    const { throttled, unavailable, late, lostAnswer, slow } = cosmos;
    const faults = [throttled, unavailable, late, lostAnswer, slow, cosmos.cuts, broker.cuts];
    expect(Math.min(...faults, broker.held, door.lostAnswers)).toBeGreaterThan(0);
  },
  PATIENCE_IN_MILLISECONDS,
);

describe('npm run chaos', () => {
  it.each([
    [['--events', 'x'], '--events must be a whole number of at least 1, not `x`'],
    [['--kills=-5'], '--kills must be a whole number of at least 0, not `-5`'],
    [['--speed', '1'], "'--speed'"],
  ])('rejects %j and names the allowed values', async (argv, message) => {
    const { code, out, err } = await callCommand(runChaos, argv);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(message);
    expect(err).not.toContain('    at ');
  });

  it('prints its usage', async () => {
    const { code, out } = await spawnCommand('tests/long/chaos/main.ts', ['--help']);
    expect([code, out]).toEqual([0, expect.stringContaining('usage: npm run chaos')]);
  });
});
