import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../../../infra/local/demo/outerClient.ts';
import { OPERATIONS } from '../../../shared/edge/openApi/toOpenApi.ts';
import { exampleRequest } from '../../support/exampleRequest.ts';
import { LIMITED_KEYS } from '../../support/quietSettings.ts';
import { quietStack } from '../../support/sharedStacks.ts';

const system = quietStack();
const deviceId = randomUUID();
const APP = 'companyApp:payröll,EU';

beforeAll(() => system.enrolHealthy(deviceId, { wiFiMacAddress: '02:00:5e:31:00:01' }));

type LimitedCaller = keyof typeof LIMITED_KEYS;

function send(name: LimitedCaller, path: string, json?: unknown): Promise<Answer> {
  return system.client.request(json === undefined ? 'GET' : 'POST', path, {
    ...(json === undefined ? {} : { json }),
    headers: { authorization: `Bearer ${LIMITED_KEYS[name].key}`, 'x-device-id': deviceId },
  });
}

const decide = (name: LimitedCaller, ...resources: readonly string[]): Promise<Answer> =>
  send(
    name,
    'accessDecisions',
    resources.map((resource) => ({ device: { deviceId }, resource })),
  );

const inPath = encodeURIComponent(APP);

describe('a key that is limited to endpoints and resources', () => {
  it.each([
    ['wifi-controller', 'access/radius/wifi?mac=02005e310001', 204],
    ['wifi-controller', 'access/radius/exchangeOnline?mac=02005e310001', 403],
    ['wifi-controller', 'access/nginx/wifi', 403],
    ['wifi-controller', 'access/envoy/wifi', 403],
    ['payroll-site', `access/nginx/${inPath}`, 204],
    ['payroll-site', 'access/nginx/companyApp:payroll', 403],
    ['payroll-site', 'access/nginx/exchangeOnline', 403],
    ['payroll-site', 'access/envoy/exchangeOnline', 200],
    ['payroll-site', `access/envoy/${inPath}`, 200],
    ['payroll-site', `access/radius/${inPath}?mac=02005e310001`, 403],
  ] as const)('of `%s` gets from `%s` the status %i', async (name, path, status) => {
    expect((await send(name, path)).status).toBe(status);
  });

  it('gets no decision, and no reason, at another endpoint', async () => {
    for (const name of ['wifi-controller', 'payroll-site'] as const) {
      const { status, text, body } = await decide(name, 'wifi');
      expect([status, body]).toMatchObject([403, { error: { code: 'accessDenied' } }]);
      expect(text).not.toMatch(/compliant|reason/);
    }
  });

  it('is valid as a password too, with the same limits', async () => {
    const basic = Buffer.from(`wifi-controller:${LIMITED_KEYS['wifi-controller'].key}`);
    const headers = { authorization: `Basic ${basic.toString('base64')}` };
    const statusOf = async (path: string): Promise<number> =>
      (await system.client.request('GET', path, { headers })).status;
    expect(await statusOf('access/radius/wifi?mac=02005e310001')).toBe(204);
    expect(await statusOf('access/radius/oneDrive?mac=02005e310001')).toBe(403);
  });

  it('opens no other endpoint', async () => {
    const others = OPERATIONS.filter(
      ({ access, operationId }) => typeof access !== 'string' && operationId !== 'authorizeRadius',
    );
    expect(others.length).toBeGreaterThan(50);
    const headers = { authorization: `Bearer ${LIMITED_KEYS['wifi-controller'].key}` };
    const answers = await Promise.all(
      others.map(async (operation) => {
        const { method, path, headers: more, body } = exampleRequest(operation);
        const { status } = await system.client.request(method, path, {
          ...(body === undefined ? {} : { body }),
          headers: { ...more, ...headers },
        });
        return [operation.operationId, status];
      }),
    );
    expect(answers).toEqual(others.map(({ operationId }) => [operationId, 403]));
  });
});
