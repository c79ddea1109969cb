import { randomUUID } from 'node:crypto';
import { BlobServiceClient } from '@azure/storage-blob';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { SIGNATURE_CHALLENGE } from '../../support/challenges.ts';
import type { Answer } from '../../../infra/local/demo/outerClient.ts';
import { quietStack } from '../../support/sharedStacks.ts';
import { TENANT_SETTINGS_DEFAULTS } from '../../../shared/core/configuration/configurationDefaults.ts';
import { QUARANTINE_CONTAINER_NAME } from '../../../shared/resources.ts';
import { eventually } from '../../support/eventually.ts';

const system = quietStack();
const newId = (): string => `device-${randomUUID()}`;
const JSON_TYPE = { 'content-type': 'application/json' };
const BATCH_TYPE = 'application/cloudevents-batch+json';

/** Headers that sign `body` as the SEP Mobile cloud does. */
function sign(
  body: string,
  {
    at = new Date(),
    secret = system.stack.description.webhookSecret,
    id = `msg_${randomUUID()}`,
  } = {},
): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, at, body),
  };
}

function cloudEvent(type: string, data: object, changes: object = {}): object {
  return {
    specversion: '1.0',
    id: randomUUID(),
    source: 'sep',
    type: `sepmobile.${type}`,
    time: new Date().toISOString(),
    data,
    ...changes,
  };
}

function post(path: string, body: string, headers: Record<string, string>): Promise<Answer> {
  return system.client.request('POST', path, { body, headers });
}

/** Sends a webhook body with a valid signature; `headers` are added or replace others. */
function webhook(
  content: unknown,
  headers: Record<string, string> = { 'content-type': BATCH_TYPE },
): Promise<Answer> {
  const body = typeof content === 'string' ? content : JSON.stringify(content);
  return post('webhooks/sep-mobile', body, { ...sign(body), ...headers });
}

const errorOf = ({
  body,
}: Answer): {
  code: string;
  message: string;
  details: { path: string; message: string }[];
  innerError: Record<string, string>;
} => body['error'] as never;

async function stateBecomes(deviceId: string, expected: string): Promise<Answer> {
  return eventually(
    () => system.client.compliance(deviceId),
    ({ body }) => body['complianceState'] === expected,
  );
}

async function healthy(properties: object = {}): Promise<string> {
  const deviceId = newId();
  await system.client.enrol(deviceId, {
    operatingSystem: 'Android',
    osVersion: '15',
    ...properties,
  });
  await webhook([
    cloudEvent('device.activated', { deviceId }),
    cloudEvent('device.risk', { deviceId, riskLevel: 'minimal' }),
  ]);
  await stateBecomes(deviceId, 'compliant');
  return deviceId;
}

const incidentOf = (deviceId: string): Record<string, unknown> => ({
  deviceId,
  incidentId: randomUUID(),
  category: 'application',
  threatType: 'malware',
  severity: 'high',
  detectedDateTime: '2026-01-01T00:00:00Z',
});

