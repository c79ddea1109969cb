import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { addSeconds } from '../../../../shared/base/dateTime.ts';
import { recomputeBatch } from '../../../../shared/core/devices/recomputeBatch.ts';
import {
  beginReevaluation,
  runReevaluation,
  type ReevaluationOutcome,
} from '../../../../shared/core/devices/runReevaluation.ts';
import { CONFIGURATION_CONTAINER, DEVICES_CONTAINER } from '../../../../shared/resources.ts';
import { ENROLLED, NOW, signalOf } from '../../../support/signals.ts';
import { queuedMessage, startWorld, type World } from '../../../support/world.ts';

const DAY = 24 * 60 * 60;
const FLEET = Array.from({ length: 6 }, (_, at) => `phone-${String(at)}`);

let world: World;
beforeAll(async () => {
  world = await startWorld();
  await world.recompute(
    FLEET.flatMap((deviceId) => [
      signalOf(ENROLLED, NOW, deviceId),
      signalOf({ type: 'activated' }, NOW, deviceId),
      signalOf({ type: 'riskReported', riskLevel: 'low' }, NOW, deviceId),
    ]),
  );
});
beforeEach(() => world.cosmos.faults.clear());
afterAll(() => world.stop());

const pass = (now: string, paused: number[] = []): Promise<ReevaluationOutcome> =>
  runReevaluation(
    {
      ...world.dependencies,
      documents: world.services.documents,
      configuration: world.services.configuration,
      devices: world.services.devices,
      now: () => new Date(now),
      pause: (milliseconds) => Promise.resolve(void paused.push(milliseconds)),
    },
    { devicesPerSecond: 9999, runInMilliseconds: 60_000, cacheInSeconds: 7 },
  );

const states = (): Promise<readonly (string | undefined)[]> =>
  Promise.all(FLEET.map((deviceId) => world.stateOf(deviceId)));

async function setCeiling(level: 'secured' | 'low', lastModifiedDateTime: string): Promise<void> {
  await world.database
    .container(CONFIGURATION_CONTAINER.id)
    .item('android-baseline', 'deviceCompliancePolicy')
    .patch([
      { op: 'set', path: '/deviceThreatProtectionRequiredSecurityLevel', value: level },
      { op: 'set', path: '/lastModifiedDateTime', value: lastModifiedDateTime },
    ]);
}

const all = (state: string): readonly string[] => FLEET.map(() => state);

it('waits once per change until no worker uses the old configuration', async () => {
  const paused: number[] = [];
  await pass(NOW, paused);
  expect(paused[0]).toBe(7000);
  const again: number[] = [];
  expect(await pass(NOW, again)).toEqual({ visited: 0, failed: 0, isComplete: true });
  expect(again).toEqual([]);
});

it('visits the devices again that it failed to load', async () => {
  await setCeiling('secured', NOW);
  world.cosmos.faults.add({
    kind: 'status',
    status: 503,
    container: 'devices',
    operation: 'read',
    id: 'phone-3',
  });
  const cut = await pass(NOW);
  expect([cut.isComplete, cut.failed]).toEqual([false, 1]);
  world.cosmos.faults.clear();
  expect((await states()).filter((state) => state === 'compliant')).toHaveLength(1);
  expect((await pass(NOW)).isComplete).toBe(true);
  expect(await states()).toEqual(all('noncompliant'));
  await setCeiling('low', addSeconds(NOW, 1));
  await pass(NOW);
  expect(await states()).toEqual(all('compliant'));
});

it('follows the silence of the partner and its return', async () => {
  await world.services.configuration.recordPartnerActivity(NOW, NOW);
  const late = addSeconds(NOW, 7 * DAY + 1);
  // A last pass, minutes after the previous one, visits every device for late writes. Then there are no more.
  expect((await pass(addSeconds(NOW, 7 * DAY))).visited).toBe(FLEET.length);
  expect((await pass(addSeconds(NOW, 7 * DAY))).visited).toBe(0);
  expect((await pass(late)).visited).toBe(FLEET.length);
  expect(await states()).toEqual(all('noncompliant'));
  await world.services.configuration.recordPartnerActivity(
    addSeconds(NOW, 60),
    addSeconds(NOW, 60),
  );
  await pass(late);
  expect(await states()).toEqual(all('compliant'));
});

it('corrects a device that a slow worker saved under the old configuration', async () => {
  const changed = addSeconds(NOW, 9 * DAY);
  await world.services.configuration.recordPartnerActivity(changed, changed);
  world.services.configuration.forget();
  await pass(changed);
  const before = await world.services.configuration.load();
  await setCeiling('secured', addSeconds(changed, 1));
  world.services.configuration.forget();
  await pass(addSeconds(changed, 2));
  expect(await states()).toEqual(all('noncompliant'));
  // A worker that read the old configuration writes now.
  await recomputeBatch(
    {
      ...world.dependencies,
      configuration: { ...world.services.configuration, load: () => Promise.resolve(before) },
    },
    [queuedMessage(signalOf({ type: 'heartbeat' }, addSeconds(changed, 60), FLEET[0]))],
    addSeconds(changed, 60),
  );
  expect((await states())[0]).toBe('compliant');
  expect((await pass(addSeconds(changed, 300))).visited).toBe(0);
  expect((await pass(addSeconds(changed, 420))).visited).toBe(FLEET.length);
  expect(await states()).toEqual(all('noncompliant'));
  expect((await pass(addSeconds(changed, 900))).visited).toBe(0);
});

it('replaces a record that cannot be read only if an operator started the pass', async () => {
  const [deviceId = ''] = FLEET;
  const container = world.database.container(DEVICES_CONTAINER.id);
  const { resource } = await container.item(deviceId, deviceId).read<{ record: object }>();
  const broken = { op: 'set', path: '/record/transitionCount', value: 'many' } as const;
  await container.item(deviceId, deviceId).patch([broken]);
  const now = addSeconds(NOW, 20 * DAY);
  await setCeiling('low', now);
  world.services.configuration.forget();
  const replacement = {
    records: world.services.devices,
    audit: world.services.audit,
    actor: {},
  };
  const run = (): Promise<ReevaluationOutcome> =>
    runReevaluation(
      {
        ...world.dependencies,
        documents: world.services.documents,
        configuration: world.services.configuration,
        replacement,
        now: () => new Date(now),
        pause: () => Promise.resolve(),
      },
      { devicesPerSecond: 9999, runInMilliseconds: 60_000, cacheInSeconds: 0 },
    );
  expect(await run()).toMatchObject({ visited: FLEET.length, failed: 1 });
  expect(await world.answerFor(deviceId, now)).toBe('error');

  await beginReevaluation(world.services.documents);
  expect(await run()).toMatchObject({ visited: FLEET.length, failed: 0 });
  const stored = await world.services.devices.load(deviceId);
  // Only its count was unreadable, so the device has all its facts.
  expect(stored?.record.device).toEqual(
    (resource?.record as { readonly device: object } | undefined)?.device,
  );
  expect(world.logged.join()).toContain(`the record of device \`${deviceId}\` is replaced`);
  const { items } = await world.services.audit.list(1, undefined);
  expect(items).toMatchObject([{ activityResult: 'success', before: { kept: 'facts' } }]);
});
