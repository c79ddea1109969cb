import { afterEach, describe, expect, it } from 'vitest';
import { addSeconds } from '../../../../shared/base/dateTime.ts';
import { evaluateCompliance } from '../../../../shared/domain/compliance/evaluateCompliance.ts';
import { isBreakerOver } from '../../../../shared/domain/compliance/deviceClock.ts';
import { applySilenceBreaker } from '../../../../shared/core/devices/applySilenceBreaker.ts';
import { sweepDueDevices } from '../../../../shared/core/devices/sweepDueDevices.ts';
import { changeConfiguration } from '../../../../shared/core/configuration/changeConfiguration.ts';
import { confirmSilenceOf } from '../../../../shared/core/configuration/confirmSilenceOf.ts';
import { SILENCE_BREAKERS } from '../../../../shared/core/configuration/managedKinds.ts';
import { SINGLETON_ID } from '../../../../shared/core/ports/configuration.ts';
import { runReevaluation } from '../../../../shared/core/devices/runReevaluation.ts';
import { DEVICES_CONTAINER } from '../../../../shared/resources.ts';
import { BEFORE } from '../../../support/given.ts';
import { sampleConfiguration } from '../../../support/sampleConfiguration.ts';
import { healthySignals, NOW } from '../../../support/signals.ts';
import { startWorld, type World } from '../../../support/world.ts';

const WINDOW_IN_SECONDS = sampleConfiguration().tenantSettings?.deviceHeartbeatWindowInSeconds ?? 0;
const LATER = addSeconds(NOW, WINDOW_IN_SECONDS + 60 * 60);
const FLEET = Array.from({ length: 60 }, (_, at) => `silent-${String(at)}`);

let world: World;
afterEach(() => world.stop());

/** Starts a fleet that last reported at `NOW`, and one device that reports at `aliveAt`, so the partner is alive. */
async function startFleet(aliveAt: string): Promise<void> {
  world = await startWorld();
  await world.recompute(FLEET.flatMap((deviceId) => healthySignals(deviceId)));
  await world.recompute(healthySignals('alive', aliveAt), aliveAt);
}

async function states(): Promise<readonly (string | undefined)[]> {
  return [...new Set(await Promise.all(FLEET.map((deviceId) => world.stateOf(deviceId))))];
}

async function answers(at = LATER, deviceIds = FLEET): Promise<readonly string[]> {
  const configuration = await world.services.configuration.load();
  const stored = await Promise.all(
    deviceIds.map((deviceId) => world.services.devices.load(deviceId)),
  );
  const found = stored.flatMap((each) =>
    each === undefined ? [] : [evaluateCompliance(each.record, configuration, at).complianceState],
  );
  return [...new Set(found)];
}

const confirm = (): Promise<unknown> =>
  changeConfiguration(
    { ...world.services, now: () => new Date(LATER) },
    {
      kind: SILENCE_BREAKERS,
      activity: 'confirm',
      documentId: SINGLETON_ID,
      apply: (before) => confirmSilenceOf(before, LATER),
      ifMatch: null,
      isConfirmed: true,
      actor: { applicationId: 'operator' },
      requestId: 'request-1',
    },
  );

