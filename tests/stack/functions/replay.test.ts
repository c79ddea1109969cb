import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { expect, it } from 'vitest';
import { enrolSubscribed } from '../../support/enrolSubscribed.ts';
import { timedStack } from '../../support/sharedStacks.ts';
import { eventually } from '../../support/eventually.ts';

const REPEATS = 1000;
const CONCURRENCY = 20;
const COMPLIANCE_CHANGE =
  'https://schemas.openid.net/secevent/caep/event-type/device-compliance-change';

const system = timedStack();

it('a repeated webhook has one effect', async () => {
  const deviceId = await enrolSubscribed(system);
  const { client, stack } = system;
  const stream = await client.request('POST', 'ssf/streams', {
    as: 'receiver',
    json: { events_requested: [COMPLIANCE_CHANGE] },
  });
  const path = `ssf/poll/${String(stream.body['stream_id'])}`;
  const body = JSON.stringify([
    {
      specversion: '1.0',
      id: randomUUID(),
      source: 'replayed',
      type: 'sepmobile.device.risk',
      time: new Date().toISOString(),
      data: { deviceId, riskLevel: 'high' },
    },
  ]);
  const id = `msg_${randomUUID()}`;
  const at = new Date();
  const headers = {
    'content-type': 'application/cloudevents-batch+json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(stack.description.webhookSecret).sign(id, at, body),
  };
  const statuses = new Set<number>();
  let sent = 0;
  await Promise.all(
    Array.from({ length: CONCURRENCY }, async () => {
      while (sent < REPEATS) {
        sent += 1;
        const { status } = await client.request('POST', 'webhooks/sep-mobile', { body, headers });
        statuses.add(status);
      }
    }),
  );
  expect([...statuses]).toEqual([202]);
  // Delivery is in order: when this change arrives, all repeats have been processed.
  await client.sendEvents([
    { type: 'sepmobile.device.risk', data: { deviceId, riskLevel: 'minimal' } },
  ]);
  const delivered = await eventually(
    async () => {
      const { body: answer } = await client.request('POST', path, {
        as: 'receiver',
        json: { returnImmediately: true },
      });
      return Object.keys(answer['sets'] as object);
    },
    (jtis) => jtis.length >= 2,
  );
  expect(delivered).toHaveLength(2);
});
