import { describe, expect, it } from 'vitest';
import { callCommand } from '../../support/commandIo.ts';
import { quietStack } from '../../support/sharedStacks.ts';
import { SIZE } from '../../support/size.ts';
import { spawnCommand } from '../../support/spawnCommand.ts';
import { createPlan } from './createPlan.ts';
import { play } from './play.ts';
import { playAllOverHttp, prepareSystem } from './playOverHttp.ts';
import { playPlans } from './playPlans.ts';
import { Product } from './product.ts';
import { runNearValid } from './runNearValid.ts';
import { shrink } from './shrink.ts';

const { events: EVENTS, plansOverHttp: PLANS_OVER_HTTP } = SIZE.nearValid;
const SEED = 1;
/** Each fault has to be found within so many plans. */
const PLANS_PER_FAULT = 100;
const MAX_RECORD_BYTES = 64 * 1024;

const system = quietStack();

describe('near-valid events', () => {
  it(`leave no device better off than the reference says, in ${String(EVENTS)} events`, async () => {
    const played = await playPlans({ first: SEED, stride: 1, events: EVENTS });
    expect(played.failures).toEqual([]);
    expect(played.largestRecord).toBeLessThanOrEqual(MAX_RECORD_BYTES);
    // Both outcomes are frequent, otherwise the comparison would prove little.
    expect(Math.min(played.mustBlock, played.allowed)).toBeGreaterThan(EVENTS / 4);
  });

  it(`leave no device better off over HTTP either, in ${String(PLANS_OVER_HTTP)} plans`, async () => {
    await prepareSystem(system.client);
    const plans = Array.from({ length: PLANS_OVER_HTTP }, (_, at) => createPlan(SEED + at));
    expect(await playAllOverHttp(system.client, plans)).toEqual([]);
  });

  it('are the same for a seed each time', async () => {
    expect(createPlan(42)).toEqual(createPlan(42));
    const { code, out } = await callCommand(runNearValid, ['--seed', '42']);
    expect([code, out]).toEqual([0, expect.stringContaining('the plan passes')]);
  });
});

describe('the reference notices', () => {
  /** A product that changes the body of a request before it reads it, or does not read it at all. */
  const faulty = (change: (body: string) => string | undefined): typeof Product =>
    class extends Product {
      override take(
        ...[source, body, ...rest]: Parameters<Product['take']>
      ): ReturnType<Product['take']> {
        const changed = change(body);
        return changed === undefined
          ? Promise.resolve({ problems: [], bytes: 0 })
          : super.take(source, changed, ...rest);
      }
    };

  it.each([
    [
      'a deactivation that is dropped',
      faulty((body) => (body.includes('deactivated') ? undefined : body)),
    ],
    [
      'an incident that is dropped',
      faulty((body) => (body.includes('incident.opened') ? undefined : body)),
    ],
    ['a defence that is dropped', faulty((body) => body.replaceAll('"network"', '"unknown"'))],
    [
      'an unknown word that counts for little',
      faulty((body) => body.replaceAll(/"(critical|fatal|of tomorrow)"/g, '"low"')),
    ],
    [
      'an unreadable list that counts as empty',
      faulty((body) => body.replaceAll('"installed":{}', '"installed":[]')),
    ],
    [
      'a null that is good news',
      faulty((body) => body.replaceAll('"riskLevel":null', '"riskLevel":"minimal"')),
    ],
  ])('%s', async (_, faultyProduct) => {
    const fails = async (seed: number): Promise<boolean> =>
      (await play(createPlan(seed), faultyProduct)).problems.length > 0;
    let seed = SEED;
    while (seed < SEED + PLANS_PER_FAULT && !(await fails(seed))) seed += 1;
    expect(seed).toBeLessThan(SEED + PLANS_PER_FAULT);
    const smallest = await shrink(
      createPlan(seed),
      async (plan) => (await play(plan, faultyProduct)).problems.length > 0,
    );
    expect(smallest.steps.flatMap(({ items }) => items).length).toBeLessThanOrEqual(4);
  });
});

describe('npm run near-valid', () => {
  it.each([
    [['--events', 'x'], '--events must be a whole number of at least 1, not `x`'],
    [['--http=-1'], '--http must be a whole number of at least 0, not `-1`'],
    [['--from', '1.5'], '--from must be a whole number of at least 0, not `1.5`'],
    [['--seed', 'foo'], '--seed must be a whole number of at least 0, not `foo`'],
    [['--speed', '1'], "'--speed'"],
  ])('rejects %j and names the allowed values', async (argv, message) => {
    const { code, out, err } = await callCommand(runNearValid, argv);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(message);
  });

  it('prints its usage', async () => {
    const { code, out } = await spawnCommand('tests/long/nearValid/main.ts', ['--help']);
    expect([code, out]).toEqual([0, expect.stringContaining('usage: npm run near-valid')]);
  });
});
