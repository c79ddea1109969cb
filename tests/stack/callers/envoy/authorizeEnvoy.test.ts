import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { busyCaller } from '../../../support/busyCaller.ts';
import { costOf } from '../../../support/costOf.ts';
import { KEY_NAMED_ENTRA } from '../../../support/quietSettings.ts';
import { quietStack, limitedStack } from '../../../support/sharedStacks.ts';
import { sendRaw, type RawAnswer } from '../../../support/sendRaw.ts';

const system = quietStack();
const YAML = readFileSync(
  new URL('../../../../infra/callers/envoy/envoy.yaml', import.meta.url),
  'utf8',
);
const PREFIX =
  /path_prefix: (\S+)/.exec(YAML)?.[1]?.replace('REPLACE_RESOURCE', 'companyApp:payroll') ?? '';

interface Asking {
  readonly method?: string;
  readonly target?: string;
  readonly token?: string;
  readonly headers?: readonly string[];
  readonly at?: typeof system;
}

/** Sends Envoy's request, byte for byte: the configured prefix, then the path of the browser's request. */
function askOnce({
  method = 'GET',
  target,
  token,
  headers = [],
  at = system,
}: Asking = {}): Promise<RawAnswer> {
  const { api, callerKeys } = at.stack.description;
  return sendRaw(api, [
    `${method} ${target ?? `${PREFIX}/reports?year=2026`} HTTP/1.1`,
    'host: mtd.example',
    'content-length: 0',
    `authorization: Bearer ${token ?? callerKeys.proxy}`,
    ...headers,
    'x-forwarded-proto: https',
    'x-envoy-expected-rq-timeout-ms: 200',
  ]);
}

/** Asks until the answer is in time: on a busy machine a late decision becomes a 403. */
async function ask(asking: Asking = {}): Promise<RawAnswer> {
  for (;;) {
    const answer = await askOnce(asking);
    if (answer.headers.get('x-access-reason') !== 'serviceNotAvailable') return answer;
  }
}

const certified = (deviceId: string): readonly string[] => [
  `x-forwarded-client-cert: Hash=468ed33be74eee6556d90c0149c1309e9ba61d6425303443c0748a02dd8de688;URI=IntuneDeviceId://${deviceId}`,
];

const known = async (): Promise<string> => {
  const deviceId = randomUUID();
  await system.enrolHealthy(deviceId);
  return deviceId;
};

/** Those of HTTP, of WebDAV and CalDAV, and the newest (RFC 10008). */
const METHODS =
  'GET HEAD POST PUT PATCH DELETE OPTIONS QUERY PROPFIND PROPPATCH REPORT MKCOL LOCK UNLOCK SEARCH MOVE COPY'.split(
    ' ',
  );

