import { describe, expect, it } from 'vitest';
import { callCommand } from '../../support/commandIo.ts';
import { quietStack } from '../../support/sharedStacks.ts';
import { SIZE } from '../../support/size.ts';
import { spawnCommand } from '../../support/spawnCommand.ts';
import type { Signal } from '../../../shared/domain/vocabulary/signal.ts';
import { createPlan } from './createPlan.ts';
import { play } from './play.ts';
import type { Plan } from './plan.ts';
import { playAllOverHttp, prepareSystem } from './playOverHttp.ts';
import { playPlans } from './playPlans.ts';
import { Product } from './product.ts';
import { runNearValid } from './runNearValid.ts';
import { shrink } from './shrink.ts';

const { events: EVENTS, plansOverHttp: PLANS_OVER_HTTP } = SIZE.nearValid;
const SEED = 1;
/** Each fault has to be found within so many plans. */
const PLANS_PER_FAULT = 100;
/** One plan in about 200 shows a category that counts too little. The search begins shortly before one. */
const SEED_WITH_CATEGORY = 380;
const CATEGORY_FAULT = 'an unknown category that counts as one defence';
/** A failing plan is shrunk to so many events: the phone is healthy, and then one or two go wrong. */
const MAX_SMALLEST = 4;
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
  /** A product in which signals are lost or changed. */
  const faulty = (passOn: (signal: Signal) => Signal | undefined): typeof Product =>
    class extends Product {
      protected override passOn(signals: readonly Signal[]): readonly Signal[] {
        return signals.flatMap((signal) => passOn(signal) ?? []);
      }
    };
  const without = (isLost: (signal: Signal) => boolean): typeof Product =>
    faulty((signal) => (isLost(signal) ? undefined : signal));
  const isOf = (signal: Signal, type: Signal['type']): boolean => signal.type === type;

  const FAULTS: readonly (readonly [string, typeof Product])[] = [
    ['a lost deactivation', without((signal) => isOf(signal, 'deactivated'))],
    ['a lost incident', without((signal) => isOf(signal, 'incidentReported'))],
    ['an unreadable report without a mark', without((signal) => isOf(signal, 'reportUnreadable'))],
    [
      'a risk with an unknown word that is put aside',
      without((signal) => signal.type === 'riskReported' && signal.faults !== undefined),
    ],
    [
      'an incident with an unknown word that is put aside',
      without(
        (signal) => signal.type === 'incidentReported' && signal.incident.faults !== undefined,
      ),
    ],
    [
      'an unknown severity that counts as low',
      faulty((signal) =>
        signal.type === 'incidentReported' && signal.incident.faults !== undefined
          ? { ...signal, incident: { ...signal.incident, severity: 'low' } }
          : signal,
      ),
    ],
    [
      CATEGORY_FAULT,
      faulty((signal) => {
        if (signal.type !== 'incidentReported') return signal;
        const { isEveryDefence: _, ...incident } = signal.incident;
        return { ...signal, incident };
      }),
    ],
    [
      'a report of apps that is lost',
      faulty((signal) => {
        if (signal.type !== 'telemetryReported') return signal;
        const { application: _, ...telemetry } = signal.telemetry;
        return { ...signal, telemetry };
      }),
    ],
  ];

  it.each(FAULTS)('%s', async (name, kind) => {
    const from = name === CATEGORY_FAULT ? SEED_WITH_CATEGORY : SEED;
    const fails = async (plan: Plan): Promise<boolean> =>
      (await play(plan, kind)).problems.length > 0;
    let seed = from;
    while (seed < from + PLANS_PER_FAULT && !(await fails(createPlan(seed)))) seed += 1;
    expect(seed).toBeLessThan(from + PLANS_PER_FAULT);
    const { steps } = await shrink(createPlan(seed), fails);
    expect(steps.flatMap(({ items }) => items).length).toBeLessThanOrEqual(MAX_SMALLEST);
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
