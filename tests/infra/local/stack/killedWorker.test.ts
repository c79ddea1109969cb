import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { OuterClient, type SepMobileEvent } from '../../../../infra/local/demo/outerClient.ts';
import { startStack, type Stack } from '../../../../infra/local/stack/startStack.ts';
import { eventually } from '../../../support/world.ts';

/** More by hand: `KILLED_EVENTS=100000 KILLED_TIMES=300 npx vitest run …`. */
const { KILLED_EVENTS = '10000', KILLED_TIMES = '4' } = process.env;
const EVENTS = Number(KILLED_EVENTS);
const KILLS = Number(KILLED_TIMES);
const EVENTS_A_DEVICE = 20;
const DEVICES = EVENTS / EVENTS_A_DEVICE;
const BATCH_SIZE = 100;
const SENDERS = 4;
const PATIENCE_IN_MILLISECONDS = 100_000 + KILLS * 5000 + EVENTS;

const stateFolder = mkdtempSync(join(tmpdir(), 'mtd-kill-'));
let stack: Stack;
let client: OuterClient;
beforeAll(async () => {
  // Short locks: what a killed worker held comes back soon.
  stack = await startStack({ stateFolder, lockDuration: 'PT3S' });
  client = new OuterClient(stack.description);
});
afterAll(async () => {
  await stack.stop();
  rmSync(stateFolder, { recursive: true });
});

const deviceOf = (at: number): string => `killed-${String(at % DEVICES)}`;

/** Event `at`: each device has twenty incidents one after the other; every second of them is resolved by the next event. */
function eventOf(at: number, start: number): SepMobileEvent {
  const round = Math.floor(at / DEVICES);
  const isResolution = round % 4 === 3;
  return {
    id: `event-${String(at)}`,
    type: isResolution ? 'sepmobile.incident.resolved' : 'sepmobile.incident.opened',
    time: new Date(start + at),
    data: {
      deviceId: deviceOf(at),
      incidentId: `incident-${String(isResolution ? round - 1 : round)}`,
      category: 'application',
      threatType: 'malware',
      severity: 'high',
      detectedDateTime: new Date(start).toISOString(),
    },
  };
}

/** Sends until it is acknowledged, as a partner does: a worker that was killed meanwhile may have taken it or not. */
async function sendUntilAccepted(events: readonly SepMobileEvent[]): Promise<void> {
  await eventually(
    () => client.sendEvents(events).catch(() => ({ status: 0 })),
    ({ status }) => status === 202,
  );
}

async function sendAll(
  batches: readonly (readonly SepMobileEvent[])[],
  onSent: () => void,
): Promise<void> {
  const waiting = [...batches];
  const send = async (): Promise<void> => {
    for (let batch = waiting.pop(); batch !== undefined; batch = waiting.pop()) {
      await sendUntilAccepted(batch);
      onSent();
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, send));
}

it(
  'loses no acknowledged event and leaves no wrong state when the worker is killed again and again under load',
  async () => {
    const start = Date.now() - EVENTS;
    const events = Array.from({ length: EVENTS }, (_, at) => eventOf(at, start));
    const batches = Array.from({ length: EVENTS / BATCH_SIZE }, (_, at) =>
      events.slice(at * BATCH_SIZE, (at + 1) * BATCH_SIZE),
    );
    let sent = 0;
    let kills = Promise.resolve();
    let killed = 0;
    await sendAll(batches, () => {
      sent += 1;
      // In the midst of the load, wherever the worker then is.
      if (sent < ((killed + 1) * batches.length) / (KILLS + 1) || killed >= KILLS) return;
      killed += 1;
      kills = kills.then(() => stack.killWorker());
    });
    await kills;
    expect(killed).toBe(KILLS);

    const expected = Array.from({ length: EVENTS_A_DEVICE }, (_, round) => round)
      .filter((round) => round % 4 !== 3 && round % 4 !== 2)
      .map((round) => `incident-${String(round)}`);
    const openOf = async (deviceId: string): Promise<string[]> => {
      const { body } = await client.compliance(deviceId);
      return (body['openIncidents'] as { incidentId: string }[]).map(
        ({ incidentId }) => incidentId,
      );
    };
    for (let at = 0; at < DEVICES; at += 1) {
      const open = await eventually(
        () => openOf(deviceOf(at)),
        (found) => found.length === expected.length && !found.includes('incident-2'),
      );
      expect(open.toSorted()).toEqual(expected.toSorted());
    }
    // Nothing was given up on the way.
    const { body } = await client.request('GET', 'health/ready');
    expect(body).toEqual({ status: 'ready' });
  },
  PATIENCE_IN_MILLISECONDS,
);
