import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAX_THROUGHPUT } from '../../../../infra/azure/cosmosDb.ts';
import { STAGES } from '../../../../infra/azure/stageConfiguration.ts';
import { COSTS, PLATFORM, SETTINGS } from '../../../../infra/capacity/inputs.ts';
import { toCapacity, USUAL_LOAD, type Limit } from '../../../../infra/capacity/model.ts';
import { evaluateDevice } from '../../../../shared/core/decisions/readDevice.ts';
import { addSeconds } from '../../../../shared/base/dateTime.ts';
import type { DeviceSignal } from '../../../../shared/domain/vocabulary/signal.ts';
import { recomputeBatch } from '../../../../shared/core/devices/recomputeBatch.ts';
import { ENROLLED, INCIDENT, NOW, signalOf } from '../../../support/signals.ts';
import { startWorld, type World } from '../../../support/world.ts';

const ROOT = resolve(import.meta.dirname, '../../../..');

describe('what the model takes an operation to cost', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.stop());

  /** Point reads and writes of devices that `work` has made. */
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
    recomputeBatch(
      world.dependencies,
      [signals.map((signal) => ({ attempt: 0, signal }))],
      addSeconds(NOW, 60),
    );

  it('is what the code asks of the database', async () => {
    const open = { type: 'incidentReported', status: 'open' } as const;
    await receive(
      signalOf(ENROLLED),
      signalOf({ type: 'activated' }),
      signalOf({ type: 'riskReported', riskLevel: 'high' }),
    );
    // It is noncompliant already, so that this is told to nobody.
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
    // The outbox is emptied once it was sent.
    expect(transition).toEqual([COSTS.readsASignal, COSTS.writesAnEvent + 1]);
    const decision = await costOf(async () =>
      evaluateDevice(
        world.services.devices,
        { identifiedBy: 'deviceId', value: 'phone-1' },
        await world.services.configuration.load(),
        NOW,
      ),
    );
    expect(decision).toEqual([COSTS.readsADecision, 0]);
  });
});

describe('the capacity of a fleet', () => {
  const of = (devices: number, changes: Partial<typeof USUAL_LOAD> = {}) =>
    toCapacity({ ...USUAL_LOAD, ...changes, devices });

  it('follows from what the devices do', () => {
    const { signalsASecond, requestUnitsASecond, partitions, messagingUnits } = of(1e6);
    expect(signalsASecond).toBeCloseTo(1e6 / 900 + 1e6 / 86_400, 6);
    const reads = 1e6 / 900 + (1e6 * (1 + 0.05 + 50)) / 86_400;
    const writes = 1e6 / 900 / 8 + (1e6 * (1 + 2 * 0.05)) / 86_400;
    // Planned for twice the average.
    expect(requestUnitsASecond).toBe(Math.ceil((2 * (reads * 1.2 + writes * 18)) / 100) * 100);
    expect([partitions, messagingUnits]).toEqual([1, 1]);
  });

  it('never costs less for more devices, and less a device the more there are', () => {
    const sizes = [1e4, 1e5, 1e6, 1e7];
    const totals = sizes.map((devices) => of(devices).dollarsAMonth.total);
    expect(totals.toSorted((a, b) => a - b)).toEqual(totals);
    const each = totals.map((total, at) => total / (sizes[at] ?? 1));
    expect(each.toSorted((a, b) => b - a)).toEqual(each);
  });

  it.each([
    ['each heartbeat is written', { slackInSeconds: 0 }],
    ['each signal is a message of its own', { signalsAMessage: 1 }],
    ['SEP Mobile sends sixty at once', { eventsARequest: 60 }],
    ['each event comes by itself', { eventsARequest: 1 }],
  ])('costs more where %s', (_, changes) => {
    const { database, queue, functions, total } = of(1e8).dollarsAMonth;
    const dearer = of(1e8, changes).dollarsAMonth;
    expect(dearer.total).toBeGreaterThan(total);
    expect(
      dearer.database >= database && dearer.queue >= queue && dearer.functions >= functions,
    ).toBe(true);
  });

  it('records no more executions than each instance may', () => {
    const pricePerRecordASecond =
      (COSTS.bytesARecord * PLATFORM.secondsAMonth * PLATFORM.dollarsPerTelemetryGigabyte) / 1e9;
    const records = (devices: number): number =>
      of(devices).dollarsAMonth.telemetry / pricePerRecordASecond;
    // Those of a small fleet all: fifty decisions a device a day, and a few more of batches and messages.
    expect(records(1e4)).toBeGreaterThan((1e4 * 50) / 86_400);
    expect(records(1e8)).toBeLessThan(of(1e8).instances * COSTS.recordsAnInstanceSecond);
  });

  it('names what has to be raised first and what is short first, and how many devices hit it', () => {
    const { firstSetting, firstLimit } = of(1e8);
    expect([firstSetting.what, firstLimit.what]).toEqual([
      '10,000 RU/s',
      '250 cores, the usual quota of a region',
    ]);
    const around = ({ devices }: Limit) => [of(devices * 0.98), of(devices * 1.02)] as const;
    const [below, above] = around(firstSetting);
    expect([below.requestUnitsASecond <= 10_000, above.requestUnitsASecond > 10_000]).toEqual([
      true,
      true,
    ]);
    const [fits, isShort] = around(firstLimit);
    expect([fits.instances <= 250, isShort.instances > 250]).toEqual([true, true]);
  });

  it('plans with what is deployed', () => {
    const [, production] = STAGES;
    expect([SETTINGS.maximumInstances, SETTINGS.alwaysReadyInstances]).toEqual([
      production?.maximumInstanceCount,
      production?.alwaysReadyInstances,
    ]);
    expect(SETTINGS.maximumRequestUnitsASecond).toBe(MAX_THROUGHPUT.prod);
  });
});

describe('npm run capacity', () => {
  const run = (...args: readonly string[]): Promise<{ code: number; out: string; err: string }> =>
    new Promise((done) => {
      execFile(
        process.execPath,
        [join(ROOT, 'infra/capacity/main.ts'), ...args],
        (error, out, err) => {
          done({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
        },
      );
    });

  it('prints a row for each fleet', async () => {
    const { code, out } = await run('--devices', '1e4,1e8', '--heartbeat', '15m');
    expect(code).toBe(0);
    expect(out).toMatch(/^\| 10,000 \|.*\n\| 100,000,000 \|/m);
  });

  it.each([
    ['--devices', 'many', '--devices must be a number of at least 1, not `many`'],
    ['--heartbeat', '15', '--heartbeat must be a time such as 90s, 15m or 2h, not `15`'],
    ['--events-a-request', '0', '--events-a-request must be a number of at least 1, not `0`'],
    ['--speed', '1', 'speed'],
  ])('refuses %s %s and says what is allowed', async (option, value, message) => {
    const { code, err } = await run(option, value);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});
