import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addSeconds } from '../../../../shared/base/dateTime.ts';
import { ConnectorError } from '../../../../shared/base/connectorError.ts';
import { createMessageMac } from '../../../../shared/core/devices/messageMac.ts';
import { fromDeadLetter, toDeadLetter } from '../../../../shared/core/devices/deadLetter.ts';
import { createDevice } from '../../../../shared/domain/devices/device.ts';
import { mergeSignals } from '../../../../shared/domain/devices/mergeSignals.ts';
import { TENANT_SETTINGS_DEFAULTS } from '../../../../shared/core/configuration/configurationDefaults.ts';
import { recomputeBatch } from '../../../../shared/core/devices/recomputeBatch.ts';
import {
  MAX_ATTEMPTS,
  MAX_RETRY_AGE_IN_SECONDS,
} from '../../../../shared/core/devices/retryMessage.ts';
import type { MessageRetry } from '../../../../shared/core/ports/queues.ts';
import { CONFIGURATION_CONTAINER, DEVICES_CONTAINER } from '../../../../shared/resources.ts';
import { healthySignals, INCIDENT, NOW, signalOf } from '../../../support/signals.ts';
import {
  MAC,
  MESSAGE_KEY,
  packedMessages,
  queuedMessage,
  startWorld,
  type World,
} from '../../../support/world.ts';
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
    const messages = packedMessages([...healthySignals(one), ...healthySignals(two)]);
    await recomputeBatch(world.dependencies, messages, NOW);
    expect([messages.length, await world.stateOf(one), await world.stateOf(two)]).toEqual([
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
          ...world.dependencies.retry,
          sendLater: (body) => Promise.resolve(void resent.push(body)),
          deadLetter: () => Promise.reject(new TypeError('nothing is given up')),
        },
      },
      packedMessages(signals),
      NOW,
    );
    expect(resent).toEqual(
      expect.arrayContaining(signals.map((signal) => queuedMessage(signal, 1))),
    );
    expect(resent).toHaveLength(signals.length);
    // Two rounds of concurrent loads, not sixteen.
    expect(loads).toBeLessThanOrEqual(128);
  });

  it('sends the rest of a batch again after 90 seconds, since nobody renews its lock', async () => {
    const signals = Array.from({ length: 200 }, (_, at) =>
      signalOf({ type: 'heartbeat' }, NOW, `slow-${String(at)}`),
    );
    let seconds = 0;
    const resent: unknown[] = [];
    await recomputeBatch(
      {
        ...world.dependencies,
        now: () => new Date(addSeconds(NOW, seconds)),
        devices: {
          ...world.dependencies.devices,
          load(deviceId) {
            seconds += 1;
            return world.dependencies.devices.load(deviceId);
          },
        },
        retry: {
          ...world.dependencies.retry,
          sendLater: (body) => Promise.resolve(void resent.push(body)),
        },
      },
      packedMessages(signals),
      NOW,
    );
    // 91 loads, and those that had begun by then.
    expect(resent.length).toBeGreaterThanOrEqual(200 - 91 - 64);
    expect(resent.length).toBeLessThanOrEqual(200 - 91);
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
          recomputeBatch(at === 0 ? world.dependencies : others, [queuedMessage(signal)], NOW),
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
      incidents.map((signal) => queuedMessage(signal)),
      NOW,
    );
    const record = (await world.services.devices.load(deviceId))?.record;
    expect(record?.device).toEqual(mergeSignals(createDevice(deviceId), incidents));
  });

  it('dead-letters invalid messages without delaying their batch', async () => {
    const deviceId = newId();
    const bodies = [
      MAC.sign({ attempt: 0, signal: { type: 'nonsense' } }),
      // One message with an invalid signal and valid ones.
      MAC.sign([
        { attempt: 0, signal: { type: 'nonsense' } },
        ...healthySignals(deviceId).map((signal) => ({ attempt: 0, signal })),
      ]),
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
    expect(dead.map(({ body }) => fromDeadLetter(body)?.body)).toEqual(
      expect.arrayContaining(bodies) as unknown,
    );
  });

  it('retries and dead-letters a signal with a MAC, so a replay is accepted', async () => {
    const signal = signalOf({ type: 'activated' }, NOW, newId());
    const sent: unknown[] = [];
    const retry: MessageRetry = {
      ...world.services.queues.signalRetry,
      sendLater: (body) => Promise.resolve(void sent.push(body)),
      deadLetter: (body) => Promise.resolve(void sent.push(body)),
    };
    world.cosmos.faults.add({ kind: 'status', status: 503 });
    const batch = packedMessages([signal]);
    await recomputeBatch({ ...world.dependencies, retry }, batch, NOW);
    const late = addSeconds(NOW, MAX_RETRY_AGE_IN_SECONDS + 1);
    await recomputeBatch({ ...world.dependencies, retry }, sent, late);
    world.cosmos.faults.clear();
    expect(sent).toEqual([queuedMessage(signal, 1), queuedMessage(signal, 2)]);
    await recomputeBatch(world.dependencies, [sent[1]], NOW);
    expect(await world.stateOf(signal.deviceId)).toBe('unknown');
  });

  it('resends a signal that fails for one device, and dead-letters it with the reason after the last attempt', async () => {
    const [broken, fine] = [newId(), newId()];
    await world.database
      .container(DEVICES_CONTAINER.id)
      .items.create({ id: broken, deviceId: broken, record: { device: 'gone' } });
    const signal = signalOf({ type: 'activated' }, NOW, broken);
    await recomputeBatch(
      world.dependencies,
      [queuedMessage(signal), ...healthySignals(fine).map((each) => queuedMessage(each))],
      NOW,
    );
    expect(await world.stateOf(fine)).toBe('compliant');
    await recomputeBatch(world.dependencies, [queuedMessage(signal, MAX_ATTEMPTS - 1)], NOW);
    const dead = await eventually(
      () => world.deadLetters(),
      (messages) =>
        messages.some(
          ({ applicationProperties: properties }) =>
            properties?.['failureCode'] === 'deviceRecordInvalid',
        ),
    );
    const body: unknown = dead.at(-1)?.body;
    expect(fromDeadLetter(body)?.body).toEqual(queuedMessage(signal, MAX_ATTEMPTS));
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
    const message = queuedMessage(signal, MAX_ATTEMPTS * 10);
    await recomputeBatch({ ...world.dependencies, retry }, [message], NOW);
    expect(waiting).toEqual([queuedMessage(signal, MAX_ATTEMPTS * 10 + 1)]);
    const deadBefore = (await world.deadLetters()).length;
    await recomputeBatch(
      world.dependencies,
      [queuedMessage(signal)],
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

  it('marks the device whose bad news is given up, so it is blocked', async () => {
    const deviceId = newId();
    await world.recompute(healthySignals(deviceId));
    const bad = signalOf({ type: 'riskReported', riskLevel: 'high' }, NOW, deviceId);
    const { devices: stored } = world.services;
    let tries = 0;
    const devices = {
      ...stored,
      save: (...saved: Parameters<typeof stored.save>) => {
        tries += 1;
        return tries === 1 ? Promise.reject(new TypeError('unexpected')) : stored.save(...saved);
      },
    };
    const dead: string[] = [];
    const retry: MessageRetry = {
      ...world.services.queues.signalRetry,
      deadLetter: (_, { code }) => Promise.resolve(void dead.push(code)),
    };
    const message = queuedMessage(bad, MAX_ATTEMPTS - 1);
    await recomputeBatch({ ...world.dependencies, devices, retry }, [message], NOW);
    expect(dead).toEqual(['generalException']);
    expect(await world.answerFor(deviceId, NOW)).toBe('error');
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
    await world.recompute([signalOf({ type: 'heartbeat' }, NOW, newId())], later);
    expect(await lastContact()).toBe(later);
  });
});

describe('a message that this system did not send', () => {
  const good = (deviceId: string): readonly object[] =>
    healthySignals(deviceId).map((signal) => ({ attempt: 0, signal }));
  const otherQueue = createMessageMac({
    keys: [MESSAGE_KEY],
    queue: 'compliance-changes',
    now: () => new Date(NOW),
  });
  const otherKey = createMessageMac({
    keys: [Buffer.alloc(32, 9)],
    queue: 'device-signals',
    now: () => new Date(NOW),
  });
  /** A signed message, changed afterwards. */
  const tampered = (deviceId: string): readonly object[] => {
    const [first, ...others] = MAC.sign(good('another-device')) as readonly Message[];
    return [
      { ...first, signal: { ...first?.signal, deviceId } },
      ...others.map((each) => ({ ...each, signal: { ...each.signal, deviceId } })),
    ];
  };
  interface Message {
    readonly signal: object;
  }

  it.each<[string, (deviceId: string) => unknown]>([
    ['without a MAC', good],
    ['without a MAC, each signal alone', (deviceId) => good(deviceId)[0]],
    ['by another key', (deviceId) => otherKey.sign(good(deviceId))],
    ['for another queue', (deviceId) => otherQueue.sign(good(deviceId))],
    ['changed on its way', tampered],
    [
      'with a signal more',
      (deviceId) => [...(MAC.sign(good('another')) as object[]), ...good(deviceId)],
    ],
    ['with a MAC that is no text', (deviceId) => [{ ...good(deviceId)[0], mac: 7 }]],
    ['with an empty MAC', (deviceId) => [{ ...good(deviceId)[0], mac: '' }]],
    [
      'on its way to the dead letters',
      (deviceId) => toDeadLetter(MAC.sign(good(deviceId)), { code: 'made', reason: 'up' }),
    ],
    ['of 300 numbers', () => Array.from({ length: 300 }, (_, at) => at)],
    ['of text', () => 'not a signal'],
    ['of nothing', () => null],
  ])('%s is one dead letter, and changes no device', async (_, toBody) => {
    const deviceId = newId();
    const body = toBody(deviceId);
    const dead: [unknown, string][] = [];
    const retry: MessageRetry = {
      ...world.services.queues.signalRetry,
      deadLetter: (each, { code }) => Promise.resolve(void dead.push([each, code])),
    };
    const before = (await world.services.configuration.load()).connector?.lastHeartbeatDateTime;
    await recomputeBatch({ ...world.dependencies, retry }, [body], addSeconds(NOW, 86_400 * 9999));
    expect(dead).toEqual([[body, 'messageNotAuthentic']]);
    expect(await world.services.devices.load(deviceId)).toBeUndefined();
    const { connector } = await world.services.configuration.load();
    expect(connector?.lastHeartbeatDateTime).toBe(before);
    expect(world.logged).toEqual(['dead-lettered a message that is not authentic']);
  });

  it('is bounded in the dead letters too, so it delays no other message', async () => {
    const deep = JSON.parse(`${'['.repeat(20_000)}${']'.repeat(20_000)}`) as unknown;
    const large = { text: 'x'.repeat(255 * 1024) };
    const deviceId = newId();
    await recomputeBatch(
      world.dependencies,
      [deep, large, ...packedMessages(healthySignals(deviceId))],
      NOW,
    );
    expect(await world.stateOf(deviceId)).toBe('compliant');
    // Each look finds those that arrived since the last one.
    const bodies: unknown[] = [];
    const isExcerpt = (body: unknown): boolean =>
      typeof body === 'object' && body !== null && 'excerpt' in body;
    await eventually(
      async () => {
        for (const { body } of await world.deadLetters()) bodies.push(fromDeadLetter(body)?.body);
        return bodies.filter(isExcerpt).length;
      },
      (count) => count >= 2,
    );
    expect(bodies).toContainEqual({ excerpt: 'nested too deeply' });
    expect(bodies).toContainEqual({
      excerpt: expect.stringMatching(/^\{"text":"x+$/) as unknown,
      sizeInBytes: 255 * 1024 + 11,
    });
  });
});

describe('a message that cannot be processed whole', () => {
  const failuresOf = async (body: unknown, now: string): Promise<readonly string[]> => {
    const codes: string[] = [];
    const retry: MessageRetry = {
      ...world.services.queues.signalRetry,
      deadLetter: (_, { code }) => Promise.resolve(void codes.push(code)),
    };
    await recomputeBatch({ ...world.dependencies, retry }, [body], now);
    return codes;
  };
  const heartbeats = (count: number, deviceId: string): readonly object[] =>
    Array.from({ length: count }, () => ({
      attempt: 0,
      signal: signalOf({ type: 'heartbeat' }, NOW, deviceId),
    }));

  it('is one dead letter, however many of its parts are unreadable', async () => {
    const [deviceId, other] = [newId(), newId()];
    const parts = [...Array.from({ length: 30 }, () => ({ attempt: 0 })), ...heartbeats(9, other)];
    expect(await failuresOf(MAC.sign(parts), NOW)).toEqual(['messageInvalid']);
    expect(await world.stateOf(other)).toBe('unknown');
    expect(await failuresOf(MAC.sign(heartbeats(51, deviceId)), NOW)).toEqual(['messageInvalid']);
    expect(await world.stateOf(deviceId)).toBeUndefined();
    expect(await failuresOf(MAC.sign(heartbeats(50, deviceId)), NOW)).toEqual([]);
    expect(await world.stateOf(deviceId)).toBe('unknown');
  });

  it.each([
    ['observed', { observedDateTime: '2099-01-01T00:00:00.000Z' }],
    ['received', { receivedDateTime: '9999-12-31T23:59:59.999Z' }],
    ['observed long after it was received', { receivedDateTime: addSeconds(NOW, -301) }],
    ['received after our clock', { receivedDateTime: addSeconds(NOW, 301) }],
  ])('is dead-lettered if a signal is from the future: %s', async (_, times) => {
    const deviceId = newId();
    const [enrolled, ...others] = healthySignals(deviceId);
    await world.recompute(
      [enrolled, signalOf({ type: 'riskReported', riskLevel: 'high' }, NOW, deviceId)].flatMap(
        (each) => each ?? [],
      ),
    );
    const forged = others.map((signal) => ({ attempt: 0, signal: { ...signal, ...times } }));
    expect(await failuresOf(MAC.sign(forged), NOW)).toEqual(['signalFromFuture']);
    expect(await world.answerFor(deviceId, NOW)).toBe('noncompliant');
    expect((await world.services.configuration.load()).connector?.lastHeartbeatDateTime).not.toBe(
      '9999-12-31T23:59:59.999Z',
    );
  });

  it.each([
    ['a type of a later release', { type: 'quarantined' }],
    ['a severity of a later release', { type: 'riskReported', riskLevel: 'extreme' }],
  ])('blocks the device that it names: %s', async (_, content) => {
    const deviceId = newId();
    await world.recompute(healthySignals(deviceId));
    const signal = { ...signalOf({ type: 'heartbeat' }, NOW, deviceId), ...content };
    expect(await failuresOf(MAC.sign({ attempt: 0, signal }), NOW)).toEqual(['messageInvalid']);
    expect(await world.answerFor(deviceId, NOW)).toBe('error');
    const later = addSeconds(NOW, 1);
    const readable = signalOf({ type: 'riskReported', riskLevel: 'minimal' }, later, deviceId);
    await world.recompute([readable], later);
    expect(await world.answerFor(deviceId, later)).toBe('compliant');
  });

  it('is accepted if clocks differ by five minutes, and the partner is never seen in the future', async () => {
    const deviceId = newId();
    const now = addSeconds(NOW, 86_400 * 5000);
    const signals = healthySignals(deviceId, addSeconds(now, 600)).map((signal) => ({
      attempt: 0,
      signal: { ...signal, receivedDateTime: addSeconds(now, 300) },
    }));
    expect(await failuresOf(MAC.sign(signals), now)).toEqual([]);
    expect((await world.services.configuration.load()).connector?.lastHeartbeatDateTime).toBe(now);
    const item = world.database
      .container(CONFIGURATION_CONTAINER.id)
      .item('default', 'mobileThreatDefenseConnector');
    await item.patch([{ op: 'set', path: '/lastHeartbeatDateTime', value: NOW }]);
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
