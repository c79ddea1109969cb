import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { evaluateDevice } from '../../../../shared/core/decisions/readDevice.ts';
import { addSeconds } from '../../../../shared/base/dateTime.ts';
import { ConnectorError } from '../../../../shared/base/connectorError.ts';
import { fromDeadLetter } from '../../../../shared/core/devices/deadLetter.ts';
import { createDevice } from '../../../../shared/domain/devices/device.ts';
import { mergeSignals } from '../../../../shared/domain/devices/mergeSignals.ts';
import type { DeviceSignal } from '../../../../shared/domain/vocabulary/signal.ts';
import { packSignals } from '../../../../shared/core/devices/packSignals.ts';
import { TENANT_SETTINGS_DEFAULTS } from '../../../../shared/core/configuration/configurationDefaults.ts';
import { sweepDueDevices } from '../../../../shared/core/devices/sweepDueDevices.ts';
import { recomputeBatch } from '../../../../shared/core/devices/recomputeBatch.ts';
import {
  MAX_ATTEMPTS,
  MAX_RETRY_AGE_IN_SECONDS,
} from '../../../../shared/core/devices/retryMessage.ts';
import type { MessageRetry } from '../../../../shared/core/ports/queues.ts';
import { CONFIGURATION_CONTAINER, DEVICES_CONTAINER } from '../../../../shared/resources.ts';
import { ENROLLED, INCIDENT, NOW, signalOf } from '../../../support/signals.ts';
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
const healthy = (deviceId: string, at = NOW): DeviceSignal[] => [
  signalOf(ENROLLED, at, deviceId),
  signalOf({ type: 'activated' }, at, deviceId),
  signalOf({ type: 'riskReported', riskLevel: 'minimal' }, at, deviceId),
];
const work = (signals: readonly DeviceSignal[], now = NOW): Promise<void> =>
  recomputeBatch(
    world.dependencies,
    signals.map((signal) => queued(signal)),
    now,
  );
const stateOf = async (deviceId: string): Promise<string | undefined> =>
  (await world.services.devices.load(deviceId))?.record.evaluation?.complianceState;
const answerFor = async (deviceId: string, now: string): Promise<string> => {
  const configuration = await world.services.configuration.load();
  const evaluation = await evaluateDevice(
    world.services.devices,
    { identifiedBy: 'deviceId', value: deviceId },
    configuration,
    now,
  );
  return evaluation.complianceState;
};
const counted = (operation: string): number => {
  const { [`devices/${operation}`]: entry } = world.cosmos.counters();
  return entry?.count ?? 0;
};