describe('events from SEP Mobile', () => {
  const heartbeat = (): object => cloudEvent('connector.heartbeat', {});
  const deviceId = newId();
  const accepted: readonly [string, unknown, string][] = [
    ['a batch of CloudEvents', [heartbeat()], BATCH_TYPE],
    ['a CloudEvent', heartbeat(), 'application/cloudevents+json; charset=UTF-8'],
    [
      'a Standard Webhooks body',
      { type: 'sepmobile.connector.heartbeat', timestamp: new Date().toISOString(), data: {} },
      'application/json',
    ],
    [
      'an array of Standard Webhooks bodies',
      [
        {
          type: 'sepmobile.device.activated',
          timestamp: new Date().toISOString(),
          data: { deviceId },
        },
      ],
      'application/json',
    ],
    ['a device activated', [cloudEvent('device.activated', { deviceId })], BATCH_TYPE],
    ['a device deactivated', [cloudEvent('device.deactivated', { deviceId })], BATCH_TYPE],
    [
      'a device heartbeat',
      [cloudEvent('device.heartbeat', { deviceId, appVersion: '5.1' })],
      BATCH_TYPE,
    ],
    [
      'a device risk',
      [cloudEvent('device.risk', { deviceId, riskLevel: 'low', healthState: 'misconfigured' })],
      BATCH_TYPE,
    ],
    ['an incident opened', [cloudEvent('incident.opened', incidentOf(deviceId))], BATCH_TYPE],
    ['an incident updated', [cloudEvent('incident.updated', incidentOf(deviceId))], BATCH_TYPE],
    [
      'an incident resolved',
      [
        cloudEvent('incident.resolved', {
          ...incidentOf(deviceId),
          resolvedDateTime: '2026-01-02T00:00:00+02:00',
        }),
      ],
      BATCH_TYPE,
    ],
    [
      'an event with unknown fields',
      [cloudEvent('connector.heartbeat', { new: 1 }, { traceparent: 'x' })],
      BATCH_TYPE,
    ],
  ];
  for (const [title, content, contentType] of accepted) {
    it(`accepts ${title}`, async () => {
      const { status, body } = await webhook(content, { 'content-type': contentType });
      expect([status, body]).toEqual([202, { accepted: 1, rejected: [] }]);
    });
  }

  const rejected: readonly [string, object, string, string, string][] = [
    [
      'an unknown type',
      cloudEvent('device.exploded', {}),
      'unknownEventType',
      '/type',
      'sepmobile.device.risk',
    ],
    [
      'an incident without its id',
      cloudEvent('incident.opened', { ...incidentOf(deviceId), incidentId: undefined }),
      'invalidEvent',
      '/data/incidentId',
      'is required',
    ],
    [
      'a device id with a slash',
      cloudEvent('device.activated', { deviceId: 'a/b' }),
      'invalidEvent',
      '/data/deviceId',
      '`/`',
    ],
    [
      'an event without a time',
      cloudEvent('device.activated', { deviceId }, { time: undefined }),
      'invalidEvent',
      '/time',
      'is required',
    ],
    [
      'an event from the future',
      cloudEvent(
        'device.activated',
        { deviceId },
        { time: new Date(Date.now() + 3_600_000).toISOString() },
      ),
      'observedInFuture',
      '/time',
      '300 seconds',
    ],
  ];
  const partial: typeof rejected = [
    [
      'an unknown risk level',
      cloudEvent('device.risk', { deviceId, riskLevel: 'extreme' }),
      'unknownWord',
      '/data/riskLevel',
      '`minimal`, `low`, `medium`, `high`',
    ],
    [
      'an incident of an unknown category',
      cloudEvent('incident.opened', { ...incidentOf(deviceId), category: 'weather' }),
      'unknownWord',
      '/data/category',
      '`physical`',
    ],
    [
      'an incident with an invalid date',
      cloudEvent('incident.opened', {
        ...incidentOf(deviceId),
        detectedDateTime: '2026-02-30T00:00:00Z',
      }),
      'invalidEvent',
      '/data/detectedDateTime',
      'RFC 3339',
    ],
    [
      'an event without a source',
      cloudEvent('device.activated', { deviceId }, { source: undefined }),
      'invalidEvent',
      '/source',
      'is required',
    ],
    [
      'an event of another version',
      cloudEvent('device.activated', { deviceId }, { specversion: '0.3' }),
      'invalidEvent',
      '/specversion',
      '`1.0`',
    ],
  ];
  for (const [title, event, code, path, message] of [...rejected, ...partial]) {
    const isPartial = partial.some(([each]) => each === title);
    const verb = isPartial ? 'reads the rest of' : 'rejects';
    it(`${verb} ${title} and accepts the others of its batch`, async () => {
      const { status, body } = await webhook([heartbeat(), event]);
      const [rejection] = body[isPartial ? 'partial' : 'rejected'] as Record<string, unknown>[];
      expect([
        status,
        body['accepted'],
        rejection?.['index'],
        rejection?.['code'],
        rejection?.['path'],
      ]).toEqual([202, isPartial ? 2 : 1, 1, code, path]);
      expect(rejection?.['message']).toContain(message);
    });
  }

  it('answers 400 with each fault if no event is valid', async () => {
    const answer = await webhook([{ specversion: '1.0' }]);
    expect([answer.status, errorOf(answer).code]).toEqual([400, 'invalidRequest']);
    expect(errorOf(answer).details[0]?.path).toBe('/0/id');
  });

  const heartbeats = (count: number): string =>
    JSON.stringify(Array.from({ length: count }, heartbeat));
  const refused: readonly [string, () => Promise<Answer>, number, string][] = [
    ['an empty array', () => webhook([]), 400, 'invalidRequest'],
    ['a body that is not JSON', () => webhook('{'), 400, 'invalidRequest'],
    ['1,001 events', () => webhook(heartbeats(1001)), 413, 'payloadTooLarge'],
    ['XML', () => webhook('<a/>', { 'content-type': 'text/xml' }), 415, 'unsupportedMediaType'],
    [
      'UTF-16',
      () => webhook('[]', { 'content-type': 'application/json; charset=utf-16' }),
      415,
      'unsupportedMediaType',
    ],
  ];
  for (const [title, request, status, code] of refused) {
    it(`answers ${String(status)} to ${title}`, async () => {
      const answer = await request();
      expect([answer.status, errorOf(answer).code]).toEqual([status, code]);
    });
  }

  it('answers 413 to more than 1 MiB, which the host does not even pass on', async () => {
    const { status, text } = await webhook(JSON.stringify([{ x: 'x'.repeat(1024 * 1024) }]));
    expect([status, text]).toEqual([413, '']);
  });

  it('accepts 1,000 events at once', async () => {
    expect((await webhook(heartbeats(1000))).body['accepted']).toBe(1000);
  });

  const body = JSON.stringify([heartbeat()]);
  const minutes = (count: number): Date => new Date(Date.now() + count * 60_000);
  const forged: readonly [string, () => Record<string, string>][] = [
    ['no signature', () => ({})],
    [
      'a signature by another secret',
      () => sign(body, { secret: `whsec_${Buffer.alloc(32).toString('base64')}` }),
    ],
    ['a signature of another body', () => sign(`${body} `)],
    ['a signature from six minutes ago', () => sign(body, { at: minutes(-6) })],
    ['a signature from six minutes ahead', () => sign(body, { at: minutes(6) })],
    ['a signature with another id', () => ({ ...sign(body), 'webhook-id': 'other' })],
    ['a timestamp that is not a number', () => ({ ...sign(body), 'webhook-timestamp': '1e9' })],
    [
      'a signature of an unsupported version',
      () => ({ ...sign(body), 'webhook-signature': 'v1a,AAAA' }),
    ],
    ['an empty signature', () => ({ ...sign(body), 'webhook-signature': 'v1,' })],
  ];
  for (const [title, toHeaders] of forged) {
    it(`answers 401 to ${title}, always with the same text`, async () => {
      const answer = await post('webhooks/sep-mobile', body, {
        'content-type': BATCH_TYPE,
        ...toHeaders(),
      });
      expect([answer.status, errorOf(answer).code, errorOf(answer).message]).toEqual([
        401,
        'unauthenticated',
        'the webhook signature is not valid',
      ]);
      expect(answer.headers.get('www-authenticate')).toBe(SIGNATURE_CHALLENGE);
    });
  }

  it('accepts one valid signature among several, as during a rotation', async () => {
    const headers = sign(body);
    const several = `v1,${Buffer.alloc(32).toString('base64')} ${headers['webhook-signature'] ?? ''}`;
    const answer = await post('webhooks/sep-mobile', body, {
      ...headers,
      'content-type': BATCH_TYPE,
      'webhook-signature': several,
    });
    expect(answer.status).toBe(202);
  });

  it('counts a repeated event once', async () => {
    const device = await healthy();
    const event = cloudEvent('incident.opened', incidentOf(device));
    await webhook([event, event]);
    await webhook([event]);
    const { body: answer } = await stateBecomes(device, 'noncompliant');
    expect(answer['openIncidents']).toHaveLength(1);
  });

  it('stores rejected events, raw, in the quarantine', async () => {
    const marker = randomUUID();
    await webhook([cloudEvent('device.exploded', { marker })]);
    const container = BlobServiceClient.fromConnectionString(
      system.stack.description.storage,
    ).getContainerClient(QUARANTINE_CONTAINER_NAME);
    const kept: string[] = [];
    for await (const { name } of container.listBlobsFlat()) {
      const content = JSON.parse(
        (await container.getBlobClient(name).downloadToBuffer()).toString(),
      ) as { bodyBase64: string };
      kept.push(Buffer.from(content.bodyBase64, 'base64').toString());
    }
    expect(kept.some((raw) => raw.includes(marker))).toBe(true);
  });

  it('consents to deliveries in the headers', async () => {
    const headers = { 'webhook-request-origin': 'sep.example', 'webhook-request-rate': '120' };
    const answer = await system.client.request('OPTIONS', 'webhooks/sep-mobile', { headers });
    expect([
      answer.status,
      answer.headers.get('webhook-allowed-origin'),
      answer.headers.get('webhook-allowed-rate'),
    ]).toEqual([200, 'sep.example', '120']);
    const without = await system.client.request('OPTIONS', 'webhooks/sep-mobile');
    expect([without.status, errorOf(without).details[0]?.path]).toEqual([
      400,
      'WebHook-Request-Origin',
    ]);
  });
});

