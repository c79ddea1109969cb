import { afterAll, beforeAll, expect, it } from 'vitest';
import { addSeconds } from '../../shared/domain/dateTime.ts';
import { evaluateCompliance } from '../../shared/domain/evaluateCompliance.ts';
import type { DeviceSignal } from '../../shared/domain/signal.ts';
import { expireHeartbeats } from '../../shared/expireHeartbeats.ts';
import { changeConfiguration } from '../../shared/manage/changeConfiguration.ts';
import { confirmSilenceOf } from '../../shared/manage/confirmSilence.ts';
import { SILENCE_BREAKERS, SINGLETON_ID } from '../../shared/manage/managedKinds.ts';
import { recomputeBatch } from '../../shared/recomputeBatch.ts';
import { reevaluateDevices } from '../../shared/reevaluateDevices.ts';
import { ENROLLED, NOW, signalOf } from '../support/signals.ts';
import { startWorld, type World } from '../support/world.ts';

const LATER = addSeconds(NOW, 9 * 60 * 60);
const FLEET = Array.from({ length: 60 }, (_, at) => `silent-${String(at)}`);

let world: World;
beforeAll(async () => {
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
  // One that reports, so that the partner lives, and all the others past their deadline.
  await work(begin('alive', LATER), LATER);
});
afterAll(() => world.stop());

async function states(): Promise<readonly (string | undefined)[]> {
  const stored = await Promise.all(FLEET.map((deviceId) => world.services.devices.load(deviceId)));
  return [...new Set(stored.map((each) => each?.record.evaluation?.complianceState))];
}

async function answers(): Promise<readonly string[]> {
  const configuration = await world.services.configuration.load();
  const stored = await Promise.all(FLEET.map((deviceId) => world.services.devices.load(deviceId)));
  const found = stored.flatMap((each) =>
    each === undefined
      ? []
      : [evaluateCompliance(each.record, configuration, LATER).complianceState],
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
  await expect(confirm()).rejects.toMatchObject({ code: 'conflict' });
  // A change of policy at that very moment looks at every device, and is held back as well.
  const passed = await reevaluateDevices(
    {
      ...world.dependencies,
      documents: world.services.documents,
      configuration: world.services.configuration,
      devices: world.services.devices,
      now: () => new Date(LATER),
    },
    { devicesPerSecond: 9999, runInMilliseconds: 60_000 },
  );
  expect([passed.visited, passed.isComplete]).toEqual([FLEET.length + 1, true]);
  expect((await expireHeartbeats(world.dependencies, LATER)).isHeld).toBe(true);
  expect([await states(), await answers()]).toEqual([['compliant'], ['compliant']]);

  await confirm();
  expect(await answers()).toEqual(['noncompliant']);
  const { isHeld, visited } = await expireHeartbeats(world.dependencies, LATER);
  expect([isHeld, visited]).toEqual([false, FLEET.length]);
  expect(await states()).toEqual(['noncompliant']);
  // Confirmed twice is confirmed once.
  await confirm();
  const { events } = await world.services.audit.list(10, undefined);
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
