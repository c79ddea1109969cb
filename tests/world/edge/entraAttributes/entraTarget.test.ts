import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  startGraphServer,
  type GraphServer,
} from '../../../../infra/local/graph/startGraphServer.ts';
import { createGraphClient } from '../../../../shared/adapters/graphClient.ts';
import type { ComplianceState } from '../../../../shared/domain/compliance/complianceState.ts';
import { createEntraTarget } from '../../../../shared/edge/entraAttributes/entraTarget.ts';
import type { DeviceReader } from '../../../../shared/core/ports/devices.ts';
import type { Delivery } from '../../../../shared/core/ports/target.ts';
import { transitionOf } from '../../../support/transitionOf.ts';
import { phone, toGuid } from '../../../support/graphWorld.ts';

const HEADER = 'only-this-machine-knows-it';
let server: GraphServer;
beforeAll(async () => {
  server = await startGraphServer({ identityHeader: HEADER });
});
afterAll(() => server.stop());

/** The current states of the devices. */
const states = new Map<string, ComplianceState>();
let onLoad: (deviceId: string) => void;
const devices: Pick<DeviceReader, 'load'> = {
  load(deviceId) {
    onLoad(deviceId);
    const complianceState = states.get(deviceId);
    if (complianceState === undefined) return Promise.resolve(undefined);
    const evaluation = { complianceState, partnerReportedThreatState: 'secured' };
    return Promise.resolve({ record: { evaluation }, etag: '1' } as never);
  },
};

let tokens: number;
const target = (
  attributes = { compliance: 'extensionAttribute1', risk: undefined as string | undefined },
) =>
  createEntraTarget({
    attributes,
    devices,
    graph: createGraphClient({
      endpoint: server.address,
      now: () => new Date('2026-01-01T00:00:00Z'),
      credential: {
        async getToken() {
          tokens += 1;
          const resource = new URL(server.address).origin;
          const answer = await fetch(`${server.identityEndpoint}?resource=${resource}`, {
            headers: { 'x-identity-header': HEADER },
          });
          const { access_token: token } = (await answer.json()) as { access_token: string };
          return { token, expiresOnTimestamp: 0 };
        },
      },
    }),
  });

beforeEach(() => {
  tokens = 0;
  onLoad = () => undefined;
  states.clear();
  server.faults.clear();
  for (const name of Object.keys(server.counts)) delete server.counts[name];
  for (let index = 1; index <= 50; index += 1) {
    server.directory.remove(toGuid(index));
    server.directory.enrol(phone(index));
    states.set(toGuid(index), 'compliant');
  }
});

const signal = new AbortController().signal;
const deliver = (index: number, to = target()): Promise<Delivery> =>
  to.deliver(transitionOf(1, { deviceId: toGuid(index) }), signal);
const written = (index: number): unknown =>
  server.directory.findDevice(toGuid(index))?.['extensionAttributes'];

describe('a transition', () => {
  it('writes the current state of the device, not the one of the transition', async () => {
    states.set(toGuid(1), 'inGracePeriod');
    const both = { compliance: 'extensionAttribute4', risk: 'extensionAttribute15' };
    expect(await deliver(1, target(both))).toEqual({ outcome: 'delivered' });
    expect(written(1)).toEqual({
      extensionAttribute4: 'inGracePeriod',
      extensionAttribute15: 'secured',
    });
  });

  it('of a deleted device writes unknown', async () => {
    states.delete(toGuid(1));
    await deliver(1);
    expect(written(1)).toEqual({ extensionAttribute1: 'unknown' });
  });

  it('does not change the other attributes', async () => {
    const id = String(server.directory.findDevice(toGuid(1))?.['id']);
    server.directory.devices.put(id, { extensionAttributes: { extensionAttribute2: 'SAW' } });
    await deliver(1);
    expect(written(1)).toEqual({ extensionAttribute1: 'compliant', extensionAttribute2: 'SAW' });
  });

  it('is written again if the device changes during the write', async () => {
    let loads = 0;
    onLoad = (deviceId) => {
      loads += 1;
      if (loads === 2) states.set(deviceId, 'noncompliant');
    };
    expect(await deliver(1)).toEqual({ outcome: 'delivered' });
    expect(written(1)).toEqual({ extensionAttribute1: 'noncompliant' });
  });

  it('of a device that keeps changing fails and is left to the next attempt', async () => {
    onLoad = (deviceId) =>
      void states.set(
        deviceId,
        states.get(deviceId) === 'compliant' ? 'noncompliant' : 'compliant',
      );
    expect(await deliver(1)).toMatchObject({ outcome: 'failed', code: 'resourceModified' });
  });

  it.each(['not-of-entra', "'or 1 eq 1", '../users'])(
    'of the device id %s sends no request',
    async (deviceId) => {
      expect(await target().deliver(transitionOf(1, { deviceId }), signal)).toEqual({
        outcome: 'delivered',
      });
      expect(server.counts).toEqual({});
    },
  );

  it('of a device that Entra does not know counts as delivered', async () => {
    expect(await deliver(99)).toEqual({ outcome: 'delivered' });
    expect(server.counts).toMatchObject({ 'PATCH devices 404': 1 });
  });
});

