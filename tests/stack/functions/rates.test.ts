import { randomUUID } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Answer } from '../../../infra/local/demo/outerClient.ts';
import { PROJECT_ROOT } from '../../../infra/node/projectRoot.ts';
import { defined } from '../../../shared/base/defined.ts';
import { createDecisionId } from '../../../shared/core/decisions/decisionId.ts';
import type { Operation } from '../../../shared/edge/openApi/operation.ts';
import { OPERATIONS } from '../../../shared/edge/openApi/toOpenApi.ts';
import { exampleRequest } from '../../support/exampleRequest.ts';
import { AUTHENTICATION_EVENTS } from '../../support/quietSettings.ts';
import { FEW_DECISIONS_PER_SECOND, limitedStack } from '../../support/sharedStacks.ts';

/** The operations whose rate is not that of a caller with a bearer token, and why. */
const OTHER_LIMITS: Readonly<Record<string, string>> = {
  consentToPartnerWebhook: 'answers from the headers of the request alone',
  receivePartnerWebhook:
    'only SEP Mobile can sign, and a refused event is bad news that is lost; Service Bus throttles for us',
  health: 'the platform asks, without a token; the answer holds no data',
  getOpenApi: 'the same bytes for everybody, which caches keep',
  getRemediation: 'a rate for each ticket: `remediation.test.ts`',
  getCloudflareKeys: 'answers from memory; caches keep it',
  getSsfConfiguration: 'answers from memory; caches keep it',
  getSsfConfigurationOfPath: 'answers from memory; caches keep it',
  getSsfKeys: 'answers from memory; caches keep it',
  assessCloudflarePosture: 'a rate for each service token: `cloudflare.test.ts`',
  evaluateCloudflareAccess: 'a rate for the whole team, since its token names no caller',
};

/** The endpoints that are no operation of the API, and why they need no rate. */
const OUTSIDE_THE_API: Readonly<Record<string, string>> = {
  rejectRoot: 'answers 404 to everything, from memory',
};

const limited = limitedStack();
const table = OPERATIONS.filter(({ access }) => typeof access !== 'string' || access === 'entra');

/** The token of a caller that has just used up its rate for a minute and a half: it has acknowledged 1,000 events. */
async function indebtedCaller({ access }: Operation): Promise<string> {
  const roles = typeof access === 'string' ? [] : access;
  const caller = typeof access === 'string' ? AUTHENTICATION_EVENTS : randomUUID();
  const token = await limited.sign({ azp: caller, appid: caller, roles: [...roles, 'ssf.read'] });
  await use(token, 'POST', 'ssf/poll/nobody', { json: { ack: Array<string>(1000).fill('x') } });
  return token;
}

function use(
  token: string,
  method: string,
  path: string,
  options: { readonly json?: unknown; readonly body?: string; readonly headers?: object } = {},
): Promise<Answer> {
  return limited.client.request(method, path, {
    ...options,
    headers: { ...options.headers, authorization: `Bearer ${token}` },
  });
}

function send(operation: Operation, token: string): Promise<Answer> {
  const { method, path, headers, body } = exampleRequest(operation);
  return use(token, method, path, { headers, ...defined({ body }) });
}

describe('every operation', () => {
  it('has a rate for its caller, or a reason why not', () => {
    const others = OPERATIONS.filter((each) => !table.includes(each));
    expect(others.map(({ operationId }) => operationId).toSorted()).toEqual(
      Object.keys(OTHER_LIMITS).toSorted(),
    );
  });

  it('is known by its path, so that no endpoint escapes this test', () => {
    const toPattern = (path: string): string => path.replaceAll(/\{[^}]*\}/g, '{}');
    const known = new Set(
      OPERATIONS.map(({ path }) =>
        toPattern(path.startsWith('/.well-known/') ? path : `/api${path}`),
      ),
    );
    const unknown = globSync('functions/**/*.ts', { cwd: PROJECT_ROOT }).filter((file) => {
      const route = /\broute: '([^']+)'/.exec(readFileSync(join(PROJECT_ROOT, file), 'utf8'))?.[1];
      if (route === undefined) return false;
      const variants = [route, route.replace(/\/\{(?:\*[^}]*|[^}]*\?)\}$/, '')];
      return !variants.some((variant) => known.has(toPattern(`/${variant}`)));
    });
    expect(unknown.map((file) => basename(file, '.ts'))).toEqual(Object.keys(OUTSIDE_THE_API));
  });

  it.each(table.map((operation) => [operation.operationId, operation] as const))(
    'is refused to a caller that has used up its rate: %s',
    async (_, operation) => {
      const { status, headers } = await send(operation, await indebtedCaller(operation));
      // Envoy gets 403 for everything that does not allow.
      if (operation.path.startsWith('/access/envoy')) {
        expect([status, headers.get('x-access-reason')]).toEqual([403, 'activityLimitReached']);
        return;
      }
      expect(status).toBe(429);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(1);
    },
  );
});

