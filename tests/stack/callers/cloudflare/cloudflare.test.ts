import { randomUUID } from 'node:crypto';
import { createLocalJWKSet, decodeJwt, jwtVerify, type JWTPayload } from 'jose';
import { afterEach, describe, expect, it } from 'vitest';
import type { Answer } from '../../../../infra/local/demo/outerClient.ts';
import { createCloudflareTokens } from '../../../../shared/adapters/tokens/cloudflareTokens.ts';
import { DEVICES_CONTAINER } from '../../../../shared/resources.ts';
import { CLOUDFLARE_AUDIENCE, quietTeam } from '../../../support/quietSettings.ts';
import { quietStack, timedStack } from '../../../support/sharedStacks.ts';
import { corruptDevice } from '../../../support/corruptDevice.ts';
import { eventually } from '../../../support/eventually.ts';
import { WRONG_AUDIENCE, WRONG_TOKENS, type Signer } from '../../../support/wrongTokens.ts';

const team = await quietTeam();
const system = quietStack();
afterEach(() => system.mend());

const newId = (): string => randomUUID();

/** The application token that Access adds to a request with a service token. */
const applicationTokens: Signer = {
  sign: (claims, header) =>
    team.sign(
      {
        type: 'app',
        aud: [CLOUDFLARE_AUDIENCE],
        common_name: `${newId()}.access`,
        sub: '',
        ...claims,
      },
      header,
    ),
  publicKey: () => team.publicKey(),
};

/** The token that Access sends to an evaluate URL: the user's identity and a nonce. */
const evaluations: Signer = {
  sign: (claims, header) =>
    team.sign(
      { nonce: newId(), identity: identityOf('nobody@contoso.example'), ...claims },
      header,
    ),
  publicKey: () => team.publicKey(),
};

/** An identity in the form of `/cdn-cgi/access/get-identity`. */
function identityOf(email: string): object {
  return {
    email,
    idp: { id: 'a5bc3a60-e11f-4aae-a109-c3d7404953ca', type: 'azureAD' },
    geo: { country: 'SE' },
    user_uuid: 'f174e90a-fafe-4643-bbbc-4a0ed4fc8415',
    account_id: '699d98642c564d2e855e9661899b7252',
    ip: '192.0.2.1',
    auth_status: 'NONE',
    common_name: '',
    service_token_id: '',
    service_token_status: false,
    is_warp: true,
    is_gateway: true,
    device_id: '9ece5fab-7398-488a-a575-e25a9a3dec07',
    version: 2,
  };
}

async function malware(deviceId: string, status: 'opened' | 'resolved'): Promise<void> {
  const data = {
    deviceId,
    incidentId: `incident of ${deviceId}`,
    category: 'application',
    threatType: 'malware',
    severity: 'high',
    detectedDateTime: new Date().toISOString(),
  };
  await system.client.sendEvents([{ type: `sepmobile.incident.${status}`, data }]);
  const wanted = status === 'opened' ? 'block' : 'allow';
  await eventually(
    () => system.client.decide({ deviceId }, 'exchangeOnline'),
    ({ body }) => body['decision'] === wanted,
  );
}

interface Device {
  readonly device_id: string;
  readonly serial_number?: string | null;
  readonly mac_address?: string | null;
  readonly email?: string | null;
}

async function assess(devices: readonly Device[], token?: string): Promise<Answer> {
  return system.client.request('POST', 'access/cloudflare/posture', {
    json: { devices },
    headers: { 'cf-access-jwt-assertion': token ?? (await applicationTokens.sign({})) },
  });
}

async function scoreOf(device: Omit<Device, 'device_id'>): Promise<unknown> {
  const id = newId();
  const { status, body } = await assess([{ device_id: id, ...device }]);
  expect(status).toBe(200);
  return (body['result'] as Record<string, unknown>)[id];
}

async function evaluate(claims: JWTPayload, resource = 'exchangeOnline'): Promise<Answer> {
  return system.client.request('POST', `access/cloudflare/evaluate/${resource}`, {
    json: { token: await evaluations.sign(claims) },
  });
}

