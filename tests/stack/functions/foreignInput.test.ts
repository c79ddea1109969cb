import { createHash, randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { beforeAll, describe, expect, it } from 'vitest';
import { quietStack } from '../../support/sharedStacks.ts';
import { sendRaw } from '../../support/sendRaw.ts';

const system = quietStack();

describe('the header Host', () => {
  it('is not repeated in the API description', async () => {
    const { api } = system.stack.description;
    for (const extra of [[], ['x-forwarded-proto: https'], ['x-forwarded-host: evil.example']]) {
      const { status, headers, body } = await sendRaw(api, [
        'GET /api/openapi.json HTTP/1.1',
        'host: evil.example',
        ...extra,
      ]);
      expect([status, headers.get('cache-control')]).toEqual([200, 'public, max-age=300']);
      expect(body).not.toContain('evil.example');
      expect(JSON.parse(body)).toMatchObject({ servers: [{ url: `${api}/api` }] });
    }
  });

  it('is not repeated in the link to the next page', async () => {
    const { api } = system.stack.description;
    for (const id of [1, 2])
      await system.client.enrol(`host-${String(id)}`, {
        operatingSystem: 'Android',
        osVersion: '15',
      });
    const { body } = await sendRaw(api, [
      'GET /api/deviceManagement/managedDevices?$top=1 HTTP/1.1',
      'host: evil.example',
      `authorization: Bearer ${await system.client.token('admin')}`,
    ]);
    const { '@odata.nextLink': link } = JSON.parse(body) as Record<string, unknown>;
    expect(String(link).startsWith(`${api}/api/deviceManagement/managedDevices?`)).toBe(true);
  });
});

describe('the API description', () => {
  const read = (headers: Record<string, string> = {}): ReturnType<typeof system.client.request> =>
    system.client.request('GET', 'openapi.json', { headers });

  it('is not sent again to a reader that has it', async () => {
    const { headers } = await read();
    const etag = headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[\w-]{22}"$/);
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await read({ 'if-none-match': known });
      expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', etag]);
    }
    expect((await read({ 'if-none-match': '"other"' })).status).toBe(200);
  });
});

describe('a continuation that the caller made up', () => {
  const lists = [
    'deviceManagement/managedDevices',
    'deviceManagement/auditEvents',
    'deviceManagement/deviceCompliancePolicies',
    'quarantine',
  ];
  const forged = (list: string): readonly string[] => {
    const made = '{"token":"+RID:~x#RT:1","range":{"min":"","max":"FF"}}';
    const digest = createHash('sha256')
      .update(JSON.stringify([`/api/${list}`, null, made]))
      .digest();
    return [
      Buffer.from(`${digest.toString('base64url').slice(0, 8)}${made}`),
      Buffer.concat([digest.subarray(0, 16), Buffer.from(made)]),
      Buffer.concat([Buffer.alloc(16), Buffer.from(made)]),
      Buffer.alloc(16),
    ].map((token) => token.toString('base64url'));
  };

  it.each(lists)('is refused by name: %s', async (list) => {
    for (const token of forged(list)) {
      const path = `${list}?$top=1&$skiptoken=${token}`;
      const headers = await system.asNewAdmin();
      const { status, body } = await system.client.request('GET', path, { headers });
      expect([status, body]).toMatchObject([
        400,
        { error: { code: 'invalidRequest', details: [{ path: '$skiptoken' }] } },
      ]);
    }
  });
});

describe('a compressed body', () => {
  const body = JSON.stringify([]);
  const signed = (): Record<string, string> => {
    const id = `msg_${randomUUID()}`;
    const at = new Date();
    return {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(system.stack.description.webhookSecret).sign(id, at, body),
    };
  };

  it.each([
    ['webhooks/sep-mobile', 'gzip', signed],
    ['webhooks/sep-mobile', 'gzip', () => ({})],
    ['webhooks/sep-mobile', 'GZIP, identity', signed],
    ['telemetry', 'br', signed],
    ['telemetry', 'zstd', () => ({})],
  ])('is refused at %s: %s', async (path, coding, toHeaders) => {
    const answer = await system.client.request('POST', path, {
      body,
      headers: {
        'content-type': 'application/json',
        'content-encoding': coding,
        ...toHeaders(),
      },
    });
    expect([answer.status, answer.headers.get('accept-encoding')]).toEqual([415, 'identity']);
    expect(answer.body).toMatchObject({ error: { code: 'unsupportedMediaType' } });
  });

  it('is refused at every endpoint that reads one', async () => {
    const options = {
      as: 'admin' as const,
      json: {},
      headers: { 'content-encoding': 'gzip' },
    };
    const enrolment = await system.client.request(
      'PUT',
      'deviceManagement/managedDevices/x',
      options,
    );
    const settings = await system.client.request('PATCH', 'deviceManagement/settings', options);
    expect([enrolment.status, settings.status]).toEqual([415, 415]);
  });

  it('may be named as not compressed', async () => {
    const answer = await system.client.request('POST', 'webhooks/sep-mobile', {
      body,
      headers: { 'content-type': 'application/json', 'content-encoding': 'identity', ...signed() },
    });
    // The list is empty.
    expect(answer.status).toBe(400);
  });
});

describe('a name in a header', () => {
  const USER = 'jürgen@acme.example';
  const device = `utf8-${randomUUID()}`;

  beforeAll(async () => {
    await system.enrolHealthy(device);
    await system.client.request('POST', 'identity/conditionalAccess/policies?confirm=true', {
      as: 'admin',
      json: {
        displayName: 'not for one person',
        state: 'enabled',
        conditions: {
          applications: { includeApplications: ['All'] },
          users: { includeUsers: [USER] },
        },
        grantControls: { operator: 'OR', builtInControls: ['block'] },
      },
    });
  });

  const ask = (path: string, user: string): ReturnType<typeof sendRaw> =>
    sendRaw(system.stack.description.api, [
      `GET /api/access/${path} HTTP/1.1`,
      'host: mtd.example',
      `authorization: Bearer ${system.stack.description.callerKeys.proxy}`,
      `x-device-id: ${device}`,
      `x-user-principal-name: ${user}`,
    ]);

  it.each([
    ['nginx/exchangeOnline', 204],
    ['envoy/exchangeOnline', 200],
  ])('is an extended value at %s, so a policy for the user applies', async (path, allowed) => {
    const other = await ask(path, 'jurgen@acme.example');
    const blocked = await ask(path, `UTF-8''${encodeURIComponent(USER)}`);
    expect([other.status, blocked.status]).toEqual([allowed, 403]);
    expect(blocked.headers.get('x-access-reason')).toContain('blockedByPolicy');
    // Nobody is let in under a name that cannot be read.
    expect((await ask(path, "UTF-8''%C3")).status).toBe(path.startsWith('envoy') ? 403 : 400);
  });
});
