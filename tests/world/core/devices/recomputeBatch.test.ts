import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addSeconds } from '../../../../shared/base/dateTime.ts';
import { ConnectorError } from '../../../../shared/base/connectorError.ts';
import { fromDeadLetter } from '../../../../shared/core/devices/deadLetter.ts';
import { createDevice } from '../../../../shared/domain/devices/device.ts';
import { mergeSignals } from '../../../../shared/domain/devices/mergeSignals.ts';
import type { DeviceSignal } from '../../../../shared/domain/vocabulary/signal.ts';
import { packSignals } from '../../../../shared/core/devices/packSignals.ts';
import { TENANT_SETTINGS_DEFAULTS } from '../../../../shared/core/configuration/configurationDefaults.ts';
import { recomputeBatch } from '../../../../shared/core/devices/recomputeBatch.ts';
import {
  MAX_ATTEMPTS,
  MAX_RETRY_AGE_IN_SECONDS,
} from '../../../../shared/core/devices/retryMessage.ts';
import type { MessageRetry } from '../../../../shared/core/ports/queues.ts';
import { CONFIGURATION_CONTAINER, DEVICES_CONTAINER } from '../../../../shared/resources.ts';
import { healthySignals, INCIDENT, NOW, signalOf } from '../../../support/signals.ts';
import { startWorld, type World } from '../../../support/world.ts';
import { eventually } from '../../../support/eventually.ts';

let world: World;
let count = 0;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(() => {
  world.cosmos.faults.clear();
  world.broker.faults.refuseSends(0);
  world.logged.length = 0;
});

const newId = (): string => `device-${String((count += 1))}`;
const queued = (signal: DeviceSignal, attempt = 0): object => ({ attempt, signal });
const counted = (operation: string): number => {
  const { [`devices/${operation}`]: entry } = world.cosmos.counters();
  return entry?.count ?? 0;
};

