import { describe, expect, it } from 'vitest';
import { callCommand } from '../../support/commandIo.ts';
import { SIZE } from '../../support/size.ts';
import { runSourcesProof } from './runSourcesProof.ts';
import { proveSources } from './sourcesProof.ts';

const { events, kills, expiries, cutsInPercent } = SIZE.sources;
const PATIENCE_IN_MILLISECONDS = 900_000;

it(
  `loses none of ${String(events)} exported events and counts none twice, through ${String(kills)} kills`,
  async () => {
    const shares = { repeatsInPercent: 5, cutsInPercent };
    const outcome = await proveSources({ events, kills, expiries, ...shares, seed: 4 });
    expect(outcome).toMatchObject({ lost: 0, differing: [], counted: events, kills, expiries });
    // Events came again indeed: otherwise the test would prove nothing.
    expect(outcome.repeated).toBeGreaterThan(0);
    expect(outcome.cuts).toBeGreaterThan(0);
  },
  PATIENCE_IN_MILLISECONDS,
);

describe('npm run sources-proof', () => {
  it.each([
    [['--events', '0'], '--events must be a whole number of at least 1, not `0`'],
    [['--kills', 'x'], '--kills must be a whole number of at least 0, not `x`'],
    [['--speed', '1'], "'--speed'"],
  ])('rejects %j and names the allowed values', async (argv, message) => {
    const { code, out, err } = await callCommand(runSourcesProof, argv);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(message);
  });
});