/** `success` as Access reads it: the keys of the keys URL verify the token, and its nonce is the one that was sent. */
async function successFor(email: string, resource?: string): Promise<unknown> {
  const nonce = newId();
  const { status, body } = await evaluate({ nonce, identity: identityOf(email) }, resource);
  expect(status).toBe(200);
  const keys = await system.client.request('GET', 'access/cloudflare/keys');
  const { payload } = await jwtVerify(
    String(body['token']),
    createLocalJWKSet(keys.body as unknown as Parameters<typeof createLocalJWKSet>[0]),
    { algorithms: ['RS256'] },
  );
  expect(payload['nonce']).toBe(nonce);
  return payload['success'];
}

describe('a custom device posture integration of Cloudflare', () => {
  it('gets the documented answer to the documented request', async () => {
    const response = await fetch(`${system.stack.description.api}/api/access/cloudflare/posture`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'Cf-Access-Jwt-Assertion': await applicationTokens.sign({}),
      },
      // The documented sample, without the braces around the list that make it invalid JSON.
      body: `{
  "devices": [
    {
      "device_id": "9ece5fab-7398-488a-a575-e25a9a3dec07",
      "email": "jdoe@mycompany.com",
      "serial_number": "jdR44P3d",
      "mac_address": "74:1d:3e:23:e0:fe",
      "virtual_ipv4": "100.96.0.10",
      "hostname": "string"
    }
  ]
}`,
    });
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      200,
      'application/json',
      '{"result":{"9ece5fab-7398-488a-a575-e25a9a3dec07":{"s2s_id":"","score":0}}}',
    ]);
  });

  it('identifies a device by its serial number, otherwise by its MAC address, and returns its id', async () => {
    const deviceId = newId();
    const serialNumber = `SN-${newId()}`;
    await system.enrolHealthy(deviceId, { serialNumber, wiFiMacAddress: '74:1D:3E:23:E0:01' });
    const healthy = { s2s_id: deviceId, score: 100 };
    expect(await scoreOf({ serial_number: serialNumber })).toEqual(healthy);
    expect(await scoreOf({ serial_number: '', mac_address: '741d3e23e001' })).toEqual(healthy);
    expect(await scoreOf({ serial_number: null, mac_address: '74-1D-3E-23-E0-01' })).toEqual(
      healthy,
    );
    expect(
      await scoreOf({ serial_number: 'of another', mac_address: '74:1d:3e:23:e0:01' }),
    ).toEqual({ s2s_id: '', score: 0 });
  });

  it('scores a phone without identifiers as the worst device of its user', async () => {
    const email = `${newId()}@contoso.example`;
    expect(await scoreOf({ email })).toEqual({ s2s_id: '', score: 0 });
    const [first, second] = [newId(), newId()];
    for (const id of [first, second]) await system.enrolHealthy(id, { userPrincipalName: email });
    expect(await scoreOf({ email, serial_number: '' })).toEqual({ s2s_id: '', score: 100 });
    await malware(second, 'opened');
    expect(await scoreOf({ email })).toEqual({ s2s_id: '', score: 0 });
    // A device with a serial number is identified by that number only.
    expect(await scoreOf({ email, serial_number: 'of nobody' })).toEqual({ s2s_id: '', score: 0 });
  });

  it.each([
    ['without any field', {}],
    ['with blank fields', { serial_number: '', mac_address: '' }],
    ['that is not enrolled', { serial_number: `SN-${newId()}` }],
  ])('scores 0 for a device %s', async (_, device) => {
    expect(await scoreOf(device)).toEqual({ s2s_id: '', score: 0 });
  });

  it('scores a threat within the policy’s limit at 75, and one above it at 0', async () => {
    const deviceId = newId();
    const serialNumber = `SN-${newId()}`;
    await system.enrolHealthy(deviceId, { serialNumber });
    const openWifi = { deviceId, observedDateTime: new Date().toISOString() };
    await system.client.request('POST', 'telemetry', {
      as: 'sepMobile',
      json: { ...openWifi, network: { connected: true, security: 'open' } },
    });
    await eventually(
      () => system.client.compliance(deviceId),
      ({ body }) => body['partnerReportedThreatState'] === 'lowSeverity',
    );
    expect(await scoreOf({ serial_number: serialNumber })).toEqual({ s2s_id: deviceId, score: 75 });
    await malware(deviceId, 'opened');
    expect(await scoreOf({ serial_number: serialNumber })).toEqual({ s2s_id: deviceId, score: 0 });
  });

  it('scores 0 for a device that is no longer enrolled, and for one with a broken record', async () => {
    const [gone, corrupt] = [newId(), newId()];
    for (const id of [gone, corrupt]) await system.enrolHealthy(id, { serialNumber: id });
    await system.client.request('DELETE', `deviceManagement/managedDevices/${gone}`, {
      as: 'admin',
    });
    await corruptDevice(system.stack.description.cosmos, corrupt);
    expect(await scoreOf({ serial_number: gone })).toEqual({ s2s_id: '', score: 0 });
    expect(await scoreOf({ serial_number: corrupt })).toEqual({ s2s_id: '', score: 0 });
  });

  it('gets a score for each of 1,000 devices, and 400 for more', async () => {
    const deviceId = newId();
    await system.enrolHealthy(deviceId, { serialNumber: deviceId });
    const devices = Array.from({ length: 1000 }, (_, at): Device => ({
      device_id: `warp-${String(at)}`,
      serial_number: at === 500 ? deviceId : `unknown-${String(at)}`,
    }));
    const { status, body } = await assess(devices);
    const result = body['result'] as Record<string, { readonly score: number }>;
    expect(status).toBe(200);
    expect(Object.keys(result)).toEqual(devices.map(({ device_id: id }) => id));
    expect(Object.entries(result).filter(([, { score }]) => score !== 0)).toEqual([
      ['warp-500', { s2s_id: deviceId, score: 100 }],
    ]);
    const tooMany = await assess([...devices, { device_id: 'one-more' }]);
    expect([tooMany.status, tooMany.body['result']]).toEqual([400, undefined]);
  });

  it('accepts a connection test without devices', async () => {
    expect((await assess([])).body).toEqual({ result: {} });
  });

  it.each([
    ['devices that are not a list', { devices: {} }],
    ['no devices', {}],
    ['a device without an id', { devices: [{ serial_number: 'x' }] }],
    ['a serial number that is not a text', { devices: [{ device_id: 'x', serial_number: 1 }] }],
  ])('rejects %s with 400', async (_, json) => {
    const { status, body } = await system.client.request('POST', 'access/cloudflare/posture', {
      json,
      headers: { 'cf-access-jwt-assertion': await applicationTokens.sign({}) },
    });
    expect([status, body]).toMatchObject([400, { error: { code: 'invalidRequest' } }]);
  });

  it('gets 503 with Retry-After and no score while the database is down', async () => {
    const deviceId = newId();
    await system.enrolHealthy(deviceId, { serialNumber: deviceId });
    await system.fail({ kind: 'status', status: 503, container: DEVICES_CONTAINER.id });
    const { status, headers, body } = await assess([
      { device_id: 'warp', serial_number: deviceId },
      { device_id: 'silent' },
    ]);
    expect([status, headers.get('retry-after'), body['result']]).toEqual([503, '5', undefined]);
  });

  it('gets 429 if one service token asks too often', async () => {
    const devices = Array.from({ length: 1000 }, (_, at) => ({
      device_id: `silent-${String(at)}`,
    }));
    const token = await applicationTokens.sign({ common_name: `${newId()}.access` });
    const answers = [await assess(devices, token), await assess(devices, token)];
    expect(answers.map(({ status }) => status)).toEqual([200, 429]);
    expect(answers[1]?.headers.get('retry-after')).toMatch(/^\d+$/);
    expect((await assess(devices)).status).toBe(200);
  });

  it.each([...WRONG_TOKENS, WRONG_AUDIENCE])('rejects a token %s', async (_, make) => {
    const { status, body } = await assess([{ device_id: 'x' }], await make(applicationTokens));
    expect([status, body]).toMatchObject([403, { error: { code: 'accessDenied' } }]);
  });

  it('rejects requests without a token of Access, whatever other credential they have', async () => {
    const path = 'access/cloudflare/posture';
    const json = { devices: [{ device_id: 'x' }] };
    const { status } = await system.client.request('POST', path, { json });
    const admin = await system.client.request('POST', path, { json, as: 'admin' });
    const foreign = await assess(json.devices, await system.sign({ aud: CLOUDFLARE_AUDIENCE }));
    const evaluation = await assess(json.devices, await evaluations.sign({}));
    expect([status, admin.status, foreign.status, evaluation.status]).toEqual([403, 403, 403, 403]);
  });
});

