import { createHash } from 'node:crypto';
import { CosmosClient } from '@azure/cosmos';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SepMobileEvent } from '../../infra/local/demo/outerClient.ts';
import { DATABASE_NAME, DEVICES_CONTAINER } from '../../shared/resources.ts';
import { createDice } from '../support/createDice.ts';
import { eventually } from '../support/eventually.ts';
import {
  startFlakyReceiver,
  type FlakyReceiver,
  type ReceivedDelivery,
} from '../support/flakyReceiver.ts';
import { killWorker } from '../support/killWorker.ts';
import { ownStack } from '../support/ownStack.ts';
import { SIZE } from '../support/size.ts';

const { devices: DEVICES, rounds: ROUNDS, kills: KILLS, restarts: RESTARTS } = SIZE.publications;
const SHARE_OF_FAULTS = 0.3;
const PATIENCE_IN_MILLISECONDS = 900_000;

// With short locks the messages of a killed worker are soon delivered again.
const system = ownStack({ withTimers: true, lockDuration: 'PT3S' });
let receiver: FlakyReceiver;
let secret: string;
const unverified: unknown[] = [];

/** Verifies a delivery by a library that does not know this project, at once: a signature is valid for five minutes. */
function verify({ headers, body }: ReceivedDelivery): void {
  try {
    new Webhook(secret).verify(body, headers);
  } catch (error) {
    unverified.push(error);
  }
}

beforeAll(async () => {
  receiver = await startFlakyReceiver(createDice(20_260_101), SHARE_OF_FAULTS, verify);
  const { body } = await system.client.request('POST', 'webhookEndpoints', {
    as: 'admin',
    json: { url: receiver.url, displayName: 'A receiver that fails' },
  });
  secret = String(body['secret']);
});
afterAll(() => receiver.stop());

const devices = Array.from({ length: DEVICES }, (_, at) => `published-${String(at)}`);

/** Asks until the status is `status`: a killed worker may have taken the request or not. */
function insist(ask: () => Promise<{ readonly status: number }>, status: number): Promise<unknown> {
  return eventually(
    () => ask().catch(() => ({ status: 0 })),
    (answer) => answer.status === status,
  );
}

async function sendForAll(toEvent: (deviceId: string) => SepMobileEvent): Promise<void> {
  const events = devices.map(toEvent);
  await insist(() => system.client.sendEvents(events), 202);
}

/** One write stores the facts of a device and the transition, so then the transition is stored too. */
async function untilAllAre(state: string): Promise<void> {
  for (const deviceId of devices) {
    await eventually(
      () => system.client.compliance(deviceId).catch(() => undefined),
      (answer) => answer?.body['complianceState'] === state,
    );
  }
}

interface Received {
  readonly id: string;
  readonly deviceId: string;
  readonly sequence: number;
  readonly digest: string;
}

function receivedSoFar(): readonly Received[] {
  return receiver.received.map(({ body }) => {
    const { id, data } = JSON.parse(body) as {
      readonly id: string;
      readonly data: { readonly deviceId: string; readonly sequence: number };
    };
    const { deviceId, sequence } = data;
    return { id, deviceId, sequence, digest: createHash('sha256').update(body).digest('hex') };
  });
}

/** How many announcements each device has, from the database itself. */
async function announcementCounts(): Promise<ReadonlyMap<string, number>> {
  const connectionPolicy = { enableEndpointDiscovery: false };
  const cosmos = new CosmosClient({ ...system.stack.description.cosmos, connectionPolicy });
  const { resources } = await cosmos
    .database(DATABASE_NAME)
    .container(DEVICES_CONTAINER.id)
    .items.query<{ deviceId: string; count: number }>(
      'SELECT c.deviceId, c.record.transitionCount AS count FROM c WHERE c.isManaged = true',
    )
    .fetchAll();
  cosmos.dispose();
  return new Map(resources.map(({ deviceId, count }) => [deviceId, count]));
}

/** In each round all devices change their state; the worker is killed in some, and the receiver restarts in some. */
async function playRounds(): Promise<void> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const isThreat = round % 2 === 0;
    const state = isThreat ? 'noncompliant' : 'compliant';
    const sending = sendForAll((deviceId) => ({
      type: 'sepmobile.device.risk',
      data: { deviceId, riskLevel: isThreat ? 'high' : 'minimal' },
    }));
    // The worker may be anywhere in its work.
    if (round % Math.ceil(ROUNDS / KILLS) === 1) await killWorker(system.stack);
    await sending;
    if (round % Math.ceil(ROUNDS / RESTARTS) === 2)
      await receiver.restart(() => untilAllAre(state));
    else await untilAllAre(state);
  }
}

it(
  'delivers every transition at least once and in order to a receiver that fails, hangs, resets and restarts, while workers are killed',
  async () => {
    await Promise.all(
      devices.map((deviceId) =>
        insist(
          () => system.client.enrol(deviceId, { operatingSystem: 'Android', osVersion: '15' }),
          201,
        ),
      ),
    );
    await sendForAll((deviceId) => ({ type: 'sepmobile.device.activated', data: { deviceId } }));
    await sendForAll((deviceId) => ({
      type: 'sepmobile.device.risk',
      data: { deviceId, riskLevel: 'minimal' },
    }));
    await untilAllAre('compliant');
    await playRounds();
    // Otherwise the receiver fails to the end, which takes minutes.
    if (SIZE.publications.endsCalm) receiver.calm();
    const counts = await announcementCounts();
    const total = [...counts.values()].reduce((a, b) => a + b, 0);
    expect(counts.size).toBe(DEVICES);
    expect(total).toBeGreaterThanOrEqual(DEVICES * ROUNDS);

    await eventually(
      () => new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size,
      (distinct) => distinct >= total,
    );
    expect(unverified).toEqual([]);
    const received = receivedSoFar();
    expect(new Set(received.map(({ id }) => id)).size).toBe(total);
    // One id has one content.
    expect(new Set(received.map(({ digest }) => digest)).size).toBe(total);
    for (const deviceId of devices) {
      const sequences = received.filter((each) => each.deviceId === deviceId);
      expect([...new Set(sequences.map(({ sequence }) => sequence))]).toEqual(
        Array.from({ length: counts.get(deviceId) ?? 0 }, (_, at) => at + 1),
      );
    }
    // The receiver did fail: otherwise the test would prove nothing.
    expect(receiver.tries()).toBeGreaterThan(total * (1 + SHARE_OF_FAULTS / 3));
  },
  PATIENCE_IN_MILLISECONDS,
);