describe('telemetry', () => {
  const report = (changes: object = {}): object => ({
    deviceId: newId(),
    observedDateTime: new Date().toISOString(),
    physical: { passcodeEnabled: true, jailbrokenOrRooted: false },
    network: { connected: true, ssid: 'Café', security: 'wpa3', tlsInterception: 'none' },
    application: { installed: [{ bundleId: 'com.example', source: 'store', verdict: 'clean' }] },
    vulnerability: { osVersion: '15', cves: [{ id: 'CVE-2026-1', cvss: 9.8 }] },
    ...changes,
  });

  it('accepts all four defences with a token, and with a signature', async () => {
    const byToken = await system.client.request('POST', 'telemetry', {
      as: 'sepMobile',
      json: [report(), report()],
    });
    expect([byToken.status, byToken.body]).toEqual([202, { accepted: 2, rejected: [] }]);
    const body = JSON.stringify(report());
    const bySignature = await post('telemetry', body, { ...JSON_TYPE, ...sign(body) });
    expect([bySignature.status, bySignature.body]).toEqual([202, { accepted: 1, rejected: [] }]);
  });

  it('renews the last contact of its device', async () => {
    const deviceId = newId();
    await system.client.request('POST', 'telemetry', {
      as: 'sepMobile',
      json: report({ deviceId }),
    });
    const { body } = await eventually(
      () => system.client.compliance(deviceId),
      (answer) => answer.body['lastDeviceHeartbeatDateTime'] !== undefined,
    );
    expect(body['isManaged']).toBe(false);
  });

  const partial: readonly [string, object, string][] = [
    [
      'a flag that is a word',
      { physical: { passcodeEnabled: 'perhaps' } },
      '/physical/passcodeEnabled',
    ],
    ['an unknown kind of Wi-Fi security', { network: { security: 'wpa9' } }, '/network/security'],
    [
      'an app without its id',
      { application: { installed: [{}] } },
      '/application/installed/0/bundleId',
    ],
    [
      'a score above ten',
      { vulnerability: { cves: [{ id: 'x', cvss: 11 }] } },
      '/vulnerability/cves/0/cvss',
    ],
    ['a report without its time', { observedDateTime: undefined }, '/observedDateTime'],
  ];
  for (const [title, changes, path] of partial) {
    it(`reads the rest of ${title}`, async () => {
      const { status, body } = await system.client.request('POST', 'telemetry', {
        as: 'sepMobile',
        json: [report(), report(changes)],
      });
      const [part] = body['partial'] as Record<string, unknown>[];
      expect([status, part?.['index'], part?.['path']]).toEqual([202, 1, path]);
    });
  }

  it('rejects a caller without the role and names the role', async () => {
    const answer = await system.client.request('POST', 'telemetry', {
      as: 'caller',
      json: report(),
    });
    expect([answer.status, errorOf(answer).message]).toEqual([
      403,
      'the token lacks the role `Telemetry.Write`',
    ]);
  });

  it('rejects a report without a token', async () => {
    expect((await system.client.request('POST', 'telemetry', { json: report() })).status).toBe(401);
  });
});

