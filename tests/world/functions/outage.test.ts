import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { toComplianceAnswer } from '../../../shared/edge/callers/toComplianceAnswer.ts';
import { evaluateDevice } from '../../../shared/core/decisions/readDevice.ts';
import { ingestRequest } from '../../../shared/core/ingest/ingestRequest.ts';
import { toErrorReply } from '../../../shared/edge/http/toErrorReply.ts';
import { startWorld, WEBHOOK_SECRET, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(() => {
  world.cosmos.faults.clear();
  world.broker.faults.refuseSends(0);
});

const event = (): object => ({
  specversion: '1.0',
  id: randomUUID(),
  source: 'sep',
  type: 'sepmobile.connector.heartbeat',
  time: new Date().toISOString(),
  data: {},
});

const ingest = (body: string): ReturnType<typeof ingestRequest> =>
  ingestRequest(
    { signals: world.services.queues, quarantine: world.services.quarantine, log: console },
    {
      source: 'webhook',
      body: Buffer.from(body),
      contentType: 'application/json',
      requestId: new Webhook(WEBHOOK_SECRET).sign('id', new Date(), body),
      receivedDateTime: new Date().toISOString(),
    },
  );

describe('the answer while a service is unavailable', () => {
  it('is 202 only once Service Bus has the events', async () => {
    world.broker.faults.refuseSends(100);
    const error: unknown = await ingest(JSON.stringify([event()])).catch((fault: unknown) => fault);
    const reply = toErrorReply(error, 'r', new Date());
    expect([reply.status, reply.headers?.['retry-after']]).toEqual([429, '5']);
    expect(world.broker.depth('device-signals').active).toBe(0);
    world.broker.faults.refuseSends(0);
    expect(await ingest(JSON.stringify([event()]))).toEqual({ accepted: 1, rejected: [] });
    expect(world.broker.depth('device-signals').active).toBe(1);
  });

  it.each([
    [429, 'configuration'],
    [503, 'configuration'],
    [429, 'devices'],
    [503, 'devices'],
  ] as const)(
    'is an error, never an allow, on a %i for the container %s',
    async (status, container) => {
      world.services.configuration.forget();
      world.cosmos.faults.add({ kind: 'status', status, container, retryAfterInMs: 1 });
      const answer: unknown = await world.services.configuration
        .load()
        .then((configuration) =>
          evaluateDevice(world.services.devices, 'x', configuration, new Date().toISOString()),
        )
        .then((evaluation) => toComplianceAnswer('x', evaluation, '', 'en'))
        .catch((fault: unknown) => toErrorReply(fault, 'r', new Date()));
      expect(answer).toMatchObject({ status, headers: { 'retry-after': '5' } });
    },
  );

  it('names the unavailable service', async () => {
    world.cosmos.faults.add({ kind: 'status', status: 503 });
    const [cosmos, serviceBus] = await Promise.allSettled(
      world.services.dependencies.map((each) => each.check()),
    );
    expect([cosmos?.status, serviceBus?.status]).toEqual(['rejected', 'fulfilled']);
  });
});
