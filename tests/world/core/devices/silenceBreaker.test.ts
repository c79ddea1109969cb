import { afterEach, expect, it } from 'vitest';
import { addSeconds } from '../../../../shared/base/dateTime.ts';
import { evaluateCompliance } from '../../../../shared/domain/compliance/evaluateCompliance.ts';
import { sweepDueDevices } from '../../../../shared/core/devices/sweepDueDevices.ts';
import { changeConfiguration } from '../../../../shared/core/configuration/changeConfiguration.ts';
import { confirmSilenceOf } from '../../../../shared/core/configuration/confirmSilenceOf.ts';
import { SILENCE_BREAKERS } from '../../../../shared/core/configuration/managedKinds.ts';
import { SINGLETON_ID } from '../../../../shared/core/ports/configuration.ts';
import { runReevaluation } from '../../../../shared/core/devices/runReevaluation.ts';
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
  await world.services.configuration.recordPartnerActivity(after);
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
  await world.services.configuration.recordPartnerActivity(allowed);
  world.services.configuration.forget();
  await sweepDueDevices(world.dependencies, addSeconds(allowed, 1));
  expect(world.logged).toEqual(expected);
});

it('stays closed for a fleet that reports in time', async () => {
  const inTime = addSeconds(NOW, WINDOW_IN_SECONDS - 20 * 60);
  await startFleet(inTime);
  expect((await sweepDueDevices(world.dependencies, inTime)).isBreakerOpen).toBe(false);
});