describe('enrolment', () => {
  const path = (id: string): string => `deviceManagement/managedDevices/${encodeURIComponent(id)}`;
  const whole = {
    operatingSystem: 'iPadOS',
    osVersion: '18.1',
    deviceName: 'Åsa’s iPad',
    userPrincipalName: 'asa@example.com',
    userId: 'u1',
    serialNumber: 'S/N 1',
    udid: 'udid',
    imei: '356938035643809',
    wiFiMacAddress: 'AA:BB:CC:DD:EE:FF',
    managedDeviceOwnerType: 'company',
    groupIds: ['g1'],
  };

  it('enrols, replaces, reads and unenrols a device', async () => {
    const id = newId();
    const created = await system.client.enrol(id, whole);
    expect(created).toMatchObject({
      status: 201,
      body: { id, ...whole, complianceState: 'noncompliant' },
    });
    const replaced = await system.client.enrol(id, {
      operatingSystem: 'iPadOS',
      osVersion: '18.2',
      unknownField: 1,
    });
    expect(replaced.status).toBe(200);
    const read = await system.client.request('GET', path(id), { as: 'admin' });
    expect(read).toMatchObject({ status: 200, body: { id, osVersion: '18.2' } });
    expect(read.body).not.toHaveProperty('deviceName');
    expect(read.body).not.toHaveProperty('unknownField');
    expect((await system.client.request('DELETE', path(id), { as: 'admin' })).status).toBe(204);
    expect((await system.client.request('GET', path(id), { as: 'admin' })).status).toBe(404);
    expect((await system.client.request('DELETE', path(id), { as: 'admin' })).status).toBe(404);
    expect((await system.client.enrol(id, whole)).status).toBe(201);
  });

  it('blocks a device at once when it is unenrolled', async () => {
    const id = await healthy();
    await system.client.request('DELETE', path(id), { as: 'admin' });
    expect((await system.client.decide({ deviceId: id }, 'wifi')).body).toMatchObject({
      decision: 'block',
      complianceState: 'unknown',
    });
  });

  const bad: readonly [string, unknown, string, string][] = [
    [
      'an unsupported operating system',
      { operatingSystem: 'Windows', osVersion: '11' },
      '/operatingSystem',
      '`Android`, `iOS`, `iPadOS`',
    ],
    ['a device without a version', { operatingSystem: 'iOS' }, '/osVersion', 'is required'],
    [
      'an invalid MAC address',
      { operatingSystem: 'iOS', osVersion: '18', wiFiMacAddress: 'zz' },
      '/wiFiMacAddress',
      'must be a MAC address',
    ],
    [
      'groups that are not a list',
      { operatingSystem: 'iOS', osVersion: '18', groupIds: 'g' },
      '/groupIds',
      'array',
    ],
    ['a body that is a list', [], '', 'object'],
  ];
  for (const [title, json, where, message] of bad) {
    it(`rejects ${title}`, async () => {
      const answer = await system.client.request('PUT', path(newId()), { as: 'admin', json });
      const [detail] = errorOf(answer).details;
      expect([answer.status, errorOf(answer).code, detail?.path]).toEqual([
        400,
        'invalidRequest',
        where,
      ]);
      expect(detail?.message).toContain(message);
    });
  }

  it('lists by filter and in pages', async () => {
    const user = `${randomUUID()}@example.com`;
    const ids = [newId(), newId(), newId()];
    for (const id of ids) await system.client.enrol(id, { ...whole, userPrincipalName: user });
    const filter = encodeURIComponent(
      `userPrincipalName eq '${user}' and operatingSystem eq 'iPadOS' and complianceState eq 'noncompliant'`,
    );
    const found: unknown[] = [];
    let next = `deviceManagement/managedDevices?$top=2&$filter=${filter}`;
    while (next !== '') {
      const { status, body } = await system.client.request('GET', next, { as: 'caller' });
      expect(status).toBe(200);
      found.push(...(body['value'] as { id: string }[]).map(({ id }) => id));
      const link = body['@odata.nextLink'];
      next =
        typeof link === 'string' ? link.slice(`${system.stack.description.api}/api/`.length) : '';
    }
    expect(new Set(found)).toEqual(new Set(ids));
    expect(found).toHaveLength(ids.length);
  });

  for (const query of [
    "$filter=deviceName eq 'x'",
    '$filter=complianceState',
    "$filter=complianceState eq 'fine'",
    '$top=0',
    '$top=many',
    '$top=1&$top=2',
    '$Top=1',
    '$skip=1',
    '$orderby=deviceName',
    '$skiptoken=',
    '$skiptoken=abc',
    '$skiptoken=dG9ybiBhbmQgbWFkZSB1cA',
  ]) {
    it(`rejects the list query ${query} and names the option`, async () => {
      const answer = await system.client.request(
        'GET',
        `deviceManagement/managedDevices?${encodeURI(query)}`,
        { headers: await system.asNewAdmin() },
      );
      expect([answer.status, errorOf(answer).details[0]?.path]).toEqual([400, query.split('=')[0]]);
    });
  }

  it('rejects a caller without the role and names the role', async () => {
    for (const method of ['PUT', 'DELETE']) {
      const answer = await system.client.request(method, path('x'), {
        as: 'caller',
        ...(method === 'PUT' ? { json: whole } : {}),
      });
      expect([answer.status, errorOf(answer).code]).toEqual([403, 'accessDenied']);
      expect(errorOf(answer).message).toContain('Devices.ReadWrite.All');
    }
  });

  it('answers 415 to a body with another type than JSON', async () => {
    const answer = await system.client.request('PUT', path('x'), {
      as: 'admin',
      body: 'a=b',
      headers: { 'content-type': 'text/plain' },
    });
    expect(answer.status).toBe(415);
  });
});