describe('recomputeBatch', () => {
  it('stores every signal of every device', async () => {
    const [one, two] = [newId(), newId()];
    await world.recompute([
      ...healthySignals(one),
      ...healthySignals(two),
      signalOf({ type: 'incidentReported', status: 'open', incident: INCIDENT }, NOW, two),
    ]);
    expect([await world.stateOf(one), await world.stateOf(two)]).toEqual([
      'compliant',
      'noncompliant',
    ]);
  });

  it('processes many signals in one message like many messages', async () => {
    const [one, two] = [newId(), newId()];
    const texts = packSignals([...healthySignals(one), ...healthySignals(two)]).map(
      ({ text }) => text,
    );
    const together = JSON.parse(texts.join()) as unknown[];
    await recomputeBatch(world.dependencies, [together], NOW);
    expect([texts.length, await world.stateOf(one), await world.stateOf(two)]).toEqual([
      1,
      'compliant',
      'compliant',
    ]);
  });

  it('stops calling an unavailable database and resends every signal of the batch', async () => {
    const signals = Array.from({ length: 1000 }, (_, at) =>
      signalOf({ type: 'heartbeat' }, NOW, `away-${String(at)}`),
    );
    let loads = 0;
    const resent: unknown[] = [];
    await recomputeBatch(
      {
        ...world.dependencies,
        devices: {
          ...world.dependencies.devices,
          load: () => {
            loads += 1;
            return Promise.reject(new ConnectorError('serviceNotAvailable', 'it is away'));
          },
        },
        retry: {
          sendLater: (body) => Promise.resolve(void resent.push(body)),
          deadLetter: () => Promise.reject(new TypeError('nothing is given up')),
        },
      },
      packSignals(signals).map(({ text }) => JSON.parse(text) as unknown),
      NOW,
    );
    expect(resent).toEqual(
      expect.arrayContaining(signals.map((signal) => ({ attempt: 1, signal }))),
    );
    expect(resent).toHaveLength(signals.length);
    // Two rounds of concurrent loads, not sixteen.
    expect(loads).toBeLessThanOrEqual(128);
  });

  it('loses no signal while two workers update one device', async () => {
    const deviceId = newId();
    const incidents = Array.from({ length: 40 }, (_, at) =>
      signalOf(
        {
          type: 'incidentReported',
          status: 'open',
          incident: { ...INCIDENT, incidentId: `i${String(at).padStart(2, '0')}` },
        },
        NOW,
        deviceId,
      ),
    );
    const other = world.anotherWorker();
    const others = {
      ...world.dependencies,
      ...other,
      announcements: other.queues,
      retry: other.queues.signalRetry,
    };
    const halves = [incidents.slice(0, 20), incidents.slice(20)];
    await Promise.all(
      halves.flatMap((half, at) =>
        half.map((signal) =>
          recomputeBatch(at === 0 ? world.dependencies : others, [queued(signal)], NOW),
        ),
      ),
    );
    // Signals that met too many conflicts were resent, so they wait in the queue for a worker.
    const waiting = world.broker.depth('device-signals');
    const stored =
      (await world.services.devices.load(deviceId))?.record.device.incidents.length ?? 0;
    expect(stored + waiting.scheduled + waiting.active).toBe(40);
    await recomputeBatch(
      world.dependencies,
      incidents.map((signal) => queued(signal)),
      NOW,
    );
    const record = (await world.services.devices.load(deviceId))?.record;
    expect(record?.device).toEqual(mergeSignals(createDevice(deviceId), incidents));
  });

  it('dead-letters invalid messages without delaying their batch', async () => {
    const deviceId = newId();
    const bodies = [
      'not a signal',
      // One message with an invalid signal and valid ones.
      [
        { attempt: 0, signal: { type: 'nonsense' } },
        ...healthySignals(deviceId).map((signal) => queued(signal)),
      ],
    ];
    await recomputeBatch(world.dependencies, bodies, NOW);
    expect(await world.stateOf(deviceId)).toBe('compliant');
    // An expired message moves when a client asks for messages, as in the real service.
    const dead = await eventually(
      () => world.deadLetters(),
      (messages) => messages.length >= 2,
    );
    expect(
      dead.map(({ applicationProperties: properties }) => properties?.['failureCode']),
    ).toEqual(['messageInvalid', 'messageInvalid']);
    expect(dead.map(({ body }) => fromDeadLetter(body)?.body)).toContain('not a signal');
  });

  it('resends a signal that fails for one device, and dead-letters it with the reason after the last attempt', async () => {
    const [broken, fine] = [newId(), newId()];
    await world.database
      .container(DEVICES_CONTAINER.id)
      .items.create({ id: broken, deviceId: broken, record: { device: 'gone' } });
    const signal = signalOf({ type: 'activated' }, NOW, broken);
    await recomputeBatch(
      world.dependencies,
      [queued(signal), ...healthySignals(fine).map((each) => queued(each))],
      NOW,
    );
    expect(await world.stateOf(fine)).toBe('compliant');
    await recomputeBatch(world.dependencies, [queued(signal, MAX_ATTEMPTS - 1)], NOW);
    const dead = await eventually(
      () => world.deadLetters(),
      (messages) =>
        messages.some(
          ({ applicationProperties: properties }) =>
            properties?.['failureCode'] === 'deviceRecordInvalid',
        ),
    );
    const body: unknown = dead.at(-1)?.body;
    expect(fromDeadLetter(body)?.body).toEqual(queued(signal, MAX_ATTEMPTS));
    // A worker may receive the copy before it expires. It dead-letters it again without processing it.
    await recomputeBatch(world.dependencies, [body], NOW);
    const [again] = await eventually(
      () => world.deadLetters(),
      (messages) => messages.length > 0,
    );
    expect(again?.body).toEqual(body);
    expect(await world.answerFor(broken, NOW)).toBe('error');
  });

  it('retries for days while the database does not answer, but not forever', async () => {
    const deviceId = newId();
    world.cosmos.faults.add({ kind: 'status', status: 503 });
    const signal = signalOf({ type: 'activated' }, NOW, deviceId);
    const waiting: unknown[] = [];
    const retry: MessageRetry = {
      ...world.services.queues.signalRetry,
      sendLater: (body) => Promise.resolve(void waiting.push(body)),
    };
    const message = queued(signal, MAX_ATTEMPTS * 10);
    await recomputeBatch({ ...world.dependencies, retry }, [message], NOW);
    expect(waiting).toEqual([queued(signal, MAX_ATTEMPTS * 10 + 1)]);
    const deadBefore = (await world.deadLetters()).length;
    await recomputeBatch(
      world.dependencies,
      [queued(signal)],
      addSeconds(NOW, MAX_RETRY_AGE_IN_SECONDS + 1),
    );
    await eventually(
      () => world.deadLetters(),
      (messages) => messages.length > deadBefore,
    );
    world.cosmos.faults.clear();
    await world.recompute([signal]);
    expect(await world.stateOf(deviceId)).toBeDefined();
  });

  it('throws if neither database nor queue is available, so the batch is redelivered', async () => {
    world.cosmos.faults.add({ kind: 'status', status: 503 });
    world.broker.faults.refuseSends(100);
    await expect(world.recompute(healthySignals(newId()))).rejects.toMatchObject({
      code: 'activityLimitReached',
    });
  });

  it('writes and announces once if the answer to the write is lost', async () => {
    const deviceId = newId();
    world.cosmos.faults.add({
      kind: 'lostAnswer',
      operation: 'create',
      container: 'devices',
      times: 1,
    });
    const signals = healthySignals(deviceId);
    await world.recompute(signals);
    // The worker does not know whether it wrote, so it resent the signals. Here they arrive again.
    await world.recompute(signals);
    const record = (await world.services.devices.load(deviceId))?.record;
    expect([
      record?.evaluation?.complianceState,
      record?.announcementCount,
      record?.outbox,
    ]).toEqual(['compliant', 1, []]);
  });

  it('costs one read and one write per device, however many signals, and one more write for a transition', async () => {
    const deviceId = newId();
    await world.recompute(healthySignals(deviceId));
    const before = [counted('read'), counted('replace')];
    await world.recompute(
      Array.from({ length: 30 }, (_, at) =>
        signalOf(
          { type: 'telemetryReported', telemetry: { physical: { developerMode: at % 2 === 0 } } },
          addSeconds(NOW, at),
          deviceId,
        ),
      ),
    );
    const after = [counted('read'), counted('replace')];
    expect([Number(after[0]) - Number(before[0]), Number(after[1]) - Number(before[1])]).toEqual([
      1, 1,
    ]);
    await world.recompute([
      signalOf({ type: 'incidentReported', status: 'open', incident: INCIDENT }, NOW, deviceId),
    ]);
    expect([counted('read') - Number(after[0]), counted('replace') - Number(after[1])]).toEqual([
      1, 2,
    ]);
  });

  it('stores a device that a decision reads for 1 RU', async () => {
    const deviceId = newId();
    await world.recompute(healthySignals(deviceId));
    const units = (): number => world.cosmos.counters()['devices/read']?.requestUnits ?? 0;
    const before = units();
    await world.answerFor(deviceId, NOW);
    // 1 RU for the first kilobyte and 0.1 RU for each further one.
    expect(units() - before).toBeCloseTo(1, 0);
  });

  it('writes nothing for a repeat, and nothing for a heartbeat within the slack', async () => {
    const deviceId = newId();
    const signals = healthySignals(deviceId);
    await world.recompute(signals);
    const settings = world.database
      .container(CONFIGURATION_CONTAINER.id)
      .item('default', 'tenantSettings');
    await settings.patch([{ op: 'set', path: '/deviceHeartbeatSlackInSeconds', value: 60 }]);
    const before = counted('replace');
    await world.recompute(signals);
    await world.recompute([signalOf({ type: 'heartbeat' }, addSeconds(NOW, 59), deviceId)]);
    expect(counted('replace')).toBe(before);
    await world.recompute([signalOf({ type: 'heartbeat' }, addSeconds(NOW, 60), deviceId)]);
    expect(counted('replace')).toBe(before + 1);
    await settings.patch([{ op: 'set', path: '/deviceHeartbeatSlackInSeconds', value: 0 }]);
  });

  it('stores signals of a device that is not enrolled yet, without making it compliant', async () => {
    const deviceId = newId();
    const [enrolled, ...others] = healthySignals(deviceId);
    await world.recompute(others);
    expect(await world.stateOf(deviceId)).toBe('unknown');
    if (enrolled) await world.recompute([enrolled]);
    expect(await world.stateOf(deviceId)).toBe('compliant');
  });

  it('stores the last contact with the partner and never moves it back', async () => {
    const lastContact = async (): Promise<string | undefined> =>
      (await world.services.configuration.load()).connector?.lastHeartbeatDateTime;
    const later = addSeconds(NOW, 3600);
    await world.recompute([signalOf({ type: 'heartbeat' }, later, newId())], later);
    expect(await lastContact()).toBe(later);
    await world.recompute([signalOf({ type: 'heartbeat' }, NOW, newId())]);
    expect(await lastContact()).toBe(later);
  });
});

