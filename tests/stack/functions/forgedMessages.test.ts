import { ServiceBusClient } from '@azure/service-bus';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  listDeadLetters,
  settleDeadLetters,
  type DeadLetter,
} from '../../../infra/ops/deadLetters.ts';
import { eventually } from '../../support/eventually.ts';
import { quietStack } from '../../support/sharedStacks.ts';
import { stackMac } from '../../support/stackMac.ts';

const system = quietStack();
let broker: ServiceBusClient;
beforeAll(() => {
  broker = new ServiceBusClient(system.stack.description.serviceBus);
});
afterAll(async () => {
  // Other files of this process use the same system.
  const ids = (await listDeadLetters(broker, 'device-signals', {})).map(({ id }) => id);
  await settleDeadLetters(broker, 'device-signals', ids, 'dropped', () => undefined);
  await broker.close();
});

async function send(queue: string, body: unknown): Promise<void> {
  const sender = broker.createSender(queue);
  await sender.sendMessages({ body, contentType: 'application/json' });
  await sender.close();
}

const lettersOf = (device: string): Promise<readonly DeadLetter[]> =>
  listDeadLetters(broker, 'device-signals', { device });

/** A verdict that would supersede every other for decades. */
const healthyIn2099 = (deviceId: string): object => ({
  attempt: 0,
  signal: {
    type: 'riskReported',
    signalId: `forged-${deviceId}`,
    observedDateTime: '2099-01-01T00:00:00.000Z',
    receivedDateTime: '2099-01-01T00:00:00.000Z',
    deviceId,
    riskLevel: 'minimal',
  },
});

it.each([
  ['without a MAC', 'messageNotAuthentic', (body: object) => body],
  ['from the future', 'signalFromFuture', (body: object) => stackMac(system.folder).sign(body)],
])('a message %s does not heal a device', async (_, code, toBody) => {
  const deviceId = `forged-${code}`;
  await system.enrolHealthy(deviceId);
  await system.client.sendEvents([
    { type: 'sepmobile.device.risk', data: { deviceId, riskLevel: 'high' } },
  ]);
  const isBlocked = (): Promise<unknown> =>
    eventually(
      () => system.client.compliance(deviceId),
      ({ body }) => body['complianceState'] === 'noncompliant',
    );
  await isBlocked();
  await send('device-signals', toBody(healthyIn2099(deviceId)));
  const [letter] = await eventually(
    () => lettersOf(deviceId),
    (letters) => letters.length > 0,
  );
  expect([letter?.code, letter?.body]).toEqual([code, toBody(healthyIn2099(deviceId))]);
  await isBlocked();
});

it('a message about the partner from the year 9999 leaves devices readable and the partner enabled', async () => {
  const deviceId = 'forged-heartbeat';
  const last = '9999-12-31T23:59:59.999Z';
  const { deviceId: _, ...signal } = {
    deviceId,
    type: 'connectorHeartbeat',
    signalId: deviceId,
    observedDateTime: last,
    receivedDateTime: last,
  };
  for (const body of [{ attempt: 0, signal }, stackMac(system.folder).sign({ attempt: 0, signal })])
    await send('device-signals', body);
  await system.enrolHealthy(deviceId);
  const { body } = await system.client.request(
    'GET',
    'deviceManagement/mobileThreatDefenseConnectors/default',
    { as: 'admin' },
  );
  expect(body['partnerState']).toBe('enabled');
  expect(String(body['lastHeartbeatDateTime']) < '2099').toBe(true);
});

it('a message of 300 numbers is one dead letter', async () => {
  const marked = [...Array.from({ length: 300 }, (_, at) => at), { deviceId: 'numbers' }];
  await send('device-signals', marked);
  const letters = await eventually(
    () => lettersOf('numbers'),
    (found) => found.length > 0,
  );
  expect(letters.map(({ code, body }) => [code, body])).toEqual([['messageNotAuthentic', marked]]);
});
