import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ALERT_RULES } from '../../../../infra/azure/monitoring/alertRules.ts';
import { METRIC_RULES } from '../../../../infra/azure/monitoring/metricAlerts.ts';
import { MAX_THROUGHPUT } from '../../../../infra/azure/cosmosDb.ts';
import { STAGES } from '../../../../infra/azure/stageConfiguration.ts';
import { COSTS, PLATFORM, SETTINGS } from '../../../../infra/capacity/inputs.ts';
import { USUAL_LOAD } from '../../../../infra/capacity/load.ts';
import { toCapacity, type Limit } from '../../../../infra/capacity/model.ts';

describe('the capacity of a fleet', () => {
  const of = (devices: number, changes: Partial<typeof USUAL_LOAD> = {}) =>
    toCapacity({ ...USUAL_LOAD, ...changes, devices });

  it('follows from the load of its devices', () => {
    const { signalsASecond, requestUnitsASecond, partitions, messagingUnits } = of(1e6);
    expect(signalsASecond).toBeCloseTo(1e6 / 900 + 1e6 / 86_400, 6);
    const reads = 1e6 / 900 + (1e6 * (1 + 0.05 + 50)) / 86_400;
    const writes = 1e6 / 900 / 8 + (1e6 * (1 + 2 * 0.05)) / 86_400;
    // Planned for twice the average.
    expect(requestUnitsASecond).toBe(Math.ceil((2 * (reads * 1.2 + writes * 18)) / 100) * 100);
    expect([partitions, messagingUnits]).toEqual([1, 1]);
  });

  it('costs more in total and less per device as the fleet grows', () => {
    const sizes = [1e4, 1e5, 1e6, 1e7];
    const totals = sizes.map((devices) => of(devices).dollarsAMonth.total);
    expect(totals.toSorted((a, b) => a - b)).toEqual(totals);
    const each = totals.map((total, at) => total / (sizes[at] ?? 1));
    expect(each.toSorted((a, b) => b - a)).toEqual(each);
  });

  it.each([
    ['each heartbeat is written', { slackInSeconds: 0 }],
    ['each signal is its own message', { signalsAMessage: 1 }],
    ['SEP Mobile sends sixty events per request', { eventsARequest: 60 }],
    ['SEP Mobile sends one event per request', { eventsARequest: 1 }],
  ])('costs more if %s', (_, changes) => {
    const { database, queue, functions, total } = of(1e8).dollarsAMonth;
    const costlier = of(1e8, changes).dollarsAMonth;
    expect(costlier.total).toBeGreaterThan(total);
    expect(
      costlier.database >= database && costlier.queue >= queue && costlier.functions >= functions,
    ).toBe(true);
  });

  it('records no more executions than the limit per instance', () => {
    const pricePerRecordASecond =
      (COSTS.bytesARecord * PLATFORM.secondsAMonth * PLATFORM.dollarsPerTelemetryGigabyte) / 1e9;
    const records = (devices: number): number => {
      const { dollarsAMonth, instances } = of(devices);
      const ofServices =
        Math.max(14, instances / COSTS.peak) * COSTS.logsOfServicesAnInstanceSecond;
      return dollarsAMonth.telemetry / pricePerRecordASecond - ofServices;
    };
    // A small fleet records all of them: fifty decisions per device and day, plus batches and messages.
    expect(records(1e4)).toBeGreaterThan((1e4 * 50) / 86_400);
    expect(records(1e8)).toBeLessThan(of(1e8).instances * COSTS.recordsAnInstanceSecond);
  });

  it('names the first setting and the first quota to exceed, and the number of devices that exceed them', () => {
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

  it('uses the deployed settings', () => {
    const [, production] = STAGES;
    expect([SETTINGS.maximumInstances, SETTINGS.alwaysReadyInstances]).toEqual([
      production?.maximumInstanceCount,
      production?.alwaysReadyInstances,
    ]);
    expect(SETTINGS.requestsAtOnce).toBe(production?.requestsAtOnce);
    expect(SETTINGS.maximumRequestUnitsASecond).toBe(MAX_THROUGHPUT.prod);
    expect(SETTINGS.logAlerts).toBe(ALERT_RULES.length);
    expect(SETTINGS.metricAlerts).toBe(METRIC_RULES.length);
  });

  it('pays for the ready instances of every group that scales by itself', () => {
    const folder = fileURLToPath(new URL('../../../../functions/', import.meta.url));
    const triggers = globSync('**/*.ts', { cwd: folder }).flatMap(
      (name) => readFileSync(join(folder, name), 'utf8').match(/^app\.\w+\(/gm) ?? [],
    );
    const alone = triggers.filter((each) => /timer|serviceBusQueue/.test(each));
    expect(SETTINGS.scaleGroups).toBe(1 + alone.length);
    const ready =
      2 *
      SETTINGS.scaleGroups *
      PLATFORM.gigabytesAnInstance *
      PLATFORM.secondsAMonth *
      PLATFORM.dollarsPerReadyGigabyteSecond;
    expect(of(1).dollarsAMonth.functions).toBeGreaterThan(ready);
    expect(ready).toBeCloseTo(336, 0);
  });

  it('needs an instance more for each hundred receivers that wait', () => {
    const idle = of(1e6, { waitingReceivers: 0 });
    const crowded = of(1e6, { waitingReceivers: 1000 });
    expect(crowded.instances).toBe(idle.instances + 10);
    expect(crowded.dollarsAMonth.functions).toBeGreaterThan(idle.dollarsAMonth.functions);
    expect(crowded.firstSetting.devices).toBeLessThanOrEqual(idle.firstSetting.devices);
  });
});
