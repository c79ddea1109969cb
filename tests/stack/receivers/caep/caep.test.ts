import { randomUUID } from 'node:crypto';
import { CosmosClient, type Container } from '@azure/cosmos';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Answer } from '../../../../infra/local/demo/outerClient.ts';
import { enrolSubscribed } from '../../../support/enrolSubscribed.ts';
import { timedStack } from '../../../support/sharedStacks.ts';
import {
  discover,
  eventOf,
  startSetReceiver,
  verifySet,
  type Metadata,
  type SetReceiver,
} from '../../../support/setReceiver.ts';
import { eventually } from '../../../support/eventually.ts';
import { BEGINNING_OF_TIME } from '../../../../shared/base/dateTime.ts';
import { defined } from '../../../../shared/base/defined.ts';
import { CONFIGURATION_CONTAINER, DATABASE_NAME } from '../../../../shared/resources.ts';

const CAEP = 'https://schemas.openid.net/secevent/caep/event-type/';
const COMPLIANCE_CHANGE = `${CAEP}device-compliance-change`;
const RISK_LEVEL_CHANGE = `${CAEP}risk-level-change`;
const SSF = 'https://schemas.openid.net/secevent/ssf/event-type/';
const PUSH = 'urn:ietf:rfc:8935';
const POLL = 'urn:ietf:rfc:8936';

const system = timedStack();
let receiver: SetReceiver;
let metadata: Metadata;
beforeAll(async () => {
  receiver = await startSetReceiver();
  metadata = await discover(system.stack.description.api);
});
afterAll(() => receiver.stop());

type Json = Readonly<Record<string, unknown>>;

const call = (
  method: string,
  path: string,
  json?: Json,
  as: 'receiver' | 'admin' = 'receiver',
): Promise<Answer> => system.client.request(method, `ssf/${path}`, { as, ...defined({ json }) });

interface Stream {
  readonly id: string;
  readonly aud: string;
  readonly body: Json;
}

async function create(json: Json = {}, as: 'receiver' | 'admin' = 'receiver'): Promise<Stream> {
  const { status, body } = await call(
    'POST',
    'streams',
    { events_requested: [COMPLIANCE_CHANGE, RISK_LEVEL_CHANGE], ...json },
    as,
  );
  expect(status).toBe(201);
  return { id: String(body['stream_id']), aud: String(body['aud']), body };
}

const pushTo = (url: string, authorization?: string): Json => ({
  delivery: {
    method: PUSH,
    endpoint_url: url,
    ...defined({ authorization_header: authorization }),
  },
});

const poll = (id: string, json: Json = {}): Promise<Answer> =>
  call('POST', `poll/${id}`, { returnImmediately: true, ...json });

const KIND = 'eventStream';
let cosmos: CosmosClient;
beforeAll(() => {
  const connectionPolicy = { enableEndpointDiscovery: false };
  cosmos = new CosmosClient({ ...system.stack.description.cosmos, connectionPolicy });
});
afterAll(() => {
  cosmos.dispose();
});
const container = (): Container =>
  cosmos.database(DATABASE_NAME).container(CONFIGURATION_CONTAINER.id);

const storedText = async (id: string): Promise<string> =>
  JSON.stringify((await container().item(id, KIND).read<Json>()).resource);

/** Asks for a verification event; streams may do that every ten seconds. */
const verify = (id: string): Promise<Answer> =>
  eventually(
    async () => {
      await container()
        .item(id, KIND)
        .patch([{ op: 'add', path: '/verifiedDateTime', value: BEGINNING_OF_TIME }]);
      return call('POST', 'verification', { stream_id: id });
    },
    ({ status }) => status === 204,
  );

/** Each test starts without streams. */
beforeEach(async () => {
  const { text } = await call('GET', 'streams', undefined, 'admin');
  for (const { stream_id: id } of JSON.parse(text) as { stream_id: string }[]) {
    await call('DELETE', `streams?stream_id=${id}`, undefined, 'admin');
  }
  receiver.pushed.length = 0;
  receiver.answers.length = 0;
});

const setRisk = (deviceId: string, riskLevel: 'minimal' | 'medium' | 'high'): Promise<Answer> =>
  system.client.sendEvents([{ type: 'sepmobile.device.risk', data: { deviceId, riskLevel } }]);

const enrolHealthy = (properties: Json = {}): Promise<string> =>
  enrolSubscribed(system, properties);

/** The next two pushed events by type, with the claims of their tokens. */
async function nextTwo(aud: string): Promise<ReadonlyMap<string, Json & { claims: Json }>> {
  const found = new Map<string, Json & { claims: Json }>();
  for (let each = 0; each < 2; each += 1) {
    const { token } = await receiver.next();
    const { payload } = await verifySet(metadata, aud, token);
    const [type, event] = eventOf(payload);
    found.set(type, { ...event, claims: payload });
  }
  return found;
}

