import { afterAll, beforeAll, expect, it } from 'vitest';
import { addSeconds } from '../../../../shared/base/dateTime.ts';
import { evaluateDevice } from '../../../../shared/core/decisions/readDevice.ts';
import type { ComplianceEvaluation } from '../../../../shared/domain/compliance/evaluateCompliance.ts';
import type { DeviceSignal, IncidentDetails } from '../../../../shared/domain/vocabulary/signal.ts';
import { ENROLLED, INCIDENT, NOW, signalOf } from '../../../support/signals.ts';
import { startWorld, type World } from '../../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const deviceId = 'large';
const MAX_RECORD_BYTES = 64 * 1024;
const MAX_READ_UNITS = 8;

const report = (
  status: 'open' | 'resolved',
  changes: Partial<IncidentDetails>,
  seconds = 0,
): DeviceSignal =>
  signalOf(
    {
      type: 'incidentReported',
      status,
      incident: {
        ...INCIDENT,
        title: 'Größe '.repeat(170),
        resource: '📱'.repeat(1000),
        ...changes,
      },
    },
    addSeconds(NOW, seconds),
    deviceId,
  );

const apps = (count: number): DeviceSignal =>
  signalOf(
    {
      type: 'telemetryReported',
      telemetry: {
        application: {
          installed: Array.from({ length: count }, (_, at) => ({
            bundleId: `com.example.app${String(at)}`,
            name: 'x'.repeat(200),
            verdict: at % 2 === 0 ? 'unwanted' : 'clean',
          })),
        },
      },
    },
    NOW,
    deviceId,
  );

it('bounds the record after 10,000 incidents and 5,000 apps, and the worst open threat still decides', async () => {
  await world.recompute([
    signalOf(ENROLLED, NOW, deviceId),
    signalOf({ type: 'riskReported', riskLevel: 'minimal' }, NOW, deviceId),
    apps(5000),
    report('open', { incidentId: 'worst', severity: 'high' }),
  ]);
  for (let from = 0; from < 10_000; from += 1000) {
    const ids = Array.from({ length: 1000 }, (_, at) => `${'i'.repeat(200)}-${String(from + at)}`);
    const signals = [
      ...ids.map((incidentId) => report('open', { incidentId, severity: 'low' }, 1 + from)),
      ...ids
        .filter((_, at) => at % 2 === 0)
        .map((incidentId) => report('resolved', { incidentId, severity: 'low' }, 2 + from)),
    ];
    await world.recompute(signals, addSeconds(NOW, 2 + from));
  }
  const stored = await world.services.devices.load(deviceId);
  expect(Buffer.byteLength(JSON.stringify(stored?.record))).toBeLessThanOrEqual(MAX_RECORD_BYTES);
  expect(stored?.record.device.incidentOverflow?.lostCount).toBeGreaterThan(1000);
  const { headers } = await world.database.container('devices').item(deviceId, deviceId).read();
  expect(Number(headers['x-ms-request-charge'])).toBeLessThanOrEqual(MAX_READ_UNITS);
  const { reasons, threats } = await evaluated(NOW);
  expect(reasons[0]).toMatchObject({ code: 'threatLevelAboveCeiling' });
  expect(threats.map(({ level }) => level)).toContain('high');
  expect(threats.find(({ level }) => level === 'high')?.reason.incidentId).toBe('worst');
});

it('counts the overflowing incidents until an operator clears them', async () => {
  const { incidents } = (await world.services.devices.load(deviceId))?.record.device ?? {};
  const resolved = (incidents ?? []).map(({ value }) => report('resolved', value, 20_000));
  await world.recompute([...resolved, apps(0)], addSeconds(NOW, 20_000));
  const { threats } = await evaluated(NOW);
  expect(threats.map(({ reason }) => reason.message)).toEqual([
    expect.stringContaining('more open incidents than a device record holds'),
  ]);
  const later = addSeconds(NOW, 20_001);
  await world.recompute([signalOf({ type: 'unreadableReportsCleared' }, later, deviceId)], later);
  expect((await evaluated(NOW)).threats).toEqual([]);
});

async function evaluated(now: string): Promise<ComplianceEvaluation> {
  const configuration = await world.services.configuration.load();
  return evaluateDevice(world.services.devices, deviceId, configuration, now);
}
