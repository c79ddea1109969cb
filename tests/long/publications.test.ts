import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CosmosClient } from '@azure/cosmos';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { OuterClient, type SepMobileEvent } from '../../infra/local/demo/outerClient.ts';
import type { Stack } from '../../infra/local/stack/startStack.ts';
import { startTestStack } from '../support/startTestStack.ts';
import { createDice } from '../support/dice.ts';
import { startFlakyReceiver, type FlakyReceiver } from '../support/flakyReceiver.ts';
import { eventually } from '../support/eventually.ts';

/** In full, `TOLD_DEVICES=250`: more than 5,000 transitions, in some minutes. */
const IN_FULL = process.env['TOLD_DEVICES'];
const DEVICES = Number(IN_FULL ?? 30);
const ROUNDS = IN_FULL === undefined ? 6 : 20;
const KILLS = IN_FULL === undefined ? 2 : 6;
const RESTARTS = IN_FULL === undefined ? 1 : 3;
const SHARE_OF_FAULTS = 0.3;

const stateFolder = mkdtempSync(join(tmpdir(), 'mtd-told-'));
const random = createDice(20_260_101);
let stack: Stack;
let client: OuterClient;
let receiver: FlakyReceiver;
let secret: string;
beforeAll(async () => {
  receiver = await startFlakyReceiver(random, SHARE_OF_FAULTS);
  // Short locks: what a killed worker held comes back soon.
  stack = await startTestStack({ stateFolder, lockDuration: 'PT3S' });
  client = new OuterClient(stack.description);
  const { body } = await client.request('POST', 'webhookEndpoints', {
    as: 'admin',
    json: { url: receiver.url, displayName: 'A receiver that fails' },
  });
  secret = String(body['secret']);
});
afterAll(async () => {
  await stack.stop();
  await receiver.stop();
  rmSync(stateFolder, { recursive: true });
});

const devices = Array.from({ length: DEVICES }, (_, at) => `told-${String(at)}`);

/** Until it is done: a worker that was killed meanwhile may have taken it or not. */
function insist(ask: () => Promise<{ readonly status: number }>, status: number): Promise<unknown> {
  return eventually(
    () => ask().catch(() => ({ status: 0 })),
    (answer) => answer.status === status,
  );
}

async function sendForAll(toEvent: (deviceId: string) => SepMobileEvent): Promise<void> {
  const events = devices.map(toEvent);
  await insist(() => client.sendEvents(events), 202);
}

/** The facts are in the device, and with them, in the same write, the transition. */
async function untilAllAre(state: string): Promise<void> {
  for (const deviceId of devices) {
    await eventually(
      () => client.compliance(deviceId).catch(() => undefined),
      (answer) => answer?.body['complianceState'] === state,
    );
  }
}

interface Told {
  readonly id: string;
  readonly deviceId: string;
  readonly sequence: number;
  readonly digest: string;
}

/** What was heard, each checked by a library that knows nothing of us. */
function heardSoFar(): readonly Told[] {
  return receiver.heard.map(({ headers, body }) => {
    new Webhook(secret).verify(body, headers);
    const { id, data } = JSON.parse(body) as {
      readonly id: string;
      readonly data: { readonly deviceId: string; readonly sequence: number };
    };
    const { deviceId, sequence } = data;
    return { id, deviceId, sequence, digest: createHash('sha256').update(body).digest('hex') };
  });
}

/** How much each device has had to tell, from the database itself. */
async function announcementCounts(): Promise<ReadonlyMap<string, number>> {
  const { endpoint, key } = stack.description.cosmos;
  const cosmos = new CosmosClient({
    endpoint,
    key,
    connectionPolicy: { enableEndpointDiscovery: false },
  });
  const { resources } = await cosmos
    .database('mtd')
    .container('devices')
    .items.query<{ deviceId: string; count: number }>(
      'SELECT c.deviceId, c.record.announcementCount AS count FROM c WHERE c.isManaged = true',
    )
    .fetchAll();
  cosmos.dispose();
  return new Map(resources.map(({ deviceId, count }) => [deviceId, count]));
}

it('reach a receiver that fails, hangs, resets and restarts, each at least once and in order, while workers are killed', async () => {
  await Promise.all(
    devices.map((deviceId) =>
      insist(() => client.enrol(deviceId, { operatingSystem: 'Android', osVersion: '15' }), 201),
    ),
  );
  await sendForAll((deviceId) => ({ type: 'sepmobile.device.activated', data: { deviceId } }));
  await sendForAll((deviceId) => ({
    type: 'sepmobile.device.risk',
    data: { deviceId, riskLevel: 'minimal' },
  }));
  await untilAllAre('compliant');
  for (let round = 0; round < ROUNDS; round += 1) {
    const isThreat = round % 2 === 0;
    const sending = sendForAll((deviceId) => ({
      type: 'sepmobile.device.risk',
      data: { deviceId, riskLevel: isThreat ? 'high' : 'minimal' },
    }));
    // Wherever the worker then is.
    if (round % Math.ceil(ROUNDS / KILLS) === 1) await stack.killWorker();
    await sending;
    if (round % Math.ceil(ROUNDS / RESTARTS) === 2)
      await receiver.restart(() => untilAllAre(isThreat ? 'noncompliant' : 'compliant'));
    else await untilAllAre(isThreat ? 'noncompliant' : 'compliant');
  }
  // What is left is then told as soon as it is due; in full, it goes on to fail.
  if (IN_FULL === undefined) receiver.calm();
  const counts = await announcementCounts();
  const total = [...counts.values()].reduce((a, b) => a + b, 0);
  expect(counts.size).toBe(DEVICES);
  expect(total).toBeGreaterThanOrEqual(DEVICES * ROUNDS);

  await eventually(
    () => new Set(receiver.heard.map(({ headers }) => headers['webhook-id'])).size,
    (distinct) => distinct >= total,
  );
  const heard = heardSoFar();
  expect(new Set(heard.map(({ id }) => id)).size).toBe(total);
  // No two different ones with one id.
  expect(new Set(heard.map(({ digest }) => digest)).size).toBe(total);
  for (const deviceId of devices) {
    const sequences = heard.filter((each) => each.deviceId === deviceId);
    expect([...new Set(sequences.map(({ sequence }) => sequence))]).toEqual(
      Array.from({ length: counts.get(deviceId) ?? 0 }, (_, at) => at + 1),
    );
  }
  // It did fail: the test would otherwise prove nothing.
  expect(receiver.tries()).toBeGreaterThan(total * (1 + SHARE_OF_FAULTS / 3));
}, 600_000);