describe('an external evaluation rule of Cloudflare Access', () => {
  const newUser = (): string => `${newId()}@contoso.example`;

  it('gets the documented answer to the documented request', async () => {
    const email = newUser();
    await system.enrolHealthy(newId(), { userPrincipalName: email });
    const token = await evaluations.sign({
      nonce: '9J2E9Xg6wYj8tlnA5MV4Zgp6t8rzmS0Q',
      identity: identityOf(email),
    });
    const url = `${system.stack.description.api}/api/access/cloudflare/evaluate/exchangeOnline`;
    const response = await fetch(url, { method: 'POST', body: `{"token":"${token}"}` });
    const text = await response.text();
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'application/json',
    ]);
    const [, answer = ''] = /^\{"token":"([\w-]+\.[\w-]+\.[\w-]+)"\}$/.exec(text) ?? [];
    const { iat = 0, ...claims } = decodeJwt(answer);
    expect(claims).toEqual({
      success: true,
      exp: iat + 60,
      nonce: '9J2E9Xg6wYj8tlnA5MV4Zgp6t8rzmS0Q',
    });
  });

  it('allows a user with healthy devices, in any spelling of the name', async () => {
    const email = newUser();
    await system.enrolHealthy(newId(), { userPrincipalName: email.toUpperCase() });
    expect(await successFor(email)).toBe(true);
    expect(await successFor(email.toUpperCase(), 'companyApp:payroll')).toBe(true);
  });

  it('blocks a user while one of their devices has malware, and allows them afterwards', async () => {
    const email = newUser();
    const [phone, tablet] = [newId(), newId()];
    for (const id of [phone, tablet]) await system.enrolHealthy(id, { userPrincipalName: email });
    expect(await successFor(email)).toBe(true);
    await malware(tablet, 'opened');
    expect(await successFor(email)).toBe(false);
    await malware(tablet, 'resolved');
    expect(await successFor(email)).toBe(true);
  });

  it('blocks a user without a device, with an unenrolled device, or with a broken record', async () => {
    const [gone, corrupt] = [newId(), newId()];
    const users = [newUser(), newUser(), newUser()];
    await system.enrolHealthy(gone, { userPrincipalName: users[1] });
    await system.enrolHealthy(corrupt, { userPrincipalName: users[2] });
    await system.client.request('DELETE', `deviceManagement/managedDevices/${gone}`, {
      as: 'admin',
    });
    await corruptDevice(system.stack.description.cosmos, corrupt);
    for (const user of users) expect(await successFor(user)).toBe(false);
  });

  it('proves less than any device identification that a policy requires', async () => {
    const email = newUser();
    await system.enrolHealthy(newId(), { userPrincipalName: email });
    const { status } = await system.client.request('POST', 'identity/conditionalAccess/policies', {
      as: 'admin',
      json: {
        displayName: 'The vault requires an identified device',
        state: 'enabled',
        conditions: { applications: { includeApplications: ['companyApp:vault'] } },
        grantControls: {
          operator: 'OR',
          builtInControls: ['compliantDevice'],
          minimumDeviceIdentification: 'wiFiMacAddress',
        },
      },
    });
    expect(status).toBe(201);
    expect(await successFor(email, 'companyApp:vault')).toBe(false);
    expect(await successFor(email, 'companyApp:payroll')).toBe(true);
  });

  it.each([
    ['no identity', { identity: undefined }],
    ['an identity without an e-mail address', { identity: { service_token_status: true } }],
    ['an e-mail address that is not a text', { identity: { email: ['a@contoso.example'] } }],
    ['an empty e-mail address', { identity: { email: '' } }],
    ['an e-mail address beside the identity', { email: 'a@contoso.example', identity: {} }],
  ])('answers `success: false` for %s', async (_, claims) => {
    const nonce = newId();
    const { status, body } = await evaluate({ ...claims, nonce });
    expect([status, decodeJwt(String(body['token']))]).toMatchObject([
      200,
      { success: false, nonce },
    ]);
  });

  it('answers `success: false` while the database is down', async () => {
    const email = newUser();
    await system.enrolHealthy(newId(), { userPrincipalName: email });
    expect(await successFor(email)).toBe(true);
    await system.fail({ kind: 'status', status: 503, container: DEVICES_CONTAINER.id });
    expect(await successFor(email)).toBe(false);
  });

  it('writes a line to the decision log', async () => {
    const email = 'ada.lovelace@contoso.example';
    const { headers } = await evaluate({ identity: identityOf(email) }, 'wifi');
    const path = `accessDecisions/${headers.get('x-access-decision-id') ?? ''}`;
    const { body } = await system.client.request('GET', path, { as: 'caller' });
    expect(body).toMatchObject({
      caller: 'cloudflareAccess',
      resource: 'wifi',
      identifiedBy: 'userPrincipalName',
      device: '…ace@contoso.example',
      userPrincipalName: '…ace@contoso.example',
      decision: 'block',
      complianceState: 'unknown',
      reasonCodes: ['deviceNotEnrolled'],
    });
  });

  it.each(WRONG_TOKENS)('rejects a token %s', async (_, make) => {
    const { status, body } = await system.client.request(
      'POST',
      'access/cloudflare/evaluate/exchangeOnline',
      { json: { token: await make(evaluations) } },
    );
    expect([status, body]).toMatchObject([403, { error: { code: 'accessDenied' } }]);
    expect(body['token']).toBeUndefined();
  });

  it.each([
    ['an application token of Access', applicationTokens],
    ['a token with a nonce that is not a text', { sign: () => evaluations.sign({ nonce: 1 }) }],
    ['a token with an empty nonce', { sign: () => evaluations.sign({ nonce: '' }) }],
    ['no token', { sign: () => Promise.resolve('') }],
  ])('rejects %s', async (_, { sign }) => {
    const json = { token: await sign({}) };
    const path = 'access/cloudflare/evaluate/exchangeOnline';
    expect((await system.client.request('POST', path, { json })).status).toBe(403);
  });

  it('rejects an unknown resource in the URL, and an undocumented body', async () => {
    expect((await evaluate({}, 'everything')).status).toBe(400);
    const path = 'access/cloudflare/evaluate/wifi';
    expect((await system.client.request('POST', path, { json: {} })).status).toBe(400);
    expect((await system.client.request('POST', path, { body: 'token=x' })).status).toBe(400);
  });
});