describe('the metadata', () => {
  it('is served at the well-known address with all required members', async () => {
    expect(metadata).toMatchObject({
      spec_version: '1_0',
      issuer: system.stack.description.api,
      delivery_methods_supported: [PUSH, POLL],
      authorization_schemes: [{ spec_urn: 'urn:ietf:rfc:6749' }],
      default_subjects: 'ALL',
    });
    for (const name of ['jwks_uri', 'configuration_endpoint', 'status_endpoint'])
      expect(String(metadata[name])).toMatch(/^http/);
    for (const name of ['add_subject', 'remove_subject', 'verification'])
      expect(String(metadata[`${name}_endpoint`])).toMatch(/^http/);
  });

  it('of another issuer does not exist', async () => {
    const { api } = system.stack.description;
    const { status } = await fetch(`${api}/.well-known/ssf-configuration/another`);
    expect(status).toBe(404);
  });

  it('names the public signing keys', async () => {
    const { keys } = (await (await fetch(metadata.jwks_uri)).json()) as { keys: Json[] };
    expect(keys.map((key) => Object.keys(key).toSorted())).toEqual([
      ['alg', 'e', 'kid', 'kty', 'n', 'use'],
    ]);
    expect(Buffer.from(String(keys[0]?.['n']), 'base64url').length * 8).toBeGreaterThanOrEqual(
      2048,
    );
  });
});