it('changes no device if more than the configured share becomes silent, until an operator confirms it', async () => {
  await startFleet(LATER);
  await expect(confirm()).rejects.toMatchObject({ code: 'conflict' });
  // The open breaker also protects the devices from a re-evaluation at the same moment.
  const passed = await runReevaluation(
    {
      ...world.dependencies,
      documents: world.services.documents,
      configuration: world.services.configuration,
      devices: world.services.devices,
      now: () => new Date(LATER),
    },
    { devicesPerSecond: 9999, runInMilliseconds: 60_000, cacheInSeconds: 0 },
  );
  expect([passed.visited, passed.isComplete]).toEqual([FLEET.length + 1, true]);
  expect((await sweepDueDevices(world.dependencies, LATER)).isBreakerOpen).toBe(true);
  expect([await states(), await answers()]).toEqual([['compliant'], ['compliant']]);

  await confirm();
  expect(await answers()).toEqual(['noncompliant']);
  const { isBreakerOpen, visited } = await sweepDueDevices(world.dependencies, LATER);
  expect([isBreakerOpen, visited]).toEqual([false, FLEET.length]);
  expect(await states()).toEqual(['noncompliant']);
  // A second confirmation changes nothing.
  await confirm();
  const { items: events } = await world.services.audit.list(10, undefined);
  expect(events).toEqual([
    expect.objectContaining({
      activityType: 'confirm silence breaker',
      activityResult: 'success',
      actor: { applicationId: 'operator' },
      before: expect.objectContaining({ state: 'open' }) as object,
      after: expect.objectContaining({ state: 'confirmed', confirmedDateTime: LATER }) as object,
    }),
  ]);
});

it('opens before the first answer would block, because it looks ahead', async () => {
  const deadline = addSeconds(NOW, WINDOW_IN_SECONDS);
  const [before, after] = [addSeconds(deadline, -600), addSeconds(deadline, 60)];
  await startFleet(before);
  expect((await sweepDueDevices(world.dependencies, before)).isBreakerOpen).toBe(true);
  // The partner reports again after the deadline, before any other sweep.
  await world.services.configuration.recordPartnerActivity(after, after);
  expect([await answers(before), await answers(after)]).toEqual([['compliant'], ['compliant']]);
  expect(await states()).toEqual(['compliant']);
});

it('logs the silence of an enabled partner', async () => {
  await startFleet(NOW);
  const { partnerHeartbeatSlackInSeconds = 0 } = sampleConfiguration().tenantSettings ?? {};
  const allowed = addSeconds(NOW, 2 * 60 * 60 + partnerHeartbeatSlackInSeconds);
  await sweepDueDevices(world.dependencies, allowed);
  expect(world.logged).toEqual([]);
  const expected = [`the partner has not reported since ${NOW}`];
  await sweepDueDevices(world.dependencies, addSeconds(allowed, 1));
  expect(world.logged).toEqual(expected);
  await world.services.configuration.recordPartnerActivity(allowed, allowed);
  world.services.configuration.forget();
  await sweepDueDevices(world.dependencies, addSeconds(allowed, 1));
  expect(world.logged).toEqual(expected);
});

it('stays closed for a fleet that reports in time', async () => {
  const inTime = addSeconds(NOW, WINDOW_IN_SECONDS - 20 * 60);
  await startFleet(inTime);
  expect((await sweepDueDevices(world.dependencies, inTime)).isBreakerOpen).toBe(false);
});