describe('the compliance of a device', () => {
  it('states that a device is compliant, and until when', async () => {
    const id = await healthy();
    const { status, headers, body } = await system.client.compliance(id);
    expect([status, headers.get('cache-control')]).toEqual([200, 'private, max-age=30']);
    expect(body).toMatchObject({
      deviceId: id,
      isManaged: true,
      complianceState: 'compliant',
      partnerReportedThreatState: 'secured',
      openIncidents: [],
      remediation: [],
      policyVersion: 'android-baseline@1',
    });
    const [lastSign, deadline] = [
      body['lastDeviceHeartbeatDateTime'],
      body['heartbeatDeadlineDateTime'],
    ].map((text) => Date.parse(String(text)));
    expect((deadline ?? 0) - (lastSign ?? 0)).toBe(
      TENANT_SETTINGS_DEFAULTS.deviceHeartbeatWindowInSeconds * 1000,
    );
  });

  it('states why a device is noncompliant, and what its user must do', async () => {
    const id = await healthy();
    const incident = incidentOf(id);
    await webhook([cloudEvent('incident.opened', { ...incident, title: 'FakeBank' })]);
    const { body } = await stateBecomes(id, 'noncompliant');
    expect(body).toMatchObject({
      partnerReportedThreatState: 'highSeverity',
      reasons: [
        {
          code: 'threatLevelAboveCeiling',
          policyId: 'android-baseline',
          setting: 'deviceThreatProtectionRequiredSecurityLevel',
        },
        { code: 'incidentOpen', category: 'application', incidentId: incident['incidentId'] },
      ],
      openIncidents: [
        {
          incidentId: incident['incidentId'],
          title: 'FakeBank',
          severity: 'high',
          detectedDateTime: '2026-01-01T00:00:00.000Z',
        },
      ],
      remediation: [{ code: 'removeApp' }],
    });
  });

  it('answers 304 until something changes', async () => {
    const id = await healthy();
    const etag = (await system.client.compliance(id)).headers.get('etag') ?? '';
    const ask = (): Promise<Answer> =>
      system.client.request('GET', `devices/${id}/compliance`, {
        as: 'caller',
        headers: { 'if-none-match': etag },
      });
    expect((await ask()).status).toBe(304);
    await webhook([cloudEvent('device.risk', { deviceId: id, riskLevel: 'high' })]);
    expect((await eventually(ask, ({ status }) => status !== 304)).body['complianceState']).toBe(
      'noncompliant',
    );
  });

  it('answers 200 for an unenrolled device', async () => {
    const id = newId();
    expect(await system.client.compliance(id)).toMatchObject({
      status: 200,
      body: {
        deviceId: id,
        isManaged: false,
        complianceState: 'unknown',
        reasons: [{ code: 'deviceNotEnrolled' }],
      },
    });
  });

  it('compares ids that are no GUIDs exactly', async () => {
    const id = await healthy();
    expect((await system.client.compliance(id.toUpperCase())).body['isManaged']).toBe(false);
  });

  const unauthorised: readonly [string, Record<string, string>, number][] = [
    ['no token', {}, 401],
    ['an invalid token', { authorization: 'Bearer x.y.z' }, 401],
    ['another scheme', { authorization: 'Basic YTpi' }, 401],
  ];
  for (const [title, headers, status] of unauthorised) {
    it(`answers ${String(status)} to ${title}`, async () => {
      const answer = await system.client.request('GET', 'devices/x/compliance', { headers });
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([status, 'Bearer']);
    });
  }

  it('answers 401 to a changed token', async () => {
    const [head, payload, signature] = (await system.client.token('caller')).split('.');
    const claims = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString()) as object;
    const raised = Buffer.from(
      JSON.stringify({ ...claims, roles: ['Devices.ReadWrite.All'] }),
    ).toString('base64url');
    const headers = { authorization: `Bearer ${head ?? ''}.${raised}.${signature ?? ''}` };
    expect((await system.client.request('GET', 'devices/x/compliance', { headers })).status).toBe(
      401,
    );
  });

  it('rejects an invalid device id', async () => {
    const answer = await system.client.request('GET', 'devices/a%2Fb/compliance', { as: 'caller' });
    expect([answer.status, errorOf(answer).details[0]?.path]).toEqual([400, '/deviceId']);
  });
});