describe('a stream', () => {
  it('is created with the requested and the transmitter’s members', async () => {
    const { body } = await create({ ...pushTo(receiver.url), description: 'Mail' });
    expect(body).toEqual({
      stream_id: expect.any(String) as string,
      iss: metadata.issuer,
      aud: 'receiver',
      events_supported: [COMPLIANCE_CHANGE, RISK_LEVEL_CHANGE],
      events_requested: [COMPLIANCE_CHANGE, RISK_LEVEL_CHANGE],
      events_delivered: [COMPLIANCE_CHANGE, RISK_LEVEL_CHANGE],
      delivery: { method: PUSH, endpoint_url: receiver.url },
      min_verification_interval: 10,
      description: 'Mail',
    });
  });

  it('delivers the requested events that are supported', async () => {
    const unknown = `${CAEP}session-revoked`;
    const { body } = await create({ events_requested: [RISK_LEVEL_CHANGE, unknown] });
    expect(body['events_requested']).toEqual([RISK_LEVEL_CHANGE, unknown]);
    expect(body['events_delivered']).toEqual([RISK_LEVEL_CHANGE]);
  });

  it('without a delivery method is polled at an address of its own', async () => {
    const [a, b] = [await create(), await create()];
    const urls = [a, b].map(({ body }) => (body['delivery'] as Json)['endpoint_url']);
    expect(a.body['delivery']).toMatchObject({ method: POLL });
    expect(new Set(urls).size).toBe(2);
  });

  it('is read by its id and in the list, which may be empty', async () => {
    expect((await call('GET', 'streams')).text).toBe('[]');
    const { id, body } = await create();
    expect((await call('GET', `streams?stream_id=${id}`)).body).toEqual(body);
    expect(JSON.parse((await call('GET', 'streams')).text)).toEqual([body]);
  });

  it('is updated in the members of the body', async () => {
    const { id, body } = await create({ ...pushTo(receiver.url), description: 'Mail' });
    const json = { stream_id: id, events_requested: [COMPLIANCE_CHANGE] };
    const updated = await call('PATCH', 'streams', json);
    expect([updated.status, updated.body]).toEqual([
      200,
      { ...body, events_requested: [COMPLIANCE_CHANGE], events_delivered: [COMPLIANCE_CHANGE] },
    ]);
  });

  it('is replaced by the body', async () => {
    const { id } = await create({ ...pushTo(receiver.url), description: 'Mail' });
    const { status, body } = await call('PUT', 'streams', {
      stream_id: id,
      events_requested: [COMPLIANCE_CHANGE],
    });
    expect(status).toBe(200);
    expect([body['description'], body['events_requested']]).toEqual([
      undefined,
      [COMPLIANCE_CHANGE],
    ]);
    expect(body['delivery']).toMatchObject({ method: POLL });
  });

  it('keeps the members that the transmitter supplies', async () => {
    const { id } = await create();
    for (const method of ['PATCH', 'PUT']) {
      const { status, body } = await call(method, 'streams', {
        stream_id: id,
        iss: 'https://x.example',
      });
      expect([status, body]).toMatchObject([400, { error: { details: [{ path: '/iss' }] } }]);
    }
  });

  it('is gone after its deletion', async () => {
    const { id } = await create();
    expect((await call('DELETE', `streams?stream_id=${id}`)).status).toBe(204);
    expect((await call('GET', `streams?stream_id=${id}`)).status).toBe(404);
    expect((await call('DELETE', `streams?stream_id=${id}`)).status).toBe(404);
  });

  it('answers 404 to every operation if it is missing or belongs to another receiver', async () => {
    const { id } = await create({}, 'admin');
    for (const stream_id of [id, randomUUID()]) {
      const subject = { format: 'opaque', id: 'phone-1' };
      const answers = await Promise.all([
        call('GET', `streams?stream_id=${stream_id}`),
        call('PATCH', 'streams', { stream_id }),
        call('PUT', 'streams', { stream_id }),
        call('DELETE', `streams?stream_id=${stream_id}`),
        call('GET', `status?stream_id=${stream_id}`),
        call('POST', 'status', { stream_id, status: 'paused' }),
        call('POST', 'subjects/add', { stream_id, subject }),
        call('POST', 'subjects/remove', { stream_id, subject }),
        call('POST', 'verification', { stream_id }),
        poll(stream_id),
      ]);
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404));
    }
  });

  it('is rejected with a wrong body, and the field is named', async () => {
    const bodies: readonly (readonly [Json, string])[] = [
      [{ delivery: { method: 'carrier pigeon' } }, '/delivery/method'],
      [{ delivery: { method: PUSH } }, '/delivery/endpoint_url'],
      [pushTo('ftp://receiver.example/'), '/delivery/endpoint_url'],
      [pushTo('http://receiver.example/'), '/delivery/endpoint_url'],
      [pushTo('http://127.0.0.2/'), '/delivery/endpoint_url'],
      [pushTo('https://169.254.169.254/'), '/delivery/endpoint_url'],
      [pushTo('https://[::ffff:10.0.0.1]/'), '/delivery/endpoint_url'],
      [pushTo('https://0x7f.2/'), '/delivery/endpoint_url'],
      [pushTo('https://user:secret@receiver.example/'), '/delivery/endpoint_url'],
      [{ events_requested: 'all' }, '/events_requested'],
      [{ description: 7 }, '/description'],
      [pushTo(receiver.url, 'a\r\nX-Evil: 1'), '/delivery/authorization_header'],
      [pushTo(receiver.url, 'Bearer ☃'), '/delivery/authorization_header'],
    ];
    for (const [json, path] of bodies) {
      const { status, body } = await call('POST', 'streams', json);
      expect([json, status, body]).toMatchObject([json, 400, { error: { details: [{ path }] } }]);
    }
    const broken = await system.client.request('POST', 'ssf/streams', {
      as: 'receiver',
      body: '{',
      headers: { 'content-type': 'application/json' },
    });
    expect(broken.status).toBe(400);
  });

  it('counts towards a limit per receiver', async () => {
    for (let each = 0; each < 10; each += 1) await create();
    expect((await call('POST', 'streams', {})).status).toBe(409);
  });

  it('counts towards that limit under concurrent requests', async () => {
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => call('POST', 'streams', {})),
    );
    const { text } = await call('GET', 'streams');
    const left = (JSON.parse(text) as Json[]).map((stream) => String(stream['stream_id']));
    expect(left.length).toBeLessThanOrEqual(10);
    // Every stream answered with 201 exists.
    const made = answers.filter(({ status }) => status === 201);
    expect(new Set(made.map(({ body }) => body['stream_id']))).toEqual(new Set(left));
    expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true);
  });

  it('applies all of several concurrent changes', async () => {
    const { id } = await create();
    const answers = await Promise.all([
      ...Array.from({ length: 4 }, (_, at) =>
        call('POST', 'subjects/remove', {
          stream_id: id,
          subject: { format: 'opaque', id: `phone-${String(at)}` },
        }),
      ),
      call('PATCH', 'streams', { stream_id: id, description: 'mine' }),
      call('POST', 'status', { stream_id: id, status: 'paused' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204, 204, 200, 200]);
    expect((await call('GET', `streams?stream_id=${id}`)).body['description']).toBe('mine');
    expect((await call('GET', `status?stream_id=${id}`)).body['status']).toBe('paused');
  });

  it('keeps its hidden authorization header when it is written back as read', async () => {
    const deviceId = await enrolHealthy();
    const { id } = await create(pushTo(receiver.url, 'Bearer push-secret'));
    const { body } = await call('GET', `streams?stream_id=${id}`);
    expect((await call('PATCH', 'streams', body)).status).toBe(200);
    await setRisk(deviceId, 'high');
    expect((await receiver.next()).headers['authorization']).toBe('Bearer push-secret');
  });

  it('cannot switch to push while events wait for polling', async () => {
    const deviceId = await enrolHealthy();
    const { id } = await create({ events_requested: [COMPLIANCE_CHANGE] });
    await setRisk(deviceId, 'high');
    const found = await eventually(
      () => poll(id),
      ({ body }) => Object.keys(body['sets'] as object).length === 1,
    );
    const change = { stream_id: id, ...pushTo(receiver.url) };
    expect((await call('PATCH', 'streams', change)).status).toBe(409);
    await poll(id, { ack: Object.keys(found.body['sets'] as object) });
    expect((await call('PATCH', 'streams', change)).status).toBe(200);
    await setRisk(deviceId, 'minimal');
    expect(eventOf(decodeJwt((await receiver.next()).token))[1]).toMatchObject({
      current_status: 'compliant',
    });
  });

  it('audits its changes without its authorization header', async () => {
    const { id } = await create(pushTo(receiver.url, 'Bearer push-secret'));
    await call('POST', 'status', { stream_id: id, status: 'paused' }, 'admin');
    await call('DELETE', `streams?stream_id=${id}`);
    const { body, text } = await system.client.request('GET', 'deviceManagement/auditEvents', {
      as: 'admin',
    });
    const events = (body['value'] as readonly Json[]).filter((event) => event['resourceId'] === id);
    expect(events.map((event) => String(event['activityType'])).toSorted()).toEqual([
      'create eventStream',
      'delete eventStream',
      'update eventStream',
    ]);
    expect(text).not.toContain('push-secret');
  });

  it('never shows its authorization header', async () => {
    const { id } = await create(pushTo(receiver.url, 'Bearer push-secret'));
    const answers = [
      await call('GET', `streams?stream_id=${id}`),
      await call('GET', 'streams', undefined, 'admin'),
    ];
    expect(answers.map(({ text }) => text.includes('push-secret'))).toEqual([false, false]);
  });

  it('is stored with its authorization header sealed, also when the header is replaced or kept', async () => {
    const pushed = async (): Promise<unknown> => {
      await verify(id);
      return (await receiver.next()).headers['authorization'];
    };
    const { id } = await create(pushTo(receiver.url, 'Bearer push-secret'));
    expect(await storedText(id)).not.toContain('push-secret');
    expect(await pushed()).toBe('Bearer push-secret');
    await call('PATCH', 'streams', { stream_id: id, ...pushTo(receiver.url, 'Bearer another') });
    expect(await storedText(id)).not.toContain('another');
    expect(await pushed()).toBe('Bearer another');
    await call('PATCH', 'streams', { stream_id: id, description: 'Kept' });
    expect(await pushed()).toBe('Bearer another');
    await call('PATCH', 'streams', { stream_id: id, ...pushTo(`${receiver.url}/other`) });
    expect(await pushed()).toBeUndefined();
  });

  it('is read from the first release, with its header in clear, and sealed with its next change', async () => {
    const { id } = await create();
    const delivery = {
      method: PUSH,
      endpoint_url: receiver.url,
      authorization_header: 'Bearer in-clear',
    };
    await container()
      .item(id, KIND)
      .patch([{ op: 'set', path: '/delivery', value: delivery }]);
    await verify(id);
    expect((await receiver.next()).headers['authorization']).toBe('Bearer in-clear');
    await call('PATCH', 'streams', { stream_id: id, description: 'Changed' });
    expect(await storedText(id)).not.toContain('in-clear');
    await verify(id);
    expect((await receiver.next()).headers['authorization']).toBe('Bearer in-clear');
  });

  it.each([
    ['push', PUSH],
    ['poll', POLL],
  ])('takes the name of %s from before the RFCs', async (name, method) => {
    const earlier = `https://schemas.openid.net/secevent/risc/delivery-method/${name}`;
    const json = {
      delivery: { method: earlier, ...(method === PUSH ? { endpoint_url: receiver.url } : {}) },
    };
    const { id, body } = await create(json);
    expect(body['delivery']).toMatchObject({ method });
    const replaced = await call('PUT', 'streams', { stream_id: id, ...json });
    expect([replaced.status, replaced.body['delivery']]).toMatchObject([200, { method }]);
  });

  it('requires a token, and names the fault of the token', async () => {
    const without = await system.client.request('GET', 'ssf/streams');
    expect([without.status, without.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    const wrong = await system.client.request('GET', 'ssf/streams', {
      headers: { authorization: 'Bearer nonsense' },
    });
    expect([wrong.status, wrong.headers.get('www-authenticate')]).toEqual([
      401,
      'Bearer error="invalid_token"',
    ]);
    const weak = await system.client.request('POST', 'ssf/streams', {
      json: {},
      headers: { authorization: `Bearer ${await system.sign({ roles: ['ssf.read'], azp: 'x' })}` },
    });
    expect([weak.status, weak.headers.get('www-authenticate')]).toEqual([
      403,
      'Bearer error="insufficient_scope"',
    ]);
  });

  it('accepts its scopes as roles, and no others', async () => {
    const scoped = await system.sign({ scope: 'openid ssf.read', azp: 'x' });
    const answer = await system.client.request('GET', 'ssf/streams', {
      headers: { authorization: `Bearer ${scoped}` },
    });
    expect(answer.status).toBe(200);
    const granted = await system.sign({ scp: 'Devices.Read.All', azp: 'x' });
    const devices = await system.client.request('GET', 'deviceManagement/managedDevices', {
      headers: { authorization: `Bearer ${granted}` },
    });
    expect(devices.status).toBe(403);
  });
});

describe('the status of a stream', () => {
  it('is enabled after its creation', async () => {
    const { id } = await create();
    const { status, body } = await call('GET', `status?stream_id=${id}`);
    expect([status, body]).toEqual([200, { stream_id: id, status: 'enabled' }]);
  });

  it('is changed by the receiver, with a reason', async () => {
    const { id } = await create();
    const json = { stream_id: id, status: 'paused', reason: 'maintenance' };
    expect((await call('POST', 'status', json)).body).toEqual(json);
    expect((await call('GET', `status?stream_id=${id}`)).body).toEqual(json);
    const wrong = await call('POST', 'status', { stream_id: id, status: 'asleep' });
    expect([wrong.status, wrong.body]).toMatchObject([
      400,
      { error: { details: [{ path: '/status' }] } },
    ]);
  });

  it('paused keeps the events, and delivers them in order once enabled', async () => {
    const deviceId = await enrolHealthy();
    const { id, aud } = await create(pushTo(receiver.url));
    await call('POST', 'status', { stream_id: id, status: 'paused' });
    for (const level of ['high', 'minimal'] as const) {
      await setRisk(deviceId, level);
      await eventually(
        () => system.client.compliance(deviceId),
        ({ body }) => body['complianceState'] === (level === 'high' ? 'noncompliant' : 'compliant'),
      );
    }
    expect((await call('POST', 'verification', { stream_id: id })).status).toBe(204);
    expect(receiver.pushed).toEqual([]);
    await call('POST', 'status', { stream_id: id, status: 'enabled' });
    const first = await nextTwo(aud);
    expect(first.get(COMPLIANCE_CHANGE)?.['current_status']).toBe('not-compliant');
    const second = await nextTwo(aud);
    expect(second.get(COMPLIANCE_CHANGE)?.['current_status']).toBe('compliant');
  });

  it('disabled drops the events meanwhile', async () => {
    const deviceId = await enrolHealthy();
    const { id, aud } = await create(pushTo(receiver.url));
    await call('POST', 'status', { stream_id: id, status: 'disabled' });
    // All streams get an event at the same time, so when this one has it, all have.
    const other = await create({ events_requested: [COMPLIANCE_CHANGE] });
    for (const [at, level] of (['high', 'minimal'] as const).entries()) {
      await setRisk(deviceId, level);
      await eventually(
        () => poll(other.id),
        ({ body }) => Object.keys(body['sets'] as object).length === at + 1,
      );
    }
    await call('POST', 'status', { stream_id: id, status: 'enabled' });
    await setRisk(deviceId, 'high');
    const sent = await nextTwo(aud);
    expect(sent.get(COMPLIANCE_CHANGE)).toMatchObject({ previous_status: 'compliant' });
    expect(receiver.pushed).toEqual([]);
  });

  it('changed by an operator is sent to the receiver', async () => {
    const { id, aud } = await create(pushTo(receiver.url));
    await call('POST', 'status', { stream_id: id, status: 'paused', reason: 'flood' }, 'admin');
    const { payload } = await verifySet(metadata, aud, (await receiver.next()).token);
    expect(payload['sub_id']).toEqual({ format: 'opaque', id });
    expect(eventOf(payload)).toEqual([
      `${SSF}stream-updated`,
      { status: 'paused', reason: 'flood' },
    ]);
    // Only the operator can enable it again.
    const enabled = { stream_id: id, status: 'enabled' };
    expect((await call('POST', 'status', enabled)).status).toBe(403);
    expect((await call('POST', 'status', enabled, 'admin')).status).toBe(200);
    expect((await call('POST', 'status', { ...enabled, status: 'paused' })).status).toBe(200);
  });
});

describe('verification', () => {
  it('returns the state in a pushed event', async () => {
    const { id, aud } = await create(pushTo(receiver.url, 'Bearer push-secret'));
    const { status, text } = await call('POST', 'verification', { stream_id: id, state: 'VGhpcw' });
    expect([status, text]).toEqual([204, '']);
    const { headers, token } = await receiver.next();
    expect(headers).toMatchObject({
      'content-type': 'application/secevent+jwt',
      accept: 'application/json',
      authorization: 'Bearer push-secret',
    });
    const { payload } = await verifySet(metadata, aud, token);
    expect(payload['sub_id']).toEqual({ format: 'opaque', id });
    expect(eventOf(payload)).toEqual([`${SSF}verification`, { state: 'VGhpcw' }]);
  });

  it('returns the state in a polled event', async () => {
    const { id, aud } = await create();
    await call('POST', 'verification', { stream_id: id, state: 'VGhpcw' });
    const { body } = await poll(id);
    const [token = ''] = Object.values(body['sets'] as Record<string, string>);
    const { payload } = await verifySet(metadata, aud, token);
    expect(eventOf(payload)).toEqual([`${SSF}verification`, { state: 'VGhpcw' }]);
  });

  it('is rejected more often than the stream allows', async () => {
    const { id } = await create();
    await call('POST', 'verification', { stream_id: id });
    const { status, headers } = await call('POST', 'verification', { stream_id: id });
    expect([status, headers.get('retry-after')]).toEqual([429, '10']);
  });

  it('returns no state if none was sent', async () => {
    const { id, aud } = await create(pushTo(receiver.url));
    await call('POST', 'verification', { stream_id: id });
    const { payload } = await verifySet(metadata, aud, (await receiver.next()).token);
    expect(eventOf(payload)).toEqual([`${SSF}verification`, {}]);
  });
});

describe('a transition', () => {
  it('is sent as one signed token per event, with all required and no forbidden claims', async () => {
    const deviceId = await enrolHealthy({ userPrincipalName: 'ada@contoso.example' });
    const { aud } = await create(pushTo(receiver.url));
    const before = Math.floor(Date.now() / 1000);
    await setRisk(deviceId, 'high');
    const sent = await nextTwo(aud);
    expect(sent.get(COMPLIANCE_CHANGE)).toMatchObject({
      previous_status: 'compliant',
      current_status: 'not-compliant',
      initiating_entity: 'policy',
      reason_admin: { en: expect.stringContaining('threatLevelAboveCeiling') as string },
    });
    expect(sent.get(RISK_LEVEL_CHANGE)).toMatchObject({
      principal: 'DEVICE',
      previous_level: 'LOW',
      current_level: 'HIGH',
      risk_reason: 'highSeverity',
    });
    for (const { claims, event_timestamp: seconds } of sent.values()) {
      expect(Object.keys(claims).toSorted()).toEqual(
        ['aud', 'events', 'iat', 'iss', 'jti', 'sub_id', 'txn'].toSorted(),
      );
      expect(claims['sub_id']).toEqual({
        format: 'complex',
        device: { format: 'iss_sub', iss: metadata.issuer, sub: deviceId },
        user: { format: 'email', email: 'ada@contoso.example' },
      });
      // Seconds, as CAEP requires, although its examples show milliseconds.
      expect(Number(seconds) - before).toBeLessThan(600);
      expect(Number(seconds)).toBeGreaterThanOrEqual(before - 1);
    }
    const [a, b] = [...sent.values()];
    expect(a?.claims['txn']).toBe(b?.claims['txn']);
    expect(a?.claims['jti']).not.toBe(b?.claims['jti']);
  });

  it('of a new device has no previous state', async () => {
    const { aud } = await create(pushTo(receiver.url));
    await system.enrolHealthy(`caep-${randomUUID()}`);
    const types: string[] = [];
    // The first assessment sends its risk.
    while (!types.includes(RISK_LEVEL_CHANGE)) {
      const { payload } = await verifySet(metadata, aud, (await receiver.next()).token);
      const [type, event] = eventOf(payload);
      types.push(type);
      if (type === RISK_LEVEL_CHANGE) expect(event['previous_level']).toBeUndefined();
      else expect(event['previous_status']).toBe('not-compliant');
    }
  });

  it('is sent at the end of an enrolment, and when the device returns', async () => {
    const deviceId = await enrolHealthy();
    const { aud } = await create({
      ...pushTo(receiver.url),
      events_requested: [COMPLIANCE_CHANGE],
    });
    const next = async (): Promise<unknown> =>
      eventOf((await verifySet(metadata, aud, (await receiver.next()).token)).payload)[1];
    await system.client.request('DELETE', `deviceManagement/managedDevices/${deviceId}`, {
      as: 'admin',
    });
    expect(await next()).toMatchObject({
      previous_status: 'compliant',
      current_status: 'not-compliant',
    });
    // The receivers know the device as noncompliant, so this sends nothing.
    await setRisk(deviceId, 'high');
    await system.client.enrol(deviceId, { operatingSystem: 'Android', osVersion: '15' });
    await eventually(
      () => system.client.compliance(deviceId),
      ({ body }) => body['complianceState'] === 'noncompliant',
    );
    await setRisk(deviceId, 'minimal');
    expect(await next()).toMatchObject({
      previous_status: 'not-compliant',
      current_status: 'compliant',
    });
  });

  it('is pushed again until it is accepted, with the same id', async () => {
    const deviceId = await enrolHealthy();
    const { aud } = await create({
      ...pushTo(receiver.url),
      events_requested: [COMPLIANCE_CHANGE],
    });
    receiver.answers.push({ status: 302 });
    await setRisk(deviceId, 'high');
    const ids: unknown[] = [];
    for (let each = 0; each < 2; each += 1) {
      const { payload } = await verifySet(metadata, aud, (await receiver.next()).token);
      ids.push(payload.jti);
    }
    expect(new Set(ids).size).toBe(1);
  });

  it('is dead-lettered if the receiver calls it invalid, and the next one is sent', async () => {
    const deviceId = await enrolHealthy();
    const { aud } = await create({
      ...pushTo(receiver.url),
      events_requested: [COMPLIANCE_CHANGE],
    });
    const refusal = { status: 400, body: '{"err":"invalid_request","description":"no"}' };
    // A redelivery on the way to the dead letters may push it once more.
    receiver.answers.push(refusal, refusal);
    await setRisk(deviceId, 'high');
    await receiver.next();
    receiver.answers.length = 0;
    await setRisk(deviceId, 'minimal');
    const delivered = await eventually(
      async () => (await verifySet(metadata, aud, (await receiver.next()).token)).payload,
      (claims) => eventOf(claims)[1]['current_status'] === 'compliant',
    );
    expect(eventOf(delivered)[1]).toMatchObject({ previous_status: 'not-compliant' });
  });
});

describe('polling', () => {
  const setsOf = ({ body }: Answer): Readonly<Record<string, string>> =>
    body['sets'] as Record<string, string>;

  async function withTwo(): Promise<{ readonly stream: Stream; readonly jtis: readonly string[] }> {
    const deviceId = await enrolHealthy();
    const stream = await create();
    await setRisk(deviceId, 'high');
    const found = await eventually(
      () => poll(stream.id),
      (answer) => Object.keys(setsOf(answer)).length === 2,
    );
    return { stream, jtis: Object.keys(setsOf(found)) };
  }

  it('returns events until they are acknowledged', async () => {
    const { stream, jtis } = await withTwo();
    const again = setsOf(await poll(stream.id));
    expect(Object.keys(again)).toEqual(jtis);
    for (const [jti, token] of Object.entries(again)) {
      const { payload } = await verifySet(metadata, stream.aud, token);
      expect(payload.jti).toBe(jti);
    }
    const [first = ''] = jtis;
    expect(Object.keys(setsOf(await poll(stream.id, { ack: [first] })))).toEqual(jtis.slice(1));
    const done = await poll(stream.id, { ack: jtis });
    expect([done.status, done.body]).toEqual([200, { sets: {}, moreAvailable: false }]);
  });

  it('returns at most the requested number, and reports that more are available', async () => {
    const { stream, jtis } = await withTwo();
    const some = await poll(stream.id, { maxEvents: 1 });
    expect([Object.keys(setsOf(some)), some.body['moreAvailable']]).toEqual([
      jtis.slice(0, 1),
      true,
    ]);
    const acknowledged = await poll(stream.id, { maxEvents: 0, ack: jtis.slice(0, 1) });
    expect(setsOf(acknowledged)).toEqual({});
    expect(Object.keys(setsOf(await poll(stream.id)))).toEqual(jtis.slice(1));
  });

  it('does not return events again that the receiver reported as errors', async () => {
    const { stream, jtis } = await withTwo();
    const setErrs = Object.fromEntries(jtis.map((jti) => [jti, { err: 'authentication_failed' }]));
    expect(setsOf(await poll(stream.id, { setErrs }))).toEqual({});
  });

  it('waits for the next event', async () => {
    const deviceId = await enrolHealthy();
    const { id } = await create({ events_requested: [COMPLIANCE_CHANGE] });
    const waiting = poll(id, { returnImmediately: false });
    await setRisk(deviceId, 'high');
    expect(Object.keys(setsOf(await waiting))).toHaveLength(1);
  });

  it('waits while the stream is paused', async () => {
    const deviceId = await enrolHealthy();
    const { id } = await create({ events_requested: [COMPLIANCE_CHANGE] });
    await call('POST', 'status', { stream_id: id, status: 'paused' });
    const waiting = poll(id, { returnImmediately: false });
    await setRisk(deviceId, 'high');
    expect((await poll(id)).body).toEqual({ sets: {}, moreAvailable: false });
    await call('POST', 'status', { stream_id: id, status: 'enabled' });
    expect(Object.keys(setsOf(await waiting))).toHaveLength(1);
  });

  it('ends when its stream is deleted', async () => {
    const { id } = await create();
    const waiting = poll(id, { returnImmediately: false });
    await call('DELETE', `streams?stream_id=${id}`);
    expect((await waiting).status).toBe(404);
  });

  it('acknowledges events of devices with any id', async () => {
    const deviceId = `subject:device:${randomUUID()}`;
    const { id } = await create({ events_requested: [RISK_LEVEL_CHANGE] });
    await system.enrolHealthy(deviceId);
    const found = await eventually(
      () => poll(id),
      (answer) => Object.keys(setsOf(answer)).length > 0,
    );
    expect(setsOf(await poll(id, { ack: Object.keys(setsOf(found)) }))).toEqual({});
  });

  it('rejects wrong parameters', async () => {
    const { id } = await create();
    const { status, body } = await poll(id, { maxEvents: -1 });
    expect([status, body]).toMatchObject([400, { error: { details: [{ path: '/maxEvents' }] } }]);
    const many = Array.from({ length: 600 }, (_, at) => `jti-${String(at)}`);
    const setErrs = Object.fromEntries(many.map((jti) => [jti, { err: 'jwtParse' }]));
    const tooMany = await poll(id, { ack: many, setErrs });
    expect([tooMany.status, tooMany.body]).toMatchObject([
      400,
      { error: { details: [{ path: '/setErrs' }] } },
    ]);
    const forged = await poll(id, { setErrs: { jti: { err: 'x\n[error] all is lost' } } });
    expect([forged.status, forged.body]).toMatchObject([
      400,
      { error: { details: [{ path: '/setErrs/jti/err' }] } },
    ]);
    expect((await poll(id, { ack: ['..', ' ', 'a/b', '\n'] })).status).toBe(200);
  });
});

describe('the subjects of a stream', () => {
  it.each([
    ['a device', (deviceId: string) => ({ format: 'opaque', id: deviceId })],
    ['a user', () => ({ format: 'email', email: 'Grace@contoso.example' })],
    [
      'a user in another spelling',
      () => ({ format: 'email', email: 'GRACE@contoso.example'.normalize('NFD') }),
    ],
  ])('include %s again after it was removed', async (_, toSubject) => {
    const deviceId = await enrolHealthy({ userPrincipalName: 'grace@contoso.example' });
    const other = await enrolHealthy();
    const { id, aud } = await create({
      ...pushTo(receiver.url),
      events_requested: [COMPLIANCE_CHANGE],
    });
    const json = { stream_id: id, subject: toSubject(deviceId) };
    expect((await call('POST', 'subjects/remove', json)).status).toBe(204);
    await setRisk(deviceId, 'high');
    await eventually(
      () => system.client.compliance(deviceId),
      ({ body }) => body['complianceState'] === 'noncompliant',
    );
    await setRisk(other, 'high');
    const first = await verifySet(metadata, aud, (await receiver.next()).token);
    expect(first.payload['sub_id']).toMatchObject({ device: { sub: other } });
    const added = await call('POST', 'subjects/add', json);
    expect([added.status, added.text]).toEqual([200, '']);
    await setRisk(deviceId, 'minimal');
    const second = await verifySet(metadata, aud, (await receiver.next()).token);
    expect(second.payload['sub_id']).toMatchObject({ device: { sub: deviceId } });
  });

  it('are rejected in an unknown format', async () => {
    const { id } = await create();
    for (const subject of [
      undefined,
      { format: 'phone_number', phone_number: '+1' },
      { format: 'complex' },
      { format: 'iss_sub', iss: 'https://another.example', sub: 'phone-1' },
    ]) {
      const { status } = await call('POST', 'subjects/add', {
        stream_id: id,
        ...defined({ subject }),
      });
      expect(status).toBe(400);
    }
  });

  it.each([
    [
      { user: { format: 'iss_sub', iss: 'https://x.example', sub: 'u' } },
      '/subject/user/format',
      ['email'],
    ],
    [
      { device: { format: 'email', email: 'ada@contoso.example' } },
      '/subject/device/format',
      ['opaque', 'iss_sub'],
    ],
  ])(
    'of a complex subject %j are rejected by the formats of that part',
    async (parts, path, formats) => {
      const { id } = await create();
      const { status, body } = await call('POST', 'subjects/add', {
        stream_id: id,
        subject: { format: 'complex', ...parts },
      });
      const message = `must be one of ${formats.map((each) => `\`${each}\``).join(', ')}`;
      expect([status, body]).toMatchObject([400, { error: { details: [{ path, message }] } }]);
    },
  );
});

describe('Okta’s dialect', () => {
  const OKTA_RISK = 'https://schemas.okta.com/secevent/okta/event-type/device-risk-change';

  it('uses Okta’s levels, puts the subject into the event, and takes the operator’s audience', async () => {
    const deviceId = await enrolHealthy({ userPrincipalName: 'ada@contoso.example' });
    const { aud } = await create(
      {
        ...pushTo(receiver.url),
        dialect: 'okta',
        aud: 'https://contoso.okta.example',
        events_requested: [COMPLIANCE_CHANGE, OKTA_RISK],
      },
      'admin',
    );
    expect(aud).toBe('https://contoso.okta.example');
    await setRisk(deviceId, 'high');
    const tokens = [await receiver.next(), await receiver.next()];
    const claims = tokens.map(
      ({ token }) =>
        JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Json,
    );
    const events = Object.assign({}, ...claims.map(({ events: each }) => each)) as Record<
      string,
      Json
    >;
    const subject = {
      format: 'complex',
      device: { format: 'iss_sub', iss: metadata.issuer, sub: deviceId },
      user: { format: 'email', email: 'ada@contoso.example' },
    };
    expect(claims.map((each) => [each['aud'], each['sub_id']])).toEqual([
      [aud, undefined],
      [aud, undefined],
    ]);
    expect(events[OKTA_RISK]).toMatchObject({
      subject,
      previous_level: 'secure',
      current_level: 'high',
      event_timestamp: expect.any(Number) as number,
      reason_admin: expect.anything() as object,
    });
    expect(events[COMPLIANCE_CHANGE]).toMatchObject({ subject, current_status: 'not-compliant' });
  });

  it('can be chosen only by an operator', async () => {
    const { status } = await call('POST', 'streams', { dialect: 'okta' });
    expect(status).toBe(403);
    const { body } = await call('POST', 'streams', { aud: 'https://victim.example' });
    expect(body['aud']).toBe('receiver');
  });
});