describe('an open breaker', () => {
  const HOUR = 60 * 60;
  const end = addSeconds(LATER, 24 * HOUR);
  /** The partner goes on reporting, so it does not stop the clocks. */
  const reportUntil = async (moment: string): Promise<void> => {
    await world.services.configuration.recordPartnerActivity(moment, moment);
  };

  it('ends after the maximum hold in every answer, although no timer runs', async () => {
    await startFleet(LATER);
    await sweepDueDevices(world.dependencies, LATER);
    await reportUntil(addSeconds(end, -1));
    expect(await answers(addSeconds(end, -1))).toEqual(['compliant']);
    await reportUntil(end);
    expect(await answers(end)).toEqual(['noncompliant']);
    await reportUntil(addSeconds(end, 400 * 24 * HOUR));
    expect(await answers(addSeconds(end, 400 * 24 * HOUR))).toEqual(['noncompliant']);
  });

  it('ends in the sweep too, which marks the devices and then closes it', async () => {
    await startFleet(LATER);
    await sweepDueDevices(world.dependencies, LATER);
    await reportUntil(end);
    const { isBreakerOpen, visited } = await sweepDueDevices(world.dependencies, end);
    expect([isBreakerOpen, visited >= FLEET.length, await states()]).toEqual([
      false,
      true,
      ['noncompliant'],
    ]);
    expect(world.logged.at(-1)).toContain('the hold since the silence breaker opened has ended');
    expect((await world.services.configuration.load()).silenceBreaker.state).toBe('confirmed');
    await sweepDueDevices(world.dependencies, addSeconds(end, 300));
    expect((await world.services.configuration.load()).silenceBreaker.state).toBe('closed');
  });

  it.each([
    ['that no sweep has marked yet', false],
    ['that the sweep has marked', true],
  ])('does not relieve a device that was silent before %s', async (_, isMarked) => {
    world = await startWorld();
    const lostAt = addSeconds(NOW, -6 * HOUR);
    await world.recompute(healthySignals('lost', lostAt), lostAt);
    await world.recompute(FLEET.flatMap((deviceId) => healthySignals(deviceId)));
    // The partner reports while the lost device is silent, so every answer blocks it.
    const middle = addSeconds(NOW, WINDOW_IN_SECONDS - 2 * HOUR);
    await reportUntil(middle);
    if (isMarked) await sweepDueDevices(world.dependencies, middle);
    expect(await answers(middle, ['lost'])).toEqual(['noncompliant']);
    await reportUntil(LATER);
    expect((await sweepDueDevices(world.dependencies, LATER)).isBreakerOpen).toBe(true);
    expect([await answers(), await answers(LATER, ['lost'])]).toEqual([
      ['compliant'],
      ['noncompliant'],
    ]);
    expect(await world.stateOf('lost')).toBe('noncompliant');
  });

  it('is not held by a record that cannot be read and whose deadline is long over', async () => {
    world = await startWorld();
    await world.recompute(healthySignals('lost', BEFORE), BEFORE);
    await world.recompute(FLEET.flatMap((deviceId) => healthySignals(deviceId)));
    const { id } = DEVICES_CONTAINER;
    await world.database.container(id).items.create({
      id: 'broken',
      deviceId: 'broken',
      silenceDueDateTime: '2025-01-01T00:00:00.000Z',
      record: {},
    });
    const inTime = addSeconds(NOW, WINDOW_IN_SECONDS - 60);
    await reportUntil(inTime);
    expect((await sweepDueDevices(world.dependencies, inTime)).isBreakerOpen).toBe(true);
    const { silenceBreaker } = await world.services.configuration.load();
    expect(silenceBreaker).toMatchObject({ state: 'open', heldDateTime: NOW });
  });

  it('protects the devices from the end of a long silence of the partner', async () => {
    world = await startWorld();
    await world.recompute(FLEET.flatMap((deviceId) => healthySignals(deviceId)));
    // Two reports of a backlog move the clock on, each by hours, before any sweep has run.
    const [first, second] = [addSeconds(LATER, 2 * HOUR), addSeconds(LATER, 2 * HOUR + 60)];
    await world.services.configuration.recordPartnerActivity(LATER, first);
    await world.services.configuration.recordPartnerActivity(second, second);
    expect((await sweepDueDevices(world.dependencies, second)).isBreakerOpen).toBe(true);
    expect(await answers(second)).toEqual(['compliant']);
  });
});

describe('a confirmed silence', () => {
  it('lasts as long as a hold, so a later silence is held again', async () => {
    await startFleet(LATER);
    await sweepDueDevices(world.dependencies, LATER);
    await confirm();
    const configuration = await world.services.configuration.load();
    const over = addSeconds(LATER, 24 * 60 * 60);
    expect([
      isBreakerOver(configuration, addSeconds(over, -1)),
      isBreakerOver(configuration, over),
    ]).toEqual([false, true]);
    await world.services.configuration.recordPartnerActivity(over, over);
    const held = await applySilenceBreaker(
      { ...world.dependencies, devices: world.services.devices },
      configuration,
      over,
    );
    // Whoever is silent by then stays silent.
    expect(held.silenceBreaker).toMatchObject({ state: 'open', openedDateTime: over });
    expect(await answers(over)).toEqual(['noncompliant']);
  });
});
