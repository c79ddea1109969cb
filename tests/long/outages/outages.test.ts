import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { callCommand } from '../../support/commandIo.ts';
import { SIZE } from '../../support/size.ts';
import { spawnCommand } from '../../support/spawnCommand.ts';
import { outages } from './outages.ts';
import { runOutages } from './runOutages.ts';

const { events: EVENTS, secondsAnOutage: SECONDS } = SIZE.outages;
const PATIENCE_IN_MILLISECONDS = 300_000;

it(
  `loses none of ${String(EVENTS)} events while the database is away, a secret is misspelt and the worker is replaced`,
  async () => {
    const stateFolder = mkdtempSync(join(inject('runFolder'), 'outages-'));
    // With short locks the messages of a killed worker are soon delivered again.
    const stack = { stateFolder, packageFolder: inject('packageFolder'), lockDuration: 'PT3S' };
    const outcome = await outages({ events: EVENTS, secondsAnOutage: SECONDS, stack });
    expect([outcome.lost, outcome.deadLetters]).toEqual([[], 0]);
    expect(outcome.acknowledged).toBeGreaterThanOrEqual(EVENTS);
    // The secret was wrong indeed: otherwise the test would prove nothing.
    expect(outcome.refused).toBeGreaterThan(0);
  },
  PATIENCE_IN_MILLISECONDS,
);

describe('npm run outages', () => {
  it.each([
    [['--events', 'x'], '--events must be a whole number of at least 1, not `x`'],
    [['--seconds', '0'], '--seconds must be a whole number of at least 1, not `0`'],
    [['--speed', '1'], "'--speed'"],
  ])('rejects %j and names the allowed values', async (argv, message) => {
    const { code, out, err } = await callCommand(runOutages, argv);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(message);
  });

  it('prints its usage', async () => {
    const { code, out } = await spawnCommand('tests/long/outages/main.ts', ['--help']);
    expect([code, out]).toEqual([0, expect.stringContaining('usage: npm run outages')]);
  });
});
