import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { afterAll, expect, inject, it } from 'vitest';
import { OuterClient, type SepMobileEvent } from '../../../../infra/local/demo/outerClient.ts';
import type { Stack } from '../../../../infra/local/stack/startStack.ts';
import { runOps } from '../../../../infra/ops/runOps.ts';
import { callCommand } from '../../../support/commandIo.ts';
import { untilWorkedOff } from '../../../support/costOf.ts';
import { eventually } from '../../../support/eventually.ts';
import { ownStack } from '../../../support/ownStack.ts';
import { startTestStack } from '../../../support/startTestStack.ts';

const COMPLIANCE_CHANGE =
  'https://schemas.openid.net/secevent/caep/event-type/device-compliance-change';
const DEVICES = ['lost-phone', 'repaired-phone', 'steady-phone'];

/** The region that will be lost. Without timers nothing writes to its database while it is copied. */
const lost = ownStack();
let recovered: Stack | undefined;
afterAll(() => recovered?.stop());

/** Everything that SEP Mobile has sent. It sends all of it again on request. */
const sent: SepMobileEvent[] = [];
async function send(...events: readonly SepMobileEvent[]): Promise<void> {
  sent.push(...events);
  await lost.client.sendEvents(events);
}

const risk = (deviceId: string, riskLevel: 'minimal' | 'high'): SepMobileEvent => ({
  type: 'sepmobile.device.risk',
  data: { deviceId, riskLevel },
  time: new Date(),
  id: `${deviceId}:${String(sent.length)}`,
});

async function stateOf(client: OuterClient, deviceId: string): Promise<unknown> {
  return (await client.compliance(deviceId)).body['complianceState'];
}

async function untilStatesAre(
  client: OuterClient,
  states: Readonly<Record<string, unknown>>,
): Promise<void> {
  for (const [deviceId, state] of Object.entries(states))
    await eventually(
      () => stateOf(client, deviceId),
      (found) => found === state,
    );
}

/** The ids of the tokens that wait in the stream, at least two. */
async function waitingIn(client: OuterClient, streamId: string): Promise<readonly string[]> {
  return eventually(
    async () => {
      const { body } = await client.request('POST', `ssf/poll/${streamId}`, {
        as: 'receiver',
        json: { returnImmediately: true },
      });
      const tokens = Object.values(body['sets'] as Record<string, string>);
      return tokens.map((token) => String(decodeJwt(token).jti));
    },
    (found) => found.length >= 2,
  );
}

/** Copies the database at this moment, since Azure's continuous backup can restore any second. */
function copyDatabase(from: string, to: string): void {
  mkdirSync(to);
  for (const file of ['cosmos.sqlite', 'cosmos.sqlite-wal'])
    if (existsSync(join(from, file))) cpSync(join(from, file), join(to, file));
}

it('decides after the loss of a region as before, with a backup and the events that SEP Mobile sends again', async () => {
  for (const deviceId of DEVICES) {
    await lost.client.enrol(deviceId, { operatingSystem: 'Android', osVersion: '15' });
    await send(
      { type: 'sepmobile.device.activated', data: { deviceId } },
      risk(deviceId, 'minimal'),
    );
  }
  await send(risk('repaired-phone', 'high'));
  await untilStatesAre(lost.client, {
    'lost-phone': 'compliant',
    'repaired-phone': 'noncompliant',
    'steady-phone': 'compliant',
  });
  const stream = await lost.client.request('POST', 'ssf/streams', {
    as: 'receiver',
    json: { events_requested: [COMPLIANCE_CHANGE] },
  });
  const streamId = String(stream.body['stream_id']);
  await untilWorkedOff(lost);
  // The other region: the same secrets, the backup, and empty queues.
  const folder = join(inject('runFolder'), 'other-region');
  copyDatabase(lost.folder, folder);
  for (const file of ['secrets.json', 'issuerKeys.json'])
    cpSync(join(lost.folder, file), join(folder, file));

  await send(risk('lost-phone', 'high'));
  await send(risk('repaired-phone', 'minimal'));
  const deliveredBefore = await waitingIn(lost.client, streamId);
  const decided = {
    'lost-phone': 'noncompliant',
    'repaired-phone': 'compliant',
    'steady-phone': 'compliant',
  };
  await untilStatesAre(lost.client, decided);

  const settings = { RECOVERED_DATETIME: new Date().toISOString() };
  recovered = await startTestStack({ stateFolder: folder, settings });
  const client = new OuterClient(recovered.description);
  // The backup does not contain later events.
  expect(await stateOf(client, 'lost-phone')).toBe('compliant');
  const reevaluated = await callCommand(runOps, ['reevaluate', '--folder', folder]);
  expect(reevaluated.code).toBe(0);
  // All events in another order, though the backup contains most of them.
  for (const event of sent.toReversed()) await client.sendEvents([event]);
  await untilStatesAre(client, decided);
  const deliveredAfter = await waitingIn(client, streamId);
  expect(deliveredAfter.filter((jti) => deliveredBefore.includes(jti))).toEqual([]);
  const { code, out } = await callCommand(runOps, ['status', '--json', '--folder', folder]);
  expect([code, JSON.parse(out)]).toMatchObject([0, { health: 'ready', quarantine: 0 }]);
});
