import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Answer } from '../../../infra/local/demo/outerClient.ts';
import { eventually } from '../../support/eventually.ts';
import { quietStack } from '../../support/sharedStacks.ts';

const system = quietStack();
const LONG = 'x'.repeat(1025);
const now = (): string => new Date().toISOString();

async function healthy(): Promise<string> {
  const deviceId = `bad-news-${randomUUID()}`;
  await system.client.enrol(deviceId, { operatingSystem: 'Android', osVersion: '14' });
  await send([
    toEvent('device.activated', { deviceId }),
    toEvent('device.risk', { deviceId, riskLevel: 'minimal' }),
  ]);
  await eventually(
    () => system.client.compliance(deviceId),
    ({ body }) => body['complianceState'] === 'compliant',
  );
  return deviceId;
}

const send = (events: readonly object[]): Promise<Answer> =>
  system.client.sendBody(JSON.stringify(events));

const toEvent = (type: string, data: object): object => ({
  specversion: '1.0',
  id: randomUUID(),
  source: 'sep',
  type: `sepmobile.${type}`,
  time: now(),
  data,
});

async function decisionBecomes(deviceId: string, expected: string): Promise<unknown> {
  const ask = (): Promise<{ readonly body: Readonly<Record<string, unknown>> }> =>
    system.client.request('POST', 'accessDecisions', {
      as: 'caller',
      json: { device: { deviceId }, resource: 'exchangeOnline' },
    });
  const { body } = await eventually(ask, (answer) => answer.body['decision'] === expected);
  return body['decision'];
}

const incident = (changes: object): object => ({
  incidentId: randomUUID(),
  category: 'application',
  threatType: 'malware',
  severity: 'high',
  detectedDateTime: now(),
  ...changes,
});
const apps = (count: number, last: object): object => ({
  application: {
    installed: [
      ...Array.from({ length: count }, (_, at) => ({ bundleId: `com.example.a${String(at)}` })),
      { bundleId: 'com.example.bad', verdict: 'malware', ...last },
    ],
  },
});

describe('an event with an odd part still blocks', () => {
  const EVENTS: readonly (readonly [string, string, object])[] = [
    ['a long app label in the resource', 'incident.opened', incident({ resource: LONG })],
    ['a title that is null', 'incident.opened', incident({ title: null })],
    ['an unknown severity', 'incident.opened', incident({ severity: 'critical' })],
    ['an unknown category', 'incident.opened', incident({ category: 'identity' })],
    ['an unknown type of incident event', 'incident.escalated', incident({})],
    ['an unknown risk level', 'device.risk', { riskLevel: 'critical' }],
    ['an unknown health state', 'device.risk', { riskLevel: 'high', healthState: 'rooted' }],
    ...[
      '0001-01-01T00:00:00Z',
      '1970-01-01T00:00:00Z',
      '9999-12-31T23:59:59Z',
      '2020-01-01T00:00:00Z',
    ].flatMap((resolvedDateTime) =>
      (['incident.opened', 'incident.updated'] as const).map(
        (type) =>
          [
            `${type} resolved at ${resolvedDateTime}`,
            type,
            incident({ resolvedDateTime }),
          ] as const,
      ),
    ),
  ];

  it.each(EVENTS)('%s', async (_, type, data) => {
    const deviceId = await healthy();
    const { status } = await send([toEvent(type, { deviceId, ...data })]);
    expect(status).toBe(202);
    expect(await decisionBecomes(deviceId, 'block')).toBe('block');
  });
});

describe('a telemetry report with an odd part still blocks', () => {
  const REPORTS: readonly (readonly [string, object])[] = [
    ['a long version of the malware', apps(1, { version: LONG })],
    ['a version that is null', apps(1, { version: null })],
    ['more apps than a schema allows', apps(2500, {})],
    ['an unknown verdict', apps(1, { verdict: 'trojan' })],
    [
      'an unknown Wi-Fi security beside a rooted phone',
      { physical: { jailbrokenOrRooted: true }, network: { security: 'wpa2Enterprise' } },
    ],
    [
      'a network name that is null beside a spoofed network',
      { network: { arpSpoofing: true, ssid: null, connected: true } },
    ],
    ['a defence that is null beside malware', { physical: null, ...apps(1, {}) }],
  ];

  it.each(REPORTS)('%s', async (_, defences) => {
    const deviceId = await healthy();
    const { status } = await system.client.request('POST', 'telemetry', {
      as: 'sepMobile',
      json: { deviceId, observedDateTime: now(), ...defences },
    });
    expect(status).toBe(202);
    expect(await decisionBecomes(deviceId, 'block')).toBe('block');
  });
});

it('blocks a device whose report cannot be read, until a readable one comes or an operator clears it', async () => {
  const deviceId = await healthy();
  const garbage = { deviceId, observedDateTime: now(), physical: 'rooted' };
  const sent = await system.client.request('POST', 'telemetry', { as: 'sepMobile', json: garbage });
  expect(sent.status).toBe(400);
  expect(await decisionBecomes(deviceId, 'block')).toBe('block');
  const { body } = await system.client.compliance(deviceId);
  expect(body).toMatchObject({
    complianceState: 'error',
    reasons: [{ code: 'reportUnreadable' }],
  });
  const path = `deviceManagement/managedDevices/${deviceId}/clearUnreadableReports`;
  const cleared = await system.client.request('POST', path, { as: 'admin' });
  expect([cleared.status, cleared.body['complianceState']]).toEqual([200, 'compliant']);
  expect(await decisionBecomes(deviceId, 'allow')).toBe('allow');
  await system.client.request('POST', 'telemetry', {
    as: 'sepMobile',
    json: { ...garbage, observedDateTime: now() },
  });
  expect(await decisionBecomes(deviceId, 'block')).toBe('block');
  await system.client.request('POST', 'telemetry', {
    as: 'sepMobile',
    json: { deviceId, observedDateTime: now(), physical: { jailbrokenOrRooted: false } },
  });
  expect(await decisionBecomes(deviceId, 'allow')).toBe('allow');
});

it('decodes data that was sent as bytes or as text', async () => {
  for (const encode of [
    (data: object) => ({ data_base64: Buffer.from(JSON.stringify(data)).toString('base64') }),
    (data: object) => ({ data: JSON.stringify(data) }),
  ]) {
    const deviceId = await healthy();
    const { data: _, ...event } = toEvent('device.risk', {}) as { data: unknown };
    await send([{ ...event, ...encode({ deviceId, riskLevel: 'high' }) }]);
    expect(await decisionBecomes(deviceId, 'block')).toBe('block');
  }
});

it('refuses more groups than a record has room for, and takes 400', async () => {
  const properties = (count: number): Record<string, unknown> => ({
    operatingSystem: 'Android',
    osVersion: '15',
    groupIds: Array.from({ length: count }, () => randomUUID()),
  });
  const deviceId = `groups-${randomUUID()}`;
  expect((await system.client.enrol(deviceId, properties(400))).status).toBe(201);
  const { status, body } = await system.client.enrol(deviceId, properties(500));
  expect([status, body]).toMatchObject([400, { error: { details: [{ path: '/groupIds' }] } }]);
});