describe('an access decision', () => {
  it('allows a compliant device for a limited time', async () => {
    const deviceId = await healthy();
    const { status, body } = await system.client.decide({ deviceId }, 'exchangeOnline');
    expect([status, body]).toMatchObject([
      200,
      {
        decision: 'allow',
        identifiedBy: 'deviceId',
        complianceState: 'compliant',
        remediation: [],
        policyVersion: 'require-compliant-device@1,android-baseline@1',
      },
    ]);
    const [evaluated, expires] = [body['evaluatedDateTime'], body['expiresDateTime']].map((text) =>
      Date.parse(String(text)),
    );
    expect((expires ?? 0) - (evaluated ?? 0)).toBe(30_000);
    expect(body['decisionId']).toMatch(/^[0-9a-f-]{36}$/);
  });

  const identifiers = {
    serialNumber: `SN-${randomUUID()}`,
    udid: randomUUID(),
    imei: randomUUID(),
    wiFiMacAddress: '02:00:5E:10:00:01',
  };
  for (const name of Object.keys(identifiers) as (keyof typeof identifiers)[]) {
    it(`identifies the device by its ${name}`, async () => {
      const deviceId = await healthy(identifiers);
      const value = name === 'wiFiMacAddress' ? '02005e100001' : identifiers[name];
      expect((await system.client.decide({ [name]: value }, 'wifi')).body).toMatchObject({
        decision: 'allow',
        identifiedBy: name,
      });
      await system.client.enrol(deviceId, {
        operatingSystem: 'Android',
        osVersion: '15',
        [name]: name === 'wiFiMacAddress' ? '02:00:5E:10:00:02' : 'another',
      });
      expect((await system.client.decide({ [name]: value }, 'wifi')).body).toMatchObject({
        decision: 'block',
        reasons: [{ code: 'compliantDeviceRequired' }, { code: 'deviceNotEnrolled' }],
      });
    });
  }

  it('decides many requests at once, in order', async () => {
    const deviceId = await healthy();
    const json = [
      { device: { deviceId }, resource: 'oneDrive' },
      {
        device: { deviceId: newId() },
        resource: 'companyApp:payroll',
        userPrincipalName: 'a@example.com',
      },
    ];
    const { body } = await system.client.request('POST', 'accessDecisions', { as: 'caller', json });
    expect(body).toMatchObject([
      { decision: 'allow' },
      { decision: 'block', remediation: [{ code: 'enrolDevice' }] },
    ]);
  });

  const device = { deviceId: 'x' };
  const bad: readonly [string, unknown, string][] = [
    ['no device', { resource: 'wifi' }, '/device'],
    ['a device without an identifier', { device: {}, resource: 'wifi' }, '/device'],
    [
      'a device with two identifiers',
      { device: { deviceId: 'x', imei: '1' }, resource: 'wifi' },
      '/device',
    ],
    [
      'a device with an unknown identifier',
      { device: { model: 'x' }, resource: 'wifi' },
      '/device',
    ],
    [
      'a device with an invalid id',
      { device: { deviceId: '..' }, resource: 'wifi' },
      '/device/deviceId',
    ],
    ['an unknown resource', { device, resource: 'printer' }, '/resource'],
    ['an app without a name', { device, resource: 'companyApp:' }, '/resource'],
    ['the second of two', [{ device, resource: 'wifi' }, { device }], '/1/resource'],
    [
      'a user that is not a text',
      { device, resource: 'wifi', userPrincipalName: 1 },
      '/userPrincipalName',
    ],
  ];
  for (const [title, json, path] of bad) {
    it(`rejects ${title} and names the field`, async () => {
      const answer = await system.client.request('POST', 'accessDecisions', { as: 'caller', json });
      expect([answer.status, errorOf(answer).details[0]?.path]).toEqual([400, path]);
    });
  }

  it('ignores unknown fields', async () => {
    const json = { device: { deviceId: 'x', model: 'y' }, resource: 'wifi', more: 1 };
    const { status } = await system.client.request('POST', 'accessDecisions', {
      as: 'caller',
      json,
    });
    expect(status).toBe(200);
  });

  it('finds the device that still has an identifier after a later device gave it up', async () => {
    const serialNumber = `SN-${randomUUID()}`;
    const first = await healthy({ serialNumber });
    const second = await healthy({ serialNumber });
    const path = `deviceManagement/managedDevices/${second}`;
    expect((await system.client.request('DELETE', path, { as: 'admin' })).status).toBe(204);
    expect((await system.client.decide({ serialNumber }, 'wifi')).body['decision']).toBe('allow');
    await system.client.enrol(first, { operatingSystem: 'Android', osVersion: '15' });
    expect((await system.client.decide({ serialNumber }, 'wifi')).body['decision']).toBe('block');
  });

  it('rejects zero and 101 requests at once', async () => {
    for (const count of [0, 101]) {
      const json = Array.from({ length: count }, () => ({ device, resource: 'wifi' }));
      expect(
        (await system.client.request('POST', 'accessDecisions', { as: 'caller', json })).status,
      ).toBe(400);
    }
  });

  it('rejects a caller without the role and names the role', async () => {
    const answer = await system.client.request('POST', 'accessDecisions', {
      as: 'sepMobile',
      json: { device, resource: 'wifi' },
    });
    expect([answer.status, errorOf(answer).message]).toEqual([
      403,
      'the token lacks the role `Access.Decide`',
    ]);
  });
});