describe('a transition', () => {
  it('leaves the record of a device whose id has the maximum length', async () => {
    const deviceId = `${newId()}-`.padEnd(255, 'x');
    const sent = (): number => world.broker.counters('compliance-changes').sent;
    const before = sent();
    await world.recompute(healthySignals(deviceId));
    expect([(await world.services.devices.load(deviceId))?.record.outbox, sent()]).toEqual([
      [],
      before + 1,
    ]);
  });
});

describe('the cost of a heartbeat', () => {
  it('is one write per eight heartbeats every 15 minutes with the default slack', async () => {
    const deviceId = newId();
    const start = addSeconds(NOW, 1000 * 3600);
    // The partner reports first, because its first contact is also a write.
    await world.recompute(healthySignals(newId(), start), start);
    await world.recompute(healthySignals(deviceId, start), start);
    const settings = world.database
      .container(CONFIGURATION_CONTAINER.id)
      .item('default', 'tenantSettings');
    const { deviceHeartbeatSlackInSeconds: value } = TENANT_SETTINGS_DEFAULTS;
    await settings.patch([{ op: 'set', path: '/deviceHeartbeatSlackInSeconds', value }]);
    const before = [counted('read'), counted('replace')];
    const heartbeats = 96;
    for (let at = 1; at <= heartbeats; at += 1) {
      const now = addSeconds(start, at * 15 * 60);
      await world.recompute([signalOf({ type: 'heartbeat' }, now, deviceId)], now);
      expect(await world.answerFor(deviceId, now)).toBe('compliant');
    }
    expect([counted('read'), counted('replace')]).toEqual([
      // One by the worker and one by the answer.
      Number(before[0]) + 2 * heartbeats,
      Number(before[1]) + heartbeats / 8,
    ]);
    await settings.patch([{ op: 'set', path: '/deviceHeartbeatSlackInSeconds', value: 0 }]);
  });
});