describe('working a batch of signals', () => {
  it('brings every signal of every device into Cosmos DB', async () => {
    const [one, two] = [newId(), newId()];
    await work([
      ...healthy(one),
      ...healthy(two),
      signalOf({ type: 'incidentReported', status: 'open', incident: INCIDENT }, NOW, two),
    ]);
    expect([await stateOf(one), await stateOf(two)]).toEqual(['compliant', 'noncompliant']);
  });

  it('works what came in one message as if it had come in many', async () => {
    const [one, two] = [newId(), newId()];
    const texts = packSignals([...healthy(one), ...healthy(two)]).map(({ text }) => text);
    const together = JSON.parse(texts.join()) as unknown[];
    await recomputeBatch(world.dependencies, [together], NOW);
    expect([texts.length, await stateOf(one), await stateOf(two)]).toEqual([
      1,
      'compliant',
      'compliant',
    ]);
  });

  it('stops asking a database that is away, and sends every signal of the batch again', async () => {
    const signals = Array.from({ length: 1000 }, (_, at) =>
      signalOf({ type: 'heartbeat' }, NOW, `away-${String(at)}`),
    );
    let asked = 0;
    const again: unknown[] = [];
    await recomputeBatch(
      {
        ...world.dependencies,
        devices: {
          ...world.dependencies.devices,
          load: () => {
            asked += 1;
            return Promise.reject(new ConnectorError('serviceNotAvailable', 'it is away'));
          },
        },
        retry: {
          sendLater: (body) => Promise.resolve(void again.push(body)),
          deadLetter: () => Promise.reject(new TypeError('nothing is given up')),
        },
      },
      packSignals(signals).map(({ text }) => JSON.parse(text) as unknown),
      NOW,
    );
    expect(again).toEqual(
      expect.arrayContaining(signals.map((signal) => ({ attempt: 1, signal }))),
    );
    expect(again).toHaveLength(signals.length);
    // Two rounds of what is asked at once, not sixteen.
    expect(asked).toBeLessThanOrEqual(128);
  });

  it('loses nothing of two workers on one device at once', async () => {
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
    // What met too many others at once was sent again: it waits in the queue, as a worker would find it.
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

  it('does not let a poisonous message hold back its batch', async () => {
    const deviceId = newId();
    const bodies = [
      'not a signal',
      // In one message with signals that are.
      [
        { attempt: 0, signal: { type: 'nonsense' } },
        ...healthy(deviceId).map((signal) => queued(signal)),
      ],
    ];
    await recomputeBatch(world.dependencies, bodies, NOW);
    expect(await stateOf(deviceId)).toBe('compliant');
    // A message that expires at once is moved when somebody asks for messages, as at the real service.
    const dead = await eventually(
      () => world.deadLetters(),
      (messages) => messages.length >= 2,
    );
    expect(
      dead.map(({ applicationProperties: properties }) => properties?.['failureCode']),
    ).toEqual(['messageInvalid', 'messageInvalid']);
    expect(dead.map(({ body }) => fromDeadLetter(body)?.body)).toContain('not a signal');
  });

  it('sends what fails for one device again, and dead-letters it with its reason after so many attempts', async () => {
    const [broken, fine] = [newId(), newId()];
    await world.database
      .container(DEVICES_CONTAINER.id)
      .items.create({ id: broken, deviceId: broken, record: { device: 'gone' } });
    const signal = signalOf({ type: 'activated' }, NOW, broken);
    await recomputeBatch(
      world.dependencies,
      [queued(signal), ...healthy(fine).map((each) => queued(each))],
      NOW,
    );
    expect(await stateOf(fine)).toBe('compliant');
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
    // The copy on its way there may be received before it expires: it is sent there again, and not worked.
    await recomputeBatch(world.dependencies, [body], NOW);
    const [again] = await eventually(
      () => world.deadLetters(),
      (messages) => messages.length > 0,
    );
    expect(again?.body).toEqual(body);
    expect(await answerFor(broken, NOW)).toBe('error');
  });

  it('waits out a database that does not answer, for days and not for ever', async () => {
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
    await work([signal]);
    expect(await stateOf(deviceId)).toBeDefined();
  });

  it('throws, so that the batch comes again, where neither database nor queue takes anything', async () => {
    world.cosmos.faults.add({ kind: 'status', status: 503 });
    world.broker.faults.refuseSends(100);
    await expect(work(healthy(newId()))).rejects.toMatchObject({ code: 'activityLimitReached' });
  });

  it('writes once and tells once where the answer to the write was lost', async () => {
    const deviceId = newId();
    world.cosmos.faults.add({
      kind: 'lostAnswer',
      operation: 'create',
      container: 'devices',
      times: 1,
    });
    const signals = healthy(deviceId);
    await work(signals);
    // Nobody knows whether it was written, so the signals were sent again; here they are again.
    await work(signals);
    const record = (await world.services.devices.load(deviceId))?.record;
    expect([
      record?.evaluation?.complianceState,
      record?.announcementCount,
      record?.outbox,
    ]).toEqual(['compliant', 1, []]);
  });

  it('costs one read and one write a device, however many signals it holds, and one more for a transition', async () => {
    const deviceId = newId();
    await work(healthy(deviceId));
    const before = [counted('read'), counted('replace')];
    await work(
      Array.from({ length: 30 }, (_, at) =>
        signalOf(
          { type: 'telemetryReported', telemetry: { physical: { developerMode: at % 2 === 0 } } },
          addSeconds(NOW, at),
          deviceId,
        ),
      ),
    );
    expect([counted('read') - (before[0] ?? 0), counted('replace') - (before[1] ?? 0)]).toEqual([
      1, 1,
    ]);
  });

  it('costs 1 RU to find a device for a decision', async () => {
    const deviceId = newId();
    await work(healthy(deviceId));
    const units = (): number => world.cosmos.counters()['devices/read']?.requestUnits ?? 0;
    const before = units();
    await answerFor(deviceId, NOW);
    // 1 for the first kilobyte, and a tenth for each further one.
    expect(units() - before).toBeCloseTo(1, 0);
  });

  it('writes nothing for a repeat, and nothing for a heartbeat within the slack', async () => {
    const deviceId = newId();
    const signals = healthy(deviceId);
    await work(signals);
    const settings = world.database
      .container(CONFIGURATION_CONTAINER.id)
      .item('default', 'tenantSettings');
    await settings.patch([{ op: 'set', path: '/deviceHeartbeatSlackInSeconds', value: 60 }]);
    const before = counted('replace');
    await work(signals);
    await work([signalOf({ type: 'heartbeat' }, addSeconds(NOW, 59), deviceId)]);
    expect(counted('replace')).toBe(before);
    await work([signalOf({ type: 'heartbeat' }, addSeconds(NOW, 60), deviceId)]);
    expect(counted('replace')).toBe(before + 1);
    await settings.patch([{ op: 'set', path: '/deviceHeartbeatSlackInSeconds', value: 0 }]);
  });

  it('keeps what arrives for a device that is not enrolled yet, and never calls it compliant', async () => {
    const deviceId = newId();
    const [enrolled, ...others] = healthy(deviceId);
    await work(others);
    expect(await stateOf(deviceId)).toBe('unknown');
    if (enrolled) await work([enrolled]);
    expect(await stateOf(deviceId)).toBe('compliant');
  });

  it('notes when the partner was heard, and never an earlier moment after a later one', async () => {
    const heard = async (): Promise<string | undefined> =>
      (await world.services.configuration.load()).connector?.lastHeartbeatDateTime;
    const later = addSeconds(NOW, 3600);
    await work([signalOf({ type: 'heartbeat' }, later, newId())], later);
    expect(await heard()).toBe(later);
    await work([signalOf({ type: 'heartbeat' }, NOW, newId())]);
    expect(await heard()).toBe(later);
  });
});

describe('transitions', () => {
  it('leave the record of a device whose id is as long as it may be', async () => {
    const deviceId = `${newId()}-`.padEnd(255, 'x');
    const sent = (): number => world.broker.counters('compliance-changes').sent;
    const before = sent();
    await work(healthy(deviceId));
    expect([(await world.services.devices.load(deviceId))?.record.outbox, sent()]).toEqual([
      [],
      before + 1,
    ]);
  });

  it('stay in the record until the queue has them, and the sweep brings them there', async () => {
    const deviceId = newId();
    const sent = (): number => world.broker.counters('compliance-changes').sent;
    const before = sent();
    world.broker.faults.refuseSends(3);
    await work(healthy(deviceId));
    const waiting = (await world.services.devices.load(deviceId))?.record;
    expect(waiting?.outbox).toMatchObject([
      { sequence: 1, current: { complianceState: 'compliant' } },
    ]);
    expect(sent()).toBe(before);
    world.broker.faults.refuseSends(0);
    await sweepDueDevices(world.dependencies, NOW);
    expect((await world.services.devices.load(deviceId))?.record.outbox).toEqual([]);
    expect(sent()).toBe(before + 1);
  });
});

describe('the sweep', () => {
  const HOURS = 3600;
  it('finds the devices whose deadline has passed, while answers never wait for it', async () => {
    const deviceId = newId();
    await work(healthy(deviceId));
    const later = addSeconds(NOW, 11 * HOURS);
    await work([signalOf({ type: 'heartbeat' }, later, newId())], later);
    // The timer has not run: the view is old, the answer is right.
    expect(await stateOf(deviceId)).toBe('compliant');
    expect(await answerFor(deviceId, later)).toBe('noncompliant');
    await sweepDueDevices(world.dependencies, later);
    expect(await stateOf(deviceId)).toBe('noncompliant');
    const again = await sweepDueDevices(world.dependencies, later);
    expect(again.visited).toBe(0);
    await work([signalOf({ type: 'heartbeat' }, later, deviceId)], later);
    expect(await stateOf(deviceId)).toBe('compliant');
  });

  it('stops at a breaker when half the fleet would fall silent at once, marks nobody, and answers so', async () => {
    const start = addSeconds(NOW, 100 * HOURS);
    const fleet = Array.from({ length: 60 }, newId);
    for (const deviceId of fleet) await work(healthy(deviceId, start), start);
    const alive = newId();
    const later = addSeconds(start, 11 * HOURS);
    await work(healthy(alive, later), later);
    const { isHeld } = await sweepDueDevices(world.dependencies, later);
    expect(isHeld).toBe(true);
    expect(world.logged.join()).toContain('silence breaker opened');
    const [one = ''] = fleet;
    expect([await stateOf(one), await answerFor(one, later)]).toEqual(['compliant', 'compliant']);
    // They come back: the breaker closes by itself, and what is silent then counts again.
    for (const deviceId of fleet.slice(1))
      await work([signalOf({ type: 'heartbeat' }, later, deviceId)], later);
    expect((await sweepDueDevices(world.dependencies, later)).isHeld).toBe(false);
    expect([await stateOf(one), await answerFor(one, later)]).toEqual([
      'noncompliant',
      'noncompliant',
    ]);
  });
});

describe('the cost of a heartbeat', () => {
  it('writes each eighth of the heartbeats that come every quarter of an hour, as it is set at first', async () => {
    const deviceId = newId();
    const start = addSeconds(NOW, 1000 * 3600);
    // The partner is heard again first: that, too, changes what is kept.
    await work(healthy(newId(), start), start);
    await work(healthy(deviceId, start), start);
    const settings = world.database
      .container(CONFIGURATION_CONTAINER.id)
      .item('default', 'tenantSettings');
    const { deviceHeartbeatSlackInSeconds: value } = TENANT_SETTINGS_DEFAULTS;
    await settings.patch([{ op: 'set', path: '/deviceHeartbeatSlackInSeconds', value }]);
    const before = [counted('read'), counted('replace')];
    const heartbeats = 96;
    for (let at = 1; at <= heartbeats; at += 1) {
      const now = addSeconds(start, at * 15 * 60);
      await work([signalOf({ type: 'heartbeat' }, now, deviceId)], now);
      expect(await answerFor(deviceId, now)).toBe('compliant');
    }
    expect([counted('read'), counted('replace')]).toEqual([
      // One by the worker and one by the answer.
      Number(before[0]) + 2 * heartbeats,
      Number(before[1]) + heartbeats / 8,
    ]);
    await settings.patch([{ op: 'set', path: '/deviceHeartbeatSlackInSeconds', value: 0 }]);
  });
});