describe('the keys URL', () => {
  it('publishes both public keys, and the first key signs', async () => {
    const { status, body } = await system.client.request('GET', 'access/cloudflare/keys');
    const keys = body['keys'] as readonly Readonly<Record<string, string>>[];
    expect(status).toBe(200);
    const members = keys.map((key) => Object.keys(key).toSorted().join(' '));
    expect(members).toEqual(['alg e kid kty n use', 'alg e kid kty n use']);
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(2);
    const [first, second] = keys;
    const answer = await evaluate({});
    const token = String(answer.body['token']);
    const verifyBy = (key: typeof first): Promise<unknown> =>
      jwtVerify(token, createLocalJWKSet({ keys: [{ kty: 'RSA', ...key }] }));
    await expect(verifyBy(first)).resolves.toMatchObject({
      protectedHeader: { kid: first?.['kid'] },
    });
    await expect(verifyBy(second)).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
  });
});

describe('without a team', () => {
  const withoutTeam = timedStack();

  it.each([
    ['POST', 'access/cloudflare/posture', { devices: [] }],
    ['POST', 'access/cloudflare/evaluate/wifi', { token: 'a.b.c' }],
    ['GET', 'access/cloudflare/keys', undefined],
  ])('%s %s answers 404 and names the missing setting', async (method, path, json) => {
    const { status, body } = await withoutTeam.client.request(
      method,
      path,
      json === undefined ? {} : { json },
    );
    expect([status, body]).toMatchObject([
      404,
      {
        error: {
          code: 'itemNotFound',
          message: expect.stringContaining('CLOUDFLARE_TEAM_DOMAIN') as string,
        },
      },
    ]);
  });

  it('verifies no token if the team’s keys cannot be fetched', async () => {
    const unreachable = createCloudflareTokens({
      teamDomain: 'http://127.0.0.1:1',
      audiences: ['x'],
    });
    await expect(
      unreachable.applicationTokens.verify(await applicationTokens.sign({}), new Date()),
    ).rejects.toMatchObject({ code: 'serviceNotAvailable' });
  });
});
