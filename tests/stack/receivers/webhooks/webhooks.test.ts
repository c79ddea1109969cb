import { createServer, type IncomingMessage } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Answer } from '../../../../infra/local/demo/outerClient.ts';
import { enrolSubscribed } from '../../../support/enrolSubscribed.ts';
import { timedStack } from '../../../support/sharedStacks.ts';
import { eventually } from '../../../support/eventually.ts';
import { listenOnLoopback } from '../../../../infra/local/listenOnLoopback.ts';
import { stopServer } from '../../../support/stopServer.ts';
import { defined } from '../../../../shared/base/defined.ts';

const system = timedStack();

interface Delivery {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A receiver on loopback: its consent, its next answers, and the received deliveries. */
const receiver = {
  consent: '*' as string | undefined,
  statuses: [] as number[],
  received: [] as Delivery[],
  requests: 0,
};
const server = createServer((request, response) => {
  receiver.requests += 1;
  readText(request).then(
    (body) => {
      if (request.method === 'OPTIONS') {
        const { consent } = receiver;
        // Only the header counts, not the status.
        response
          .writeHead(405, consent === undefined ? {} : { 'WebHook-Allowed-Origin': consent })
          .end();
        return;
      }
      const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
      receiver.received.push({ headers: Object.fromEntries(headers) as Delivery['headers'], body });
      response.writeHead(receiver.statuses.shift() ?? 204).end();
    },
    () => response.destroy(),
  );
});

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

let url: string;
beforeAll(async () => {
  url = `${await listenOnLoopback(server)}/hook`;
});
afterAll(() => stopServer(server));

const call = (method: string, path = '', json?: object): Promise<Answer> =>
  system.client.request(method, `webhookEndpoints${path}`, {
    as: 'admin',
    ...defined({ json }),
  });

beforeEach(async () => {
  const { body } = await call('GET');
  for (const { id } of body['value'] as { id: string }[]) await call('DELETE', `/${id}`);
  receiver.consent = '*';
  receiver.statuses = [];
  receiver.received = [];
});

interface Endpoint {
  readonly id: string;
  readonly secret: string;
}

async function create(json: object = {}): Promise<Endpoint> {
  const { status, body } = await call('POST', '', { url, ...json });
  expect(status).toBe(201);
  return { id: String(body['id']), secret: String(body['secret']) };
}

const enrolHealthy = (properties: object = {}): Promise<string> =>
  enrolSubscribed(system, { ...properties });

const setRisk = (deviceId: string, riskLevel: 'minimal' | 'high'): Promise<Answer> =>
  system.client.sendEvents([{ type: 'sepmobile.device.risk', data: { deviceId, riskLevel } }]);

/** The first delivery about the device with such an event. */
function receivedAbout(
  deviceId: string,
  isMeant: (event: Event) => boolean = () => true,
): Promise<Delivery> {
  return eventually(
    () =>
      receiver.received.find(({ body }) => {
        const event = JSON.parse(body) as Event;
        return event.subject === deviceId && isMeant(event);
      }),
    (found) => found !== undefined,
  ) as Promise<Delivery>;
}

interface Event {
  readonly id: string;
  readonly type: string;
  readonly subject?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

describe('an endpoint', () => {
  it('is created if it consents, and its secret is shown once', async () => {
    receiver.consent = new URL(system.stack.description.api).host;
    const { status, body, headers } = await call('POST', '', { url, displayName: 'Mail' });
    expect([status, headers.get('location')]).toEqual([
      201,
      `/api/webhookEndpoints/${String(body['id'])}`,
    ]);
    expect(body).toMatchObject({
      displayName: 'Mail',
      status: 'enabled',
      eventTypes: ['mtd.device.changed', 'mtd.device.notice'],
      secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/) as string,
    });
    const read = await call('GET', `/${String(body['id'])}`);
    expect([read.status, 'secret' in read.body, read.text.includes('keyId')]).toEqual([
      200,
      false,
      false,
    ]);
  });

  it.each([
    ['no consent', undefined],
    ['a consent for another origin', 'other.example'],
  ])('is rejected with %s, whatever the status is', async (_, consent) => {
    receiver.consent = consent;
    const { status, body } = await call('POST', '', { url });
    expect([status, body]).toMatchObject([
      400,
      {
        error: {
          details: [
            { path: '/url', message: expect.stringContaining('WebHook-Allowed-Origin') as string },
          ],
        },
      },
    ]);
  });

  it('has to consent again at a new address', async () => {
    const { id } = await create();
    receiver.consent = undefined;
    const moved = await call('PATCH', `/${id}`, { url: `${url}/elsewhere` });
    expect(moved.status).toBe(400);
    receiver.consent = '*';
    const { status, body } = await call('PATCH', `/${id}`, { url: `${url}/elsewhere` });
    expect([status, body['url']]).toEqual([200, `${url}/elsewhere`]);
  });

  it('is rejected at a forbidden address without a request to it', async () => {
    const { port } = new URL(url);
    const before = receiver.requests;
    const hosts = ['127.0.0.2', '[::1]', '[::ffff:10.0.0.1]', '10.0.0.1', '169.254.169.254', '0'];
    const urls = [
      ...hosts.map((host) => `http://${host}:${port}/hook`),
      ...hosts.map((host) => `https://${host}:${port}/hook`),
      `http://user:secret@127.0.0.1:${port}/hook`,
      'ftp://127.0.0.1/hook',
      'nonsense',
    ];
    for (const each of urls) {
      const { status, body } = await call('POST', '', { url: each });
      expect([each, status, body]).toMatchObject([
        each,
        400,
        { error: { details: [{ path: '/url' }] } },
      ]);
    }
    expect(receiver.requests).toBe(before);
  });

  it('is rejected with a wrong body, and the field is named', async () => {
    for (const [json, path] of [
      [{}, '/url'],
      [{ url, eventTypes: ['mtd.everything'] }, '/eventTypes/0'],
      [{ url, secret: 'mine' }, '/secret'],
    ] as const) {
      const { status, body } = await call('POST', '', json);
      expect([status, body]).toMatchObject([400, { error: { details: [{ path }] } }]);
    }
  });

  it('is changed only in the version that was read', async () => {
    const { id } = await create();
    const { headers } = await system.client.request('GET', `webhookEndpoints/${id}`, {
      as: 'admin',
    });
    const patch = (etag: string | null): Promise<Answer> =>
      system.client.request('PATCH', `webhookEndpoints/${id}`, {
        as: 'admin',
        json: { displayName: 'New' },
        headers: { 'if-match': etag ?? '' },
      });
    expect((await patch(headers.get('etag'))).status).toBe(200);
    expect((await patch(headers.get('etag'))).status).toBe(412);
  });

  it('is gone after its deletion', async () => {
    const { id } = await create();
    expect((await call('DELETE', `/${id}`)).status).toBe(204);
    expect((await call('GET', `/${id}`)).status).toBe(404);
  });

  it('is audited without its secret', async () => {
    const { id } = await create();
    const { text } = await system.client.request('GET', 'deviceManagement/auditEvents?$top=1', {
      as: 'admin',
    });
    expect(text).toContain(id);
    expect(text).not.toContain('whsec_');
  });
});

describe('a transition', () => {
  it('is sent as a signed CloudEvent', async () => {
    const deviceId = await enrolHealthy({ userPrincipalName: 'ada@contoso.example' });
    const { secret } = await create();
    await setRisk(deviceId, 'high');
    const { headers, body } = await receivedAbout(deviceId);
    new Webhook(secret).verify(body, headers);
    expect(headers['content-type']).toMatch(/^application\/cloudevents\+json/);
    expect(headers['webhook-request-origin']).toBe(new URL(system.stack.description.api).host);
    expect(JSON.parse(body)).toMatchObject({
      specversion: '1.0',
      type: 'mtd.device.changed',
      source: system.stack.description.api,
      subject: deviceId,
      data: {
        deviceId,
        userPrincipalName: 'ada@contoso.example',
        previous: { complianceState: 'compliant', partnerReportedThreatState: 'secured' },
        current: { complianceState: 'noncompliant', partnerReportedThreatState: 'highSeverity' },
        reasonCodes: expect.arrayContaining(['threatLevelAboveCeiling']) as string[],
      },
    });
    expect(() => new Webhook(secret).verify(`${body} `, headers)).toThrow(/signature/i);
  });

  it('is sent again until it is accepted, with the same id and body', async () => {
    const deviceId = await enrolHealthy();
    await create();
    receiver.statuses = [500];
    await setRisk(deviceId, 'high');
    const received = await eventually(
      () => receiver.received.filter(({ body }) => body.includes(deviceId)),
      (found) => found.length === 2,
    );
    const [first, second] = received;
    expect(second?.body).toBe(first?.body);
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
  });

  it('is not sent to an endpoint for notices', async () => {
    const deviceId = await enrolHealthy();
    const { id } = await create({ eventTypes: ['mtd.device.notice'] });
    await create();
    await setRisk(deviceId, 'high');
    await receivedAbout(deviceId);
    const { body } = await call('GET', `/${id}/deliveries`);
    expect(body['value']).toEqual([]);
  });
});

describe('a notice', () => {
  it('is sent before the block, with the time of the block and the recipients', async () => {
    const policy = 'deviceManagement/deviceCompliancePolicies/android-baseline';
    const json = {
      scheduledActionsForRule: [
        {
          ruleName: 'PasswordRequired',
          scheduledActionConfigurations: [
            { actionType: 'block', gracePeriodHours: 24 },
            {
              actionType: 'notification',
              gracePeriodHours: 0,
              notificationTemplateId: 'template-1',
              notificationMessageCCList: ['helpdesk'],
            },
          ],
        },
      ],
    };
    const changed = await system.client.request('PATCH', policy, { as: 'admin', json });
    expect(changed.status).toBe(200);
    const deviceId = await enrolHealthy();
    await create();
    await setRisk(deviceId, 'high');
    const { body } = await receivedAbout(deviceId, ({ type }) => type === 'mtd.device.notice');
    const { data } = JSON.parse(body) as Event;
    expect(data).toMatchObject({
      actionType: 'notification',
      policyId: 'android-baseline',
      notificationTemplateId: 'template-1',
      notificationMessageCCList: ['helpdesk'],
    });
    const wait =
      Date.parse(String(data['blockDateTime'])) -
      Date.parse(String(data['noncompliantSinceDateTime']));
    expect(wait).toBe(24 * 60 * 60 * 1000);
    await system.client.request('PATCH', policy, {
      as: 'admin',
      json: { scheduledActionsForRule: null },
    });
  });
});

describe('a secret', () => {
  it('signs beside its predecessors after a rotation', async () => {
    const deviceId = await enrolHealthy();
    const { id, secret: old } = await create();
    const { status, body } = await call('POST', `/${id}/rotateSecret`);
    const next = String(body['secret']);
    expect([status, next === old]).toEqual([200, false]);
    await setRisk(deviceId, 'high');
    const earlier = await receivedAbout(deviceId);
    const third = String((await call('POST', `/${id}/rotateSecret`)).body['secret']);
    await setRisk(deviceId, 'minimal');
    const later = await receivedAbout(deviceId, ({ data }) => {
      const current = data['current'] as { readonly complianceState?: string } | undefined;
      return current?.complianceState === 'compliant';
    });
    for (const secret of [old, next, third]) new Webhook(secret).verify(later.body, later.headers);
    for (const secret of [old, next]) new Webhook(secret).verify(earlier.body, earlier.headers);
    const stranger = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    expect(() => new Webhook(stranger).verify(earlier.body, earlier.headers)).toThrow(/signature/i);
  });
});

describe('an endpoint that answers 410', () => {
  it('is disabled until an operator enables it again', async () => {
    const deviceId = await enrolHealthy();
    const { id } = await create();
    receiver.statuses = [410, 410];
    await setRisk(deviceId, 'high');
    await eventually(
      () => call('GET', `/${id}`),
      ({ body }) => body['status'] === 'disabled' && body['disabledReason'] === 'gone',
    );
    receiver.statuses = [];
    await eventually(
      () => system.client.request('GET', 'deviceManagement/auditEvents', { as: 'admin' }),
      ({ body }) =>
        (body['value'] as readonly Record<string, unknown>[]).some(
          (event) =>
            event['activityType'] === 'disable webhookEndpoint' && event['resourceId'] === id,
        ),
    );
    const enabled = await call('PATCH', `/${id}`, { status: 'enabled' });
    expect([enabled.status, enabled.body['disabledReason']]).toEqual([200, undefined]);
    await setRisk(deviceId, 'minimal');
    await receivedAbout(deviceId, ({ data }) => {
      const current = data['current'] as { readonly complianceState?: string } | undefined;
      return current?.complianceState === 'compliant';
    });
  });
});

describe('the delivery log', () => {
  it('lists the attempts with their outcomes, latest first', async () => {
    const { id } = await create();
    receiver.statuses = [503];
    const failed = await call('POST', `/${id}/test`);
    expect([failed.status, failed.body]).toMatchObject([
      200,
      { type: 'mtd.test', outcome: 'failed', status: 503, code: 'http503' },
    ]);
    const good = await call('POST', `/${id}/test`);
    expect(good.body).toMatchObject({ outcome: 'delivered', status: 204 });
    const { host } = new URL(system.stack.description.api);
    expect(receiver.received.at(-1)?.headers['webhook-request-origin']).toBe(host);
    const { body } = await call('GET', `/${id}/deliveries?$top=1`);
    expect(body['value']).toEqual([good.body]);
    const next = new URL(String(body['@odata.nextLink']));
    const rest = await call('GET', `/${id}/deliveries${next.search}`);
    expect(rest.body['value']).toEqual([failed.body]);
  });
});
