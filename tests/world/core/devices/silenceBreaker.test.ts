import { afterEach, expect, it } from 'vitest';
import { addSeconds } from '../../../../shared/base/dateTime.ts';
import { evaluateCompliance } from '../../../../shared/domain/compliance/evaluateCompliance.ts';
import type { DeviceSignal } from '../../../../shared/domain/vocabulary/signal.ts';
import { sweepDueDevices } from '../../../../shared/core/devices/sweepDueDevices.ts';
import { changeConfiguration } from '../../../../shared/core/configuration/changeConfiguration.ts';
import { confirmSilenceOf } from '../../../../shared/core/configuration/confirmSilence.ts';
import { SILENCE_BREAKERS } from '../../../../shared/core/configuration/managedKinds.ts';
import { SINGLETON_ID } from '../../../../shared/core/ports/configuration.ts';
import { recomputeBatch } from '../../../../shared/core/devices/recomputeBatch.ts';
import { runReevaluation } from '../../../../shared/core/devices/runReevaluation.ts';
import { sampleConfiguration } from '../../../support/sampleConfiguration.ts';
import { ENROLLED, NOW, signalOf } from '../../../support/signals.ts';
import { startWorld, type World } from '../../../support/world.ts';

const WINDOW_IN_SECONDS = sampleConfiguration().tenantSettings?.deviceHeartbeatWindowInSeconds ?? 0;
const LATER = addSeconds(NOW, WINDOW_IN_SECONDS + 60 * 60);
const FLEET = Array.from({ length: 60 }, (_, at) => `silent-${String(at)}`);

let world: World;
afterEach(() => world.stop());

/** A fleet that was heard at `NOW`, and one device that was heard at `aliveAt`, so that the partner lives. */
async function startFleet(aliveAt: string): Promise<void> {
  world = await startWorld();
  const begin = (deviceId: string, at: string): readonly DeviceSignal[] => [
    signalOf(ENROLLED, at, deviceId),
    signalOf({ type: 'activated' }, at, deviceId),
    signalOf({ type: 'riskReported', riskLevel: 'minimal' }, at, deviceId),
  ];
  const work = (signals: readonly DeviceSignal[], now: string): Promise<void> =>
    recomputeBatch(
      world.dependencies,
      signals.map((signal) => ({ attempt: 0, signal })),
      now,
    );
  await work(
    FLEET.flatMap((deviceId) => begin(deviceId, NOW)),
    NOW,
  );
  await work(begin('alive', aliveAt), aliveAt);
}

async function states(): Promise<readonly (string | undefined)[]> {
  const stored = await Promise.all(FLEET.map((deviceId) => world.services.devices.load(deviceId)));
  return [...new Set(stored.map((each) => each?.record.evaluation?.complianceState))];
}

async function answers(at = LATER): Promise<readonly string[]> {
  const configuration = await world.services.configuration.load();
  const stored = await Promise.all(FLEET.map((deviceId) => world.services.devices.load(deviceId)));
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

it('marks nobody when more than the set share would fall at once, until an operator confirms it', async () => {
  await startFleet(LATER);
  await expect(confirm()).rejects.toMatchObject({ code: 'conflict' });
  // A change of policy at that very moment looks at every device, and is held back as well.
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
  expect((await sweepDueDevices(world.dependencies, LATER)).isHeld).toBe(true);
  expect([await states(), await answers()]).toEqual([['compliant'], ['compliant']]);

  await confirm();
  expect(await answers()).toEqual(['noncompliant']);
  const { isHeld, visited } = await sweepDueDevices(world.dependencies, LATER);
  expect([isHeld, visited]).toEqual([false, FLEET.length]);
  expect(await states()).toEqual(['noncompliant']);
  // Confirmed twice is confirmed once.
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

it('is open before the first answer would block, since it looks ahead', async () => {
  const deadline = addSeconds(NOW, WINDOW_IN_SECONDS);
  const [before, after] = [addSeconds(deadline, -600), addSeconds(deadline, 60)];
  await startFleet(before);
  expect((await sweepDueDevices(world.dependencies, before)).isHeld).toBe(true);
  // The partner is heard again after the deadline, and no sweep has run since.
  await world.services.configuration.recordPartnerActivity(after);
  expect([await answers(before), await answers(after)]).toEqual([['compliant'], ['compliant']]);
  expect(await states()).toEqual(['compliant']);
});

it('says that nothing was heard of a partner that is switched on', async () => {
  await startFleet(NOW);
  const { partnerHeartbeatSlackInSeconds = 0 } = sampleConfiguration().tenantSettings ?? {};
  const allowed = addSeconds(NOW, 2 * 60 * 60 + partnerHeartbeatSlackInSeconds);
  await sweepDueDevices(world.dependencies, allowed);
  expect(world.logged).toEqual([]);
  const said = [`the partner has not been heard since ${NOW}`];
  await sweepDueDevices(world.dependencies, addSeconds(allowed, 1));
  expect(world.logged).toEqual(said);
  await world.services.configuration.recordPartnerActivity(allowed);
  world.services.configuration.forget();
  await sweepDueDevices(world.dependencies, addSeconds(allowed, 1));
  expect(world.logged).toEqual(said);
});

it('does not look so far ahead that a fleet that reports in time is held', async () => {
  const inTime = addSeconds(NOW, WINDOW_IN_SECONDS - 20 * 60);
  await startFleet(inTime);
  expect((await sweepDueDevices(world.dependencies, inTime)).isHeld).toBe(false);
});
