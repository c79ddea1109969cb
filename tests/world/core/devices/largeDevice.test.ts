import { afterAll, beforeAll, expect, it } from 'vitest';
import { addSeconds } from '../../../../shared/base/dateTime.ts';
import type { Incident } from '../../../../shared/domain/devices/device.ts';
import { MAX_INCIDENT_TEXT_LENGTH } from '../../../../shared/domain/devices/mergeSignals.ts';
import type { DeviceSignal } from '../../../../shared/domain/vocabulary/signal.ts';
import { recomputeBatch } from '../../../../shared/core/devices/recomputeBatch.ts';
import { MAX_ATTEMPTS } from '../../../../shared/core/devices/retryMessage.ts';
import { ENROLLED, INCIDENT, NOW, signalOf } from '../../../support/signals.ts';
import { queuedMessage, startWorld, type World } from '../../../support/world.ts';
import { eventually } from '../../../support/eventually.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const deviceId = 'large';
const ENROLMENT = [
  signalOf(ENROLLED, NOW, deviceId),
  signalOf({ type: 'activated' }, NOW, deviceId),
];

it('truncates incidents, and dead-letters a signal and logs the device if its record is too large', async () => {
  const report = (status: 'open' | 'resolved', at: number, seconds = 0): DeviceSignal =>
    signalOf(
      {
        type: 'incidentReported',
        status,
        incident: {
          ...INCIDENT,
          incidentId: `${'i'.repeat(240)}-${String(at)}`,
          title: 'Größe '.repeat(170),
          resource: '📱'.repeat(1000),
        },
      },
      addSeconds(NOW, seconds),
      deviceId,
    );
  const reports = (count: number, status: 'open' | 'resolved', seconds = 0): DeviceSignal[] =>
    Array.from({ length: count }, (_, at) => report(status, at, seconds));
  const incidents = async (): Promise<readonly Incident[]> =>
    ((await world.services.devices.load(deviceId))?.record.device.incidents ?? []).map(
      ({ value }) => value,
    );
  await world.recompute([...ENROLMENT, ...reports(800, 'open')]);
  expect(Array.from((await incidents())[0]?.title ?? '')).toHaveLength(MAX_INCIDENT_TEXT_LENGTH);
  // Only the last signal is at its final attempt, so there is one dead letter instead of 800.
  const more = Array.from({ length: 800 }, (_, at) => queuedMessage(report('open', 800 + at)));
  const last = queuedMessage(report('open', 1600), MAX_ATTEMPTS - 1);
  const over = queuedMessage(report('resolved', 0, 1));
  await recomputeBatch(world.dependencies, [...more, over, last], NOW);
  const [dead] = await eventually(
    () => world.deadLetters(),
    (messages) => messages.length > 0,
  );
  expect(dead?.applicationProperties?.['failureCode']).toBe('deviceRecordTooLarge');
  expect(world.logged.at(-1)).toContain(deviceId);
  // A signal in the same batch that needs no space is stored.
  expect((await incidents()).map(({ status }) => status).toSorted()).toEqual([
    ...Array.from({ length: 799 }, () => 'open'),
    'resolved',
  ]);
  // Resolved incidents free space.
  await world.recompute(reports(800, 'resolved', 1));
  await world.recompute(reports(1600, 'open', 2).slice(800));
  expect(await incidents()).toHaveLength(1600);
});