describe('concurrent deliveries', () => {
  it('are sent in batches of at most 20', async () => {
    const entra = target();
    const all = Array.from({ length: 50 }, (_, index) => deliver(index + 1, entra));
    expect(new Set((await Promise.all(all)).map(({ outcome }) => outcome))).toEqual(
      new Set(['delivered']),
    );
    expect(server.counts).toEqual({ 'POST $batch 200': 3, 'PATCH devices 204': 50 });
  });

  it('fail separately, and only the throttled one waits as long as Graph asks', async () => {
    const entra = target();
    const request = `PATCH devices(deviceId='${toGuid(2)}')`;
    server.faults.add({ kind: 'throttled', request, retryAfterInSeconds: 42 });
    server.faults.add({ kind: 'forbidden', request: `PATCH devices(deviceId='${toGuid(3)}')` });
    const deliveries = await Promise.all([1, 2, 3, 4].map((index) => deliver(index, entra)));
    expect(deliveries).toMatchObject([
      { outcome: 'delivered' },
      { outcome: 'failed', code: 'http429', retryAfterInSeconds: 42 },
      {
        outcome: 'failed',
        code: 'http403',
        reason: 'Graph answered 403 Authorization_RequestDenied',
      },
      { outcome: 'delivered' },
    ]);
  });

  it('wait together if Graph throttles the whole batch', async () => {
    const entra = target();
    server.faults.add({ kind: 'throttled', request: 'POST $batch', retryAfterInSeconds: 7 });
    const deliveries = await Promise.all([1, 2].map((index) => deliver(index, entra)));
    for (const delivery of deliveries)
      expect(delivery).toMatchObject({ outcome: 'failed', retryAfterInSeconds: 7 });
    expect(await deliver(1, entra)).toEqual({ outcome: 'delivered' });
  });
});

describe('a delivery', () => {
  it('replaces an expired token', async () => {
    server.faults.add({ kind: 'expiredToken', request: 'POST $batch' });
    expect(await deliver(1)).toEqual({ outcome: 'delivered' });
    expect(tokens).toBe(2);
  });

  it('fails over a lost connection', async () => {
    server.faults.add({ kind: 'lost', request: 'POST $batch' });
    expect(await deliver(1)).toMatchObject({ outcome: 'failed', code: 'unreachable' });
  });

  it('is refused if Graph rejects the attribute', async () => {
    const wrong = { compliance: 'extensionAttribute99', risk: undefined };
    expect(await deliver(1, target(wrong))).toMatchObject({ outcome: 'refused', code: 'http400' });
  });

  it('fails once its time is over', async () => {
    const over = AbortSignal.abort();
    expect(await target().deliver(transitionOf(1, { deviceId: toGuid(1) }), over)).toMatchObject({
      outcome: 'failed',
    });
  });
});

it('writes nothing for a notice', async () => {
  const { id, deviceId, sequence, occurredDateTime } = transitionOf(1, { deviceId: toGuid(1) });
  const notice = { type: 'notice', id, deviceId, sequence, occurredDateTime } as never;
  expect(await target().deliver(notice, signal)).toEqual({ outcome: 'delivered' });
  expect(server.counts).toEqual({});
});