describe('a list, or an answer that counts all devices', () => {
  /** Everything that reads more than one device or document. */
  const LISTS = [
    'deviceManagement/managedDevices',
    'deviceManagement/managedDevices?$top=1',
    'deviceManagement/deviceCompliancePolicies',
    'deviceManagement/mobileThreatDefenseConnectors',
    'deviceManagement/threatDefinitions',
    'deviceManagement/reportFaults',
    'deviceManagement/auditEvents',
    'deviceManagement/silenceBreaker',
    'deviceManagement/reevaluation',
    'deviceManagement/enrolmentSync',
    'identity/conditionalAccess/policies',
    'setup',
    'quarantine',
    'webhookEndpoints',
    'ssf/streams',
    'nac/devices?querycriteria=compliance&value=false',
    'nac/devices?querycriteria=username&value=ada@contoso.example',
    'nac/ciscoise/devices?querycriteria=compliance&value=false',
  ];
  const roles = ['Devices.Read.All', 'Configuration.ReadWrite.All'];

  it.each(LISTS)('costs as much as a hundred devices: %s', async (path) => {
    const token = await limited.sign({ azp: randomUUID(), roles });
    const statusOf = async (): Promise<number> => (await use(token, 'GET', path)).status;
    // The whole budget is a hundred decisions, so even after some seconds there is not enough for a second list.
    const both = [await statusOf(), await statusOf()];
    expect(both).toEqual([200, 429]);
    expect(100 / FEW_DECISIONS_PER_SECOND).toBeGreaterThan(5);
  });

  it('costs as much as the search for a decision in the log', async () => {
    const token = await limited.sign({ azp: randomUUID(), roles });
    const path = `accessDecisions/${createDecisionId(new Date(), '01234567')}`;
    const statusOf = async (): Promise<number> => (await use(token, 'GET', path)).status;
    expect([await statusOf(), await statusOf()]).toEqual([404, 429]);
  });

  it('costs more if its page is larger, so its caller waits longer', async () => {
    const token = await limited.sign({ azp: randomUUID(), roles });
    const path = 'deviceManagement/managedDevices?$top=999';
    expect((await use(token, 'GET', path)).status).toBe(200);
    const { status, headers } = await use(token, 'GET', path);
    expect(status).toBe(429);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(60);
  });
});

describe('a poll of a stream', () => {
  it('costs one for each event that it acknowledges, made up or not', async () => {
    const token = await limited.sign({ azp: randomUUID(), roles: ['ssf.read'] });
    const poll = (count: number): Promise<Answer> =>
      use(token, 'POST', 'ssf/poll/nobody', { json: { ack: Array<string>(count).fill('x') } });
    expect((await poll(999)).status).toBe(404);
    const { status, headers } = await poll(0);
    expect(status).toBe(429);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(60);
  });
});

describe('telemetry by token', () => {
  it('costs more if it is longer, and a repeat of what is rejected is stored once', async () => {
    const token = await limited.sign({ azp: randomUUID(), roles: ['Telemetry.Write'] });
    const json = { deviceId: `phone-${randomUUID()}`, observedDateTime: 'yesterday' };
    const before = await quarantined();
    for (let repeat = 0; repeat < 3; repeat += 1)
      expect((await use(token, 'POST', 'telemetry', { json })).status).toBe(400);
    const after = await quarantined();
    expect(after.filter((name) => !before.includes(name))).toHaveLength(1);

    const other = await limited.sign({ azp: randomUUID(), roles: ['Telemetry.Write'] });
    expect((await use(other, 'POST', 'telemetry', { json })).status).toBe(400);
    expect((await quarantined()).filter((name) => !before.includes(name))).toHaveLength(2);

    const long = { ...json, text: 'x'.repeat(1_000_000) };
    const statuses: number[] = [];
    for (let repeat = 0; repeat < 3; repeat += 1)
      statuses.push((await use(other, 'POST', 'telemetry', { json: long })).status);
    expect(statuses).toContain(429);
  });

  async function quarantined(): Promise<readonly string[]> {
    const token = await limited.sign({ azp: randomUUID(), roles: ['Configuration.Read.All'] });
    const { body } = await use(token, 'GET', 'quarantine?$top=999');
    return (body['value'] as readonly { readonly name: string }[]).map(({ name }) => name);
  }
});

describe('the rate of an event source', () => {
  it('is not used up by somebody who signs without its secret', async () => {
    const id = `source-${randomUUID()}`;
    const admin = await limited.sign({ azp: id, roles: ['Configuration.ReadWrite.All'] });
    const json = { id, displayName: id, kind: 'sepMobileSiem', isEnabled: true };
    expect((await use(admin, 'POST', 'deviceManagement/eventSources', { json })).status).toBe(201);
    const path = `eventSources/${id}/events`;
    const forged = {
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(Math.floor(Date.now() / 1000)),
      'webhook-signature': `v1,${Buffer.alloc(32).toString('base64')}`,
    };
    for (let repeat = 0; repeat < 15; repeat += 1) {
      const answers = Array.from({ length: 10 }, () =>
        limited.client.request('POST', path, { body: '{}', headers: forged }),
      );
      const statuses = (await Promise.all(answers)).map(({ status }) => status);
      expect(new Set(statuses)).toEqual(new Set([401]));
    }
    const sender = await limited.sign({ azp: randomUUID(), roles: ['Telemetry.Write'] });
    const event = { type: 'Malware', severity: 'high', device: { udid: randomUUID() } };
    expect((await use(sender, 'POST', path, { json: event })).status).toBe(202);
  });

  it('limits what all of its senders send together, by the size that it unpacks into', async () => {
    const id = `source-${randomUUID()}`;
    const admin = await limited.sign({ azp: id, roles: ['Configuration.ReadWrite.All'] });
    const json = { id, displayName: id, kind: 'sepMobileSiem', isEnabled: true };
    await use(admin, 'POST', 'deviceManagement/eventSources', { json });
    const event = { type: 'Malware', severity: 'high', text: 'x'.repeat(900_000) };
    const body = new Uint8Array(gzipSync(JSON.stringify(event)));
    const statuses: number[] = [];
    for (let repeat = 0; repeat < 3; repeat += 1) {
      const token = await limited.sign({ azp: randomUUID(), roles: ['Telemetry.Write'] });
      const headers = { authorization: `Bearer ${token}` };
      const path = `eventSources/${id}/events`;
      statuses.push((await limited.client.request('POST', path, { body, headers })).status);
    }
    expect(statuses).toContain(429);
  });
});
