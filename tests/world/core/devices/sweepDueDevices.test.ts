import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addSeconds } from '../../../../shared/base/dateTime.ts';
import { sweepDueDevices } from '../../../../shared/core/devices/sweepDueDevices.ts';
import { partnerStateOf } from '../../../../shared/domain/compliance/partnerState.ts';
import { CONFIGURATION_CONTAINER } from '../../../../shared/resources.ts';
import { healthySignals, NOW, signalOf } from '../../../support/signals.ts';
import { startWorld, type World } from '../../../support/world.ts';

let world: World;
let count = 0;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(() => {
  world.broker.faults.refuseSends(0);
  world.logged.length = 0;
});

const newId = (): string => `device-${String((count += 1))}`;

describe("a partner's last report from the future", () => {
  const FUTURE = '9999-12-31T23:59:59.999Z';
  const connector = () =>
    world.database
      .container(CONFIGURATION_CONTAINER.id)
      .item('default', 'mobileThreatDefenseConnector');
  const lastReport = async (): Promise<string | undefined> =>
    (await world.services.configuration.load()).connector?.lastHeartbeatDateTime;
  const storeFuture = (): Promise<unknown> =>
    connector().patch([{ op: 'set', path: '/lastHeartbeatDateTime', value: FUTURE }]);

  it('changes no state, and the next report replaces it', async () => {
    const deviceId = newId();
    await storeFuture();
    await world.recompute(healthySignals(deviceId));
    expect([await world.stateOf(deviceId), await lastReport()]).toEqual(['compliant', NOW]);
    expect((await world.services.devices.load(deviceId))?.record.evaluation).not.toHaveProperty(
      'changeDueDateTime',
    );
  });

  it('is replaced by the sweep, so the partner counts as unresponsive after its threshold', async () => {
    await storeFuture();
    await sweepDueDevices(world.dependencies, NOW);
    expect([await lastReport(), world.logged]).toEqual([
      NOW,
      [`the partner's last report is from the future, ${FUTURE}, so it counts as now`],
    ]);
    const { connector: stored } = await world.services.configuration.load();
    const after = addSeconds(NOW, 7 * 24 * 3600 + 1);
    expect(stored && partnerStateOf(stored, after)).toBe('unresponsive');
  });

  it('of a clock that is a little ahead stays, and nothing moves back', async () => {
    const ahead = addSeconds(NOW, 299);
    await world.services.configuration.recordPartnerActivity(ahead, NOW);
    await world.services.configuration.recordPartnerActivity(NOW, NOW);
    expect(await lastReport()).toBe(ahead);
  });
});

describe('sweepDueDevices', () => {
  const HOURS = 3600;
  it('sends transitions that stayed in the record because the queue refused them', async () => {
    const deviceId = newId();
    const sent = (): number => world.broker.counters('compliance-changes').sent;
    const before = sent();
    world.broker.faults.refuseSends(3);
    await world.recompute(healthySignals(deviceId));
    const waiting = (await world.services.devices.load(deviceId))?.record;
    expect(waiting?.outbox).toMatchObject([
      { sequence: 1, current: { complianceState: 'compliant' } },
    ]);
    expect(sent()).toBe(before);
    world.broker.faults.refuseSends(0);
    await sweepDueDevices(world.dependencies, NOW);
    expect((await world.services.devices.load(deviceId))?.record.outbox).toEqual([]);
    expect(sent()).toBe(before + 1);
  });

  it('updates devices after their deadline, while answers respect the deadline without it', async () => {
    const deviceId = newId();
    await world.recompute(healthySignals(deviceId));
    const later = addSeconds(NOW, 11 * HOURS);
    await world.recompute([signalOf({ type: 'heartbeat' }, later, newId())], later);
    // No sweep has run, so the stored state is old, but the answer is right.
    expect(await world.stateOf(deviceId)).toBe('compliant');
    expect(await world.answerFor(deviceId, later)).toBe('noncompliant');
    await sweepDueDevices(world.dependencies, later);
    expect(await world.stateOf(deviceId)).toBe('noncompliant');
    const again = await sweepDueDevices(world.dependencies, later);
    expect(again.visited).toBe(0);
    await world.recompute([signalOf({ type: 'heartbeat' }, later, deviceId)], later);
    expect(await world.stateOf(deviceId)).toBe('compliant');
  });

  it('opens the silence breaker if most of the fleet becomes silent at once, and closes it when it reports again', async () => {
    const start = addSeconds(NOW, 100 * HOURS);
    const fleet = Array.from({ length: 60 }, newId);
    for (const deviceId of fleet) await world.recompute(healthySignals(deviceId, start), start);
    const alive = newId();
    const later = addSeconds(start, 11 * HOURS);
    await world.recompute(healthySignals(alive, later), later);
    const { isBreakerOpen } = await sweepDueDevices(world.dependencies, later);
    expect(isBreakerOpen).toBe(true);
    expect(world.logged.join()).toContain('silence breaker opened');
    const [one = ''] = fleet;
    expect([await world.stateOf(one), await world.answerFor(one, later)]).toEqual([
      'compliant',
      'compliant',
    ]);
    // The fleet reports again, so the breaker closes, and the one silent device counts.
    for (const deviceId of fleet.slice(1))
      await world.recompute([signalOf({ type: 'heartbeat' }, later, deviceId)], later);
    expect((await sweepDueDevices(world.dependencies, later)).isBreakerOpen).toBe(false);
    expect([await world.stateOf(one), await world.answerFor(one, later)]).toEqual([
      'noncompliant',
      'noncompliant',
    ]);
  });
});