describe('a device id', () => {
  it.each(['.', '..', ' ', 'a/b', 'a\\b', 'a?b', 'a#b', 'a\u0000b', '\u2028', '\ud800'])(
    'that Cosmos DB cannot address is rejected by every endpoint: %j',
    async (deviceId) => {
      const event = await webhook([
        cloudEvent('device.activated', { deviceId }),
        cloudEvent('connector.heartbeat', {}),
      ]);
      expect([event.status, event.body['rejected']]).toMatchObject([
        202,
        [{ index: 0, path: '/data/deviceId' }],
      ]);
      const telemetry = await system.client.request('POST', 'telemetry', {
        as: 'sepMobile',
        json: { deviceId, observedDateTime: new Date().toISOString() },
      });
      expect([telemetry.status, errorOf(telemetry).details[0]?.path]).toEqual([400, '/0/deviceId']);
      const json = { device: { deviceId }, resource: 'wifi' };
      const decision = await system.client.request('POST', 'accessDecisions', {
        as: 'caller',
        json,
      });
      expect([decision.status, errorOf(decision).details[0]?.path]).toEqual([
        400,
        '/device/deviceId',
      ]);
    },
  );

  it('is read without the blanks around it in a report, and rejected with them by a caller', async () => {
    const deviceId = newId();
    const { status, body } = await webhook([
      cloudEvent('device.risk', { deviceId: ` ${deviceId} `, riskLevel: 'high' }),
    ]);
    expect([status, body]).toEqual([202, { accepted: 1, rejected: [] }]);
    await eventually(
      () => system.client.compliance(deviceId),
      (answer) => answer.body['partnerReportedThreatState'] === 'highSeverity',
    );
    const json = { device: { deviceId: ` ${deviceId}` }, resource: 'wifi' };
    const decision = await system.client.request('POST', 'accessDecisions', { as: 'caller', json });
    expect([decision.status, errorOf(decision).details[0]?.path]).toEqual([
      400,
      '/device/deviceId',
    ]);
  });

  it.each([
    ' ',
    ' x',
    'x ',
    '\u00a0x',
    'a/b',
    'a\\b',
    'a?b',
    'a#b',
    'a\u0000b',
    'a\u0085b',
    '\u2028',
  ])('that Cosmos DB cannot address is rejected in a route: %j', async (deviceId) => {
    const path = encodeURIComponent(deviceId);
    const answers = [
      await system.client.enrol(deviceId, { operatingSystem: 'iOS', osVersion: '18' }),
      await system.client.compliance(deviceId),
      await system.client.request('GET', `deviceManagement/managedDevices/${path}`, {
        as: 'admin',
      }),
      await system.client.request('DELETE', `deviceManagement/managedDevices/${path}`, {
        as: 'admin',
      }),
    ];
    for (const answer of answers) {
      expect([answer.status, errorOf(answer).details]).toMatchObject([
        400,
        [{ path: '/deviceId' }],
      ]);
    }
  });

  it.each(['%2e', 'a b', "it's", '"quoted"', 'Größe', '📱', '__proto__', 'a'.repeat(255)])(
    'with unusual characters is accepted: %j',
    async (name) => {
      const deviceId = name.length === 255 ? name : `${name}-${randomUUID()}`;
      const enrolled = await system.client.enrol(deviceId, {
        operatingSystem: 'iOS',
        osVersion: '18',
      });
      expect([enrolled.status, enrolled.body['deviceId']]).toEqual([201, deviceId]);
      await webhook([cloudEvent('device.risk', { deviceId, riskLevel: 'minimal' })]);
      await stateBecomes(deviceId, 'compliant');
      expect((await system.client.decide({ deviceId }, 'wifi')).body['decision']).toBe('allow');
    },
  );

  it.each(['SN #1/2?', 'é\u2028', '📱', '..', ' ', '\u0000'])(
    'may have an unusual serial number beside it: %j',
    async (odd) => {
      const serialNumber = `${odd}${randomUUID()}`;
      await healthy({ serialNumber });
      expect((await system.client.decide({ serialNumber }, 'wifi')).body['decision']).toBe('allow');
    },
  );
});

describe('errors', () => {
  it('have Graph’s shape', async () => {
    const answer = await system.client.request('GET', 'devices/x/compliance');
    expect(errorOf(answer)).toMatchObject({
      code: 'unauthenticated',
      message: 'a bearer token is required',
      details: [],
    });
    expect(Object.keys(errorOf(answer).innerError)).toEqual(['request-id', 'date']);
  });
});

describe('health', () => {
  it('is live and ready', async () => {
    expect((await system.client.request('GET', 'health/live')).body).toEqual({ status: 'live' });
    expect((await system.client.request('GET', 'health/ready')).body).toEqual({ status: 'ready' });
    expect((await system.client.request('GET', 'health/other')).status).toBe(404);
  });
});
