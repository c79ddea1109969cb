import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COSTS } from '../../../../infra/capacity/inputs.ts';
import { addSeconds } from '../../../../shared/base/dateTime.ts';
import type { DeviceSignal } from '../../../../shared/domain/vocabulary/signal.ts';
import { ENROLLED, INCIDENT, NOW, signalOf } from '../../../support/signals.ts';
import { startWorld, type World } from '../../../support/world.ts';

describe('the assumed cost of an operation', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.stop());

  /** The point reads and the writes of devices during `work`. */
  const costOf = async (work: () => Promise<unknown>): Promise<readonly [number, number]> => {
    const count = (...names: readonly string[]): number =>
      names.reduce(
        (sum, name) => sum + (world.cosmos.counters()[`devices/${name}`]?.count ?? 0),
        0,
      );
    const before = [count('read'), count('create', 'replace')] as const;
    await work();
    return [count('read') - before[0], count('create', 'replace') - before[1]];
  };
  const receive = (...signals: readonly DeviceSignal[]): Promise<void> =>
    world.recompute(signals, addSeconds(NOW, 60));

  it('is the number of requests that the code sends to the database', async () => {
    const open = { type: 'incidentReported', status: 'open' } as const;
    await receive(
      signalOf(ENROLLED),
      signalOf({ type: 'activated' }),
      signalOf({ type: 'riskReported', riskLevel: 'high' }),
    );
    // The device is already noncompliant, so nothing is announced.
    const event = await costOf(() => receive(signalOf({ ...open, incident: INCIDENT })));
    expect(event).toEqual([COSTS.readsASignal, COSTS.writesAnEvent]);
    const transition = await costOf(() =>
      receive(
        signalOf(
          { type: 'incidentReported', status: 'resolved', incident: INCIDENT },
          addSeconds(NOW, 1),
        ),
        signalOf({ type: 'riskReported', riskLevel: 'minimal' }, addSeconds(NOW, 1)),
      ),
    );
    // One more write empties the outbox after sending.
    expect(transition).toEqual([COSTS.readsASignal, COSTS.writesAnEvent + 1]);
    const decision = await costOf(() => world.answerFor('phone-1', NOW));
    expect(decision).toEqual([COSTS.readsADecision, 0]);
  });
});
