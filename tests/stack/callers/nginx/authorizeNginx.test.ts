import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { KEY_CHALLENGE } from '../../../support/challenges.ts';
import { busyCaller } from '../../../support/busyCaller.ts';
import { createAuthority } from '../../../support/certificates.ts';
import { costOf } from '../../../support/costOf.ts';
import { KEY_NAMED_ENTRA } from '../../../support/quietSettings.ts';
import { quietStack, limitedStack } from '../../../support/sharedStacks.ts';
import { sendRaw, type RawAnswer } from '../../../support/sendRaw.ts';

const system = quietStack();
const RESOURCE = 'companyApp:payroll';

interface Asking {
  readonly key?: string;
  readonly resource?: string;
  readonly headers?: readonly string[];
  readonly at?: typeof system;
}

/** Sends the request of nginx, byte for byte, with `headers` that identify the device. */
function ask({
  key,
  resource = RESOURCE,
  headers = [],
  at = system,
}: Asking = {}): Promise<RawAnswer> {
  const { api, callerKeys } = at.stack.description;
  return sendRaw(api, [
    `GET /api/access/nginx/${resource} HTTP/1.1`,
    `Authorization: Bearer ${key ?? callerKeys.proxy}`,
    ...headers,
    'Host: mtd.example',
  ]);
}

const enrolled = async (): Promise<string> => {
  const deviceId = randomUUID();
  await system.enrolHealthy(deviceId);
  return deviceId;
};

describe('the answer to nginx', () => {
  afterEach(() => system.mend());

  it('costs one point read', async () => {
    expect(await costOf(system, () => ask({ headers: ['X-Device-Id: nobody'] }))).toEqual({
      read: 1,
    });
  });

  it('is 204 without a body for an allowed device', async () => {
    const { status, headers, body } = await ask({ headers: [`X-Device-Id: ${await enrolled()}`] });
    expect([status, body]).toEqual([204, '']);
    expect(Object.fromEntries(headers)).toMatchObject({
      'cache-control': 'no-store',
      'x-access-decision': 'allow',
      'x-access-decision-id': expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      'x-access-reason': 'allowedByPolicy',
      'x-identified-by': 'deviceId',
    });
    expect(headers.has('x-remediation-location')).toBe(false);
  });

  it('is 403 with the reasons and a remediation link for a blocked device', async () => {
    const { status, headers, body } = await ask({ headers: ['X-Device-Id: nobody'] });
    expect([status, body]).toEqual([403, '']);
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-access-decision': 'block',
      'x-access-reason': 'compliantDeviceRequired,deviceNotEnrolled',
      'x-identified-by': 'deviceId',
      'x-remediation-location': expect.stringMatching(
        `^${system.stack.description.api}/api/remediation/[\\w.-]+$`,
      ) as string,
    });
  });

  it.each([
    ['that nginx could not verify', ['X-Client-Certificate: x', 'X-Client-Verify: FAILED:x']],
    [
      'of two devices',
      ['X-Forwarded-Client-Cert: URI=IntuneDeviceId://one;URI=IntuneDeviceId://two'],
    ],
  ])('ignores X-Device-Id beside a certificate %s', async (_, shown) => {
    const { status } = await ask({ headers: [...shown, `X-Device-Id: ${await enrolled()}`] });
    expect(status).toBe(401);
  });

  it('identifies the device by its certificate if a trusted proxy sends one', async () => {
    const deviceId = await enrolled();
    const authority = await createAuthority('Devices');
    const { certificate } = await authority.issueClient(`IntuneDeviceId://${deviceId}`);
    const shown = [
      `X-Client-Certificate: ${encodeURIComponent(certificate)}`,
      'X-Client-Verify: SUCCESS',
    ];
    const trusted = await ask({ headers: [...shown, 'X-Device-Id: nobody'] });
    expect([trusted.status, trusted.headers.get('x-identified-by')]).toEqual([
      204,
      'clientCertificate',
    ]);
    const token = await system.sign({ azp: 'untrusted', roles: ['Access.Decide'] });
    for (const key of [token, KEY_NAMED_ENTRA]) {
      const other = await ask({ key, headers: [...shown, 'X-Device-Id: nobody'] });
      expect([other.status, other.headers.get('x-identified-by')]).toEqual([403, 'deviceId']);
      expect((await ask({ key, headers: shown })).status).toBe(401);
    }
  });

  it.each([
    ['no device', {}],
    ['an invalid device id', { headers: ['X-Device-Id: ../x'] }],
    ['a wrong key', { key: 'a'.repeat(43), headers: ['X-Device-Id: nobody'] }],
  ])('is 401 for %s', async (_, asking) => {
    const { status, headers } = await ask(asking);
    expect([status, headers.get('www-authenticate')]).toEqual([401, KEY_CHALLENGE]);
  });

  it.each([
    ['an unknown resource', { resource: 'payroll', headers: ['X-Device-Id: nobody'] }],
    [
      'an invalid user name',
      { headers: ['X-Device-Id: nobody', `X-User-Principal-Name: ${'a'.repeat(1025)}`] },
    ],
  ])('is 400, which nginx treats as an error, for %s', async (_, asking) => {
    expect((await ask(asking)).status).toBe(400);
  });

  it('records the user in the decision log', async () => {
    const { headers } = await ask({
      headers: ['X-Device-Id: nobody', 'X-User-Principal-Name: ada.lovelace@contoso.example'],
    });
    const path = `accessDecisions/${headers.get('x-access-decision-id') ?? ''}`;
    const { body } = await system.client.request('GET', path, { as: 'caller' });
    expect(body).toMatchObject({ userPrincipalName: '…ace@contoso.example', caller: 'proxy' });
  });

  it('is 503 while the database is down, so nginx blocks every device', async () => {
    const deviceId = await enrolled();
    await system.fail({ kind: 'status', status: 503 });
    const { status, headers } = await ask({ headers: [`X-Device-Id: ${deviceId}`] });
    expect([status, headers.get('retry-after')]).toEqual([503, '5']);
  });
});

describe('a proxy that asks too often', () => {
  const limited = limitedStack();

  it('gets 429 from nginx’s endpoint', async () => {
    const asking = {
      at: limited,
      key: await busyCaller(limited),
      headers: ['X-Device-Id: nobody'],
    };
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(asking)));
    expect(answers.map(({ status }) => status)).toContain(429);
  });
});