describe('the answer to Envoy', () => {
  afterEach(() => system.mend());

  it('costs one point read', async () => {
    for (;;) {
      await ask({ headers: certified('nobody') });
      const answers: RawAnswer[] = [];
      const cost = await costOf(system, async () => {
        answers.push(await askOnce({ headers: certified('nobody') }));
      });
      // The read of a late decision may come after it.
      if (!answers[0]?.headers.has('x-access-decision-id')) continue;
      expect(cost).toEqual({ read: 1 });
      return;
    }
  });

  it('is exactly 200 for an allowed device', async () => {
    const { status, headers, body } = await ask({ headers: certified(await known()) });
    expect([status, body]).toEqual([200, '']);
    expect(Object.fromEntries(headers)).toMatchObject({
      'cache-control': 'no-store',
      'x-access-decision': 'allow',
      'x-access-decision-id': expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      'x-access-reason': 'allowedByPolicy',
      'x-identified-by': 'clientCertificate',
    });
  });

  it('is 403 with the reasons and a remediation link for a blocked device', async () => {
    const { status, headers, body } = await ask({ headers: certified('nobody') });
    expect([status, body]).toEqual([403, '']);
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-access-decision': 'block',
      'x-access-reason': 'compliantDeviceRequired,deviceNotEnrolled',
      'x-remediation-location': expect.stringContaining('/api/remediation/') as string,
    });
  });

  it.each(METHODS)('is the same for the method %s, with a path and without', async (method) => {
    const deviceId = await known();
    for (const target of [
      `${PREFIX}/`,
      '/api/access/envoy/companyApp:payroll',
      '/api/access/envoy/companyApp:payroll/',
      '/api/access/envoy/companyApp:payroll/a/b%20c/d?e=/f',
    ]) {
      const allowed = await ask({ method, target, headers: certified(deviceId) });
      const blocked = await ask({ method, target, headers: certified('nobody') });
      expect([target, allowed.status, blocked.status]).toEqual([target, 200, 403]);
      expect([allowed.body, blocked.body]).toEqual(['', '']);
    }
  });

  it.each([
    '/../../../health/live',
    '/../../../../api/health/live',
    '/..%2f..%2f..%2fhealth/live',
    '/%2e%2e/%2e%2e/%2e%2e/health/live',
    '/\\..\\..\\..\\health\\live',
    '//../../../health/live',
    '/&path=x#/../../health/live',
  ])('is about the configured resource, whatever the path is: %s', async (path) => {
    const { status, headers } = await ask({
      target: `${PREFIX}${path}`,
      headers: certified('nobody'),
    });
    expect([status, headers.get('x-access-reason')]).toEqual([
      403,
      'compliantDeviceRequired,deviceNotEnrolled',
    ]);
  });

  it('is 403 for a certificate from an untrusted proxy', async () => {
    const headers = certified(await known());
    const signed = await system.sign({ azp: 'untrusted', roles: ['Access.Decide'] });
    for (const token of [signed, KEY_NAMED_ENTRA]) {
      const answer = await ask({ token, headers });
      expect([answer.status, answer.headers.get('x-access-reason')]).toEqual([
        403,
        'unauthenticated',
      ]);
    }
  });

  it.each([
    ['a wrong key', { token: 'a'.repeat(43) }, 'unauthenticated'],
    ['an invalid token', { token: 'a.b.c' }, 'unauthenticated'],
    ['no device', {}, 'unauthenticated'],
    ['an unknown resource', { target: '/api/access/envoy/payroll' }, 'invalidRequest'],
  ])('is 403 for %s', async (_, asking, reason) => {
    const { status, headers, body } = await ask(asking);
    expect([status, body]).toEqual([403, '']);
    expect(headers.get('x-access-decision')).toBe('block');
    expect(headers.get('x-access-reason')).toBe(reason);
  });

  it('is 403 for a token without the role', async () => {
    const token = await system.client.token('sepMobile');
    const { status, headers } = await ask({ token, headers: certified(await known()) });
    expect([status, headers.get('x-access-reason')]).toEqual([403, 'accessDenied']);
  });

  it.each(METHODS)('is 403 to a %s without any token', async (method) => {
    const { api } = system.stack.description;
    const lines = [`${method} ${PREFIX}/ HTTP/1.1`, 'host: mtd.example', 'content-length: 0'];
    expect((await sendRaw(api, lines)).status).toBe(403);
  });

  it('is 404 to a TRACE, which the runtime cannot read and which Envoy blocks for it', async () => {
    const { status } = await askOnce({ method: 'TRACE', headers: certified(await known()) });
    expect(status).toBe(404);
  });

  it('is 403 while the database is down', async () => {
    const deviceId = await known();
    await system.fail({ kind: 'status', status: 503 });
    const { status, headers } = await askOnce({ headers: certified(deviceId) });
    expect([status, headers.get('x-access-reason')]).toEqual([403, 'serviceNotAvailable']);
  });

  it('is 403 long before the timeout of a slow database', async () => {
    const deviceId = await known();
    await system.fail({ kind: 'delay', delayInMs: 60_000, container: 'devices' });
    const answered: string[] = [];
    // The same decision at the endpoint that waits for the database.
    void system.client
      .decide({ deviceId }, 'companyApp:payroll')
      .catch(() => undefined)
      .then(() => answered.push('decision'));
    const { status, headers } = await askOnce({ headers: certified(deviceId) });
    expect([status, headers.get('x-access-reason')]).toEqual([403, 'serviceNotAvailable']);
    expect(answered).toEqual([]);
  });
});

describe('a proxy that asks too often', () => {
  const limited = limitedStack();

  it('gets 403 with the reason from Envoy’s endpoint', async () => {
    const token = await busyCaller(limited);
    const asking = { at: limited, token, headers: ['x-device-id: nobody'] };
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(asking)));
    const reasons = new Set(answers.map(({ headers }) => headers.get('x-access-reason')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([403]));
    expect(reasons).toContain('activityLimitReached');
  });
});
