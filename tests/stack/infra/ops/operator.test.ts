import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { join } from 'node:path';
import { ServiceBusClient } from '@azure/service-bus';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { OuterClient } from '../../../../infra/local/demo/outerClient.ts';
import type { Stack, StackDescription } from '../../../../infra/local/stack/startStack.ts';
import { listDeadLetters } from '../../../../infra/ops/deadLetters.ts';
import { runOps } from '../../../../infra/ops/runOps.ts';
import { callCommand, type CommandOutcome } from '../../../support/commandIo.ts';
import { eventually } from '../../../support/eventually.ts';
import { identityCredential } from '../../../support/identityCredential.ts';
import { stackMac } from '../../../support/stackMac.ts';
import { spawnCommand, startCommand } from '../../../support/spawnCommand.ts';
import { startTestStack } from '../../../support/startTestStack.ts';
import { listenOnLoopback } from '../../../../infra/local/listenOnLoopback.ts';
import { stopServer } from '../../../support/stopServer.ts';

const MAIN = 'infra/ops/main.ts';
const stateFolder = mkdtempSync(join(inject('runFolder'), 'operator-'));
let stack: Stack;
let client: OuterClient;
beforeAll(async () => {
  // A busy worker may be killed at its restart; with short locks its messages are soon delivered again.
  stack = await startTestStack({ stateFolder, lockDuration: 'PT5S' });
  client = new OuterClient(stack.description);
});
afterAll(() => stack.stop());

/** A client with the clock of the restarted system. */
const LATER_IN_SECONDS = 7200;
const later = (): OuterClient =>
  new OuterClient(stack.description, () => new Date(Date.now() + LATER_IN_SECONDS * 1000));

const ops = (...words: readonly string[]): Promise<CommandOutcome> =>
  callCommand(runOps, [...words, '--folder', stateFolder]);
const json = async (...words: readonly string[]): Promise<unknown> =>
  JSON.parse((await ops(...words, '--json')).out) as unknown;

type Entry = Readonly<Record<string, unknown>>;
const quarantined = async (): Promise<readonly Entry[]> =>
  (await json('quarantine', 'list')) as readonly Entry[];

const riskOf = (deviceId: string, riskLevel: string): Parameters<OuterClient['sendEvents']>[0] => [
  { type: 'sepmobile.device.risk', data: { deviceId, riskLevel } },
];
const threatOf = async (deviceId: string): Promise<unknown> =>
  (await client.compliance(deviceId)).body['partnerReportedThreatState'];

describe('the quarantine', () => {
  it('is empty at first, and a replay needs a name', async () => {
    expect(await quarantined()).toEqual([]);
    expect((await ops('quarantine', 'list')).out.trim()).toBe('none');
    expect((await ops('quarantine', 'replay')).code).toBe(2);
    expect((await ops('quarantine', 'show', '../secrets.json')).code).toBe(1);
  });

  it('replays events that have become valid, and keeps the invalid ones with the reason', async () => {
    const deviceId = 'dated-ahead';
    await client.enrol(deviceId, { operatingSystem: 'Android', osVersion: '15' });
    // An hour ahead of the system's clock.
    const ahead = new Date(Date.now() + 3_600_000);
    // Bad news would count at once.
    const [risk] = riskOf(deviceId, 'minimal');
    if (risk === undefined) throw new Error('there is no event');
    await client.sendEvents([
      { ...risk, time: ahead },
      { type: 'sepmobile.device.exploded', data: { deviceId } },
    ]);
    const [entry] = await quarantined();
    expect(entry).toMatchObject({ source: 'webhook', rejectedCount: 2, code: 'observedInFuture' });
    const name = String(entry?.['name']);
    expect((await ops('quarantine', 'show', name)).out).toContain('device.exploded');

    const early = await ops('quarantine', 'replay', name, '--json');
    expect([early.code, JSON.parse(early.out)]).toMatchObject([1, [{ name, accepted: 0 }]]);
    expect(await quarantined()).toHaveLength(1);

    await stack.stop();
    stack = await startTestStack({ stateFolder, clockOffsetInSeconds: LATER_IN_SECONDS });
    client = later();
    const late = await ops('quarantine', 'replay', name, '--json');
    expect([late.code, JSON.parse(late.out)]).toMatchObject([
      1,
      [{ name, accepted: 1, left: expect.stringContaining('exploded') as string }],
    ]);
    await eventually(
      () => threatOf(deviceId),
      (threat) => threat === 'secured',
    );
    expect(await quarantined()).toMatchObject([{ rejectedCount: 1, code: 'unknownEventType' }]);
    const { body } = await client.request('GET', 'deviceManagement/auditEvents?$top=1', {
      as: 'admin',
    });
    expect(body['value']).toMatchObject([
      { activityType: 'replay quarantined request', resourceId: name },
    ]);
  });

  it('drops requests only after a confirmation', async () => {
    await client.sendEvents([{ type: 'sepmobile.device.exploded', data: {} }]);
    const refused = await ops('quarantine', 'drop', '--all');
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('--yes') as string]);
    expect((await quarantined()).length).toBeGreaterThan(0);
    const other = await ops('quarantine', 'drop', '--code', 'unknownWord', '--yes', '--json');
    expect([other.code, JSON.parse(other.out)]).toEqual([0, []]);
    expect((await ops('quarantine', 'drop', '--all', '--yes')).code).toBe(0);
    expect(await quarantined()).toEqual([]);
  });
});

describe('an unknown word in a report', () => {
  it('is listed with the devices that it blocks, and counts as what the operator says', async () => {
    const deviceId = 'renamed';
    await client.enrol(deviceId, { operatingSystem: 'Android', osVersion: '15' });
    await client.sendEvents([
      { type: 'sepmobile.device.activated', data: { deviceId } },
      { type: 'sepmobile.device.risk', data: { deviceId, riskLevel: 'minimal' } },
    ]);
    await eventually(
      () => threatOf(deviceId),
      (threat) => threat === 'secured',
    );
    await client.sendEvents([
      { type: 'sepmobile.device.risk', data: { deviceId, riskLevel: 'severe' } },
    ]);
    await eventually(
      () => threatOf(deviceId),
      (threat) => threat === 'highSeverity',
    );
    const listed = await ops('report-faults', 'list');
    expect(listed.out).toContain('riskLevel.severe  counting  newly blocks 1 devices');
    expect((await quarantined())[0]).toMatchObject({ code: 'unknownWord', partialCount: 1 });
    expect((await ops('report-faults', 'resolve', 'riskLevel.severe')).code).toBe(2);
    const wrong = await ops('report-faults', 'resolve', 'riskLevel.severe', '--as', 'awful');
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('`medium`') as string]);
    const right = await ops('report-faults', 'resolve', 'riskLevel.severe', '--as', 'low');
    expect([right.code, right.out]).toEqual([
      0,
      expect.stringContaining('state: resolved') as string,
    ]);
    await eventually(
      () => threatOf(deviceId),
      (threat) => threat === 'lowSeverity',
    );
    expect((await ops('report-faults', 'forget', 'riskLevel.severe')).code).toBe(0);
    await eventually(
      () => threatOf(deviceId),
      (threat) => threat === 'highSeverity',
    );
    expect((await ops('reports', 'clear')).code).toBe(2);
    expect((await ops('reports', 'clear', '--device', deviceId)).code).toBe(0);
    expect((await ops('quarantine', 'drop', '--all', '--yes')).code).toBe(0);
  });
});

describe('a re-evaluation', () => {
  it('evaluates one device at once, and prints its state', async () => {
    await client.enrol('one', { operatingSystem: 'iOS', osVersion: '18.1' });
    const { code, out } = await ops('reevaluate', '--device', 'one', '--json');
    expect([code, JSON.parse(out)]).toMatchObject([0, { deviceId: 'one' }]);
    const unknown = await ops('reevaluate', '--device', 'nobody');
    expect([unknown.code, unknown.err]).toEqual([
      1,
      expect.stringContaining('itemNotFound') as string,
    ]);
  });

  it('evaluates all devices, and waits for the last', async () => {
    const begun = (await json('reevaluate', '--no-wait')) as Entry;
    expect(begun['state']).toBe('running');
    const done = (await json('reevaluate')) as Entry;
    expect(done).toMatchObject({ state: 'complete', failedDeviceCount: 0 });
    expect(done['visitedDeviceCount']).toBe(done['managedDeviceCount']);
  });
});

describe('the secret of SEP Mobile', () => {
  const statusOf = async (secret: string): Promise<number> =>
    (await client.sendEvents(riskOf('signed', 'low'), secret)).status;

  it('is rotated while both secrets are accepted', async () => {
    const old = stack.description.webhookSecret;
    expect((await ops('webhook-secret', 'finish')).code).toBe(1);
    const { secret } = (await json('webhook-secret', 'begin')) as { secret: string };
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect([await statusOf(old), await statusOf(secret)]).toEqual([202, 202]);
    expect((await ops('webhook-secret', 'begin')).err).toContain('two secrets are already valid');
    // A restart keeps both secrets.
    await stack.killWorker();
    expect([await statusOf(old), await statusOf(secret)]).toEqual([202, 202]);
    expect((await ops('webhook-secret', 'finish')).code).toBe(0);
    expect([await statusOf(old), await statusOf(secret)]).toEqual([401, 202]);
    const described = JSON.parse(
      readFileSync(join(stateFolder, 'stack.json'), 'utf8'),
    ) as StackDescription;
    expect(described.webhookSecret).toBe(secret);
    expect(described).not.toHaveProperty('nextWebhookSecret');
    client = later();
  });

  it('loses no accepted event during a rotation', async () => {
    const devices = Array.from({ length: 30 }, (_, index) => `rotated-${String(index)}`);
    for (const deviceId of devices)
      await client.enrol(deviceId, { operatingSystem: 'Android', osVersion: '15' });
    const rotation = ops('webhook-secret', 'begin');
    const accepted: string[] = [];
    for (const deviceId of devices) {
      const answer = await client.sendEvents(riskOf(deviceId, 'high')).catch(() => undefined);
      if (answer?.status === 202) accepted.push(deviceId);
    }
    await rotation;
    expect(accepted.length).toBeGreaterThan(0);
    for (const deviceId of accepted)
      await eventually(
        () => threatOf(deviceId),
        (threat) => threat === 'highSeverity',
      );
    await ops('webhook-secret', 'finish');
    client = later();
  });
});

describe('the key of a caller', () => {
  const statusOf = async (key: string): Promise<number> =>
    (
      await client.request('GET', 'nac/ciscoise/mdminfo?ise_api_version=3', {
        headers: { authorization: `Bearer ${key}` },
      })
    ).status;

  it('is listed by its name, and refused once it is revoked', async () => {
    const { nac: old, proxy } = stack.description.callerKeys;
    const listed = await ops('caller-key', 'list');
    expect(listed.out.trim().split('\n')).toEqual(
      ['proxy', 'radius', 'nac'].map((name) => `${name}  no limits`),
    );
    expect(await statusOf(old)).toBe(200);
    expect((await json('caller-key', 'revoke', 'nac')) as Entry).toMatchObject({ revoked: 1 });
    expect(await statusOf(old)).toBe(401);
    const { callerKeys } = stack.description;
    expect(callerKeys.proxy).toBe(proxy);
    expect(await statusOf(callerKeys.nac)).toBe(200);
  });

  it('is revoked only by the name of a caller that has one', async () => {
    expect((await ops('caller-key', 'revoke')).code).toBe(2);
    const unknown = await ops('caller-key', 'revoke', 'nobody');
    expect([unknown.code, unknown.err]).toEqual([1, expect.stringContaining('`nobody`') as string]);
  });
});

describe('an event source', () => {
  const ALERT = {
    type: 'Malware',
    sub_type: 'Evil Twin Of An App',
    event_type: 'opened',
    severity: 'high',
    id: 4711,
    timestamp: new Date(Date.now() - 60_000).toISOString().replace('Z', '+0000'),
    device: { serial_number: 'SOURCE-1' },
  };

  it('is added with a secret that works at once, and its words, devices and state are shown', async () => {
    const deviceId = 'by-serial-number';
    await client.enrol(deviceId, {
      operatingSystem: 'iOS',
      osVersion: '18',
      serialNumber: 'SOURCE-1',
    });
    const added = (await json('sources', 'add', 'sep-siem', '--kind', 'sepMobileSiem')) as Entry;
    const push = (body: unknown, secret = String(added['secret'])): Promise<Response> =>
      fetch(`${stack.description.api}/api/eventSources/sep-siem/events`, {
        method: 'POST',
        headers: { 'x-api-key': secret, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    expect((await push(ALERT, 'not-the-secret-of-it')).status).toBe(401);
    const stranger = { ...ALERT, id: 4712, device: { serial_number: 'NOBODY-1' } };
    const accepted = await push([ALERT, stranger]);
    expect([accepted.status, await accepted.json()]).toMatchObject([202, { unmatched: 1 }]);
    await eventually(
      () => threatOf(deviceId),
      (threat) => threat === 'highSeverity',
    );

    expect((await ops('sources', 'list')).out).toContain('sep-siem  sepMobileSiem  enabled');
    const { out: state } = await ops('sources', 'show', 'sep-siem');
    expect(state).toMatch(/secrets: 1\n(?:.*\n)*unmatched: 1\n/);
    expect((await ops('sources', 'unmapped', 'sep-siem')).out).toContain(
      'sub_type  "Evil Twin Of An App"',
    );
    expect((await ops('sources', 'unmatched', 'sep-siem')).out).toContain('serialNumber NOBODY-1');
  });

  it('takes a word of the operator, refuses a wrong one with those that it takes, and shows a preview', async () => {
    const row = [
      'sources',
      'map',
      'sep-siem',
      '--field',
      'sub_type',
      '--word',
      'Evil Twin Of An App',
    ];
    const wrong = await ops(...row, '--as', 'harmless');
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('malware') as string]);
    expect((await ops(...row, '--as', 'malware')).out).toBe(
      'sub_type  "evil twin of an app"  malware\n',
    );
    const file = join(stateFolder, 'event.json');
    writeFileSync(file, JSON.stringify(ALERT));
    const shown = (await json('sources', 'preview', file, '--source', 'sep-siem')) as Entry;
    expect(shown['value']).toMatchObject([{ deviceIds: ['by-serial-number'], unmapped: [] }]);
    expect((await ops(...row)).out).toBe('none\n');
  });

  it('does not count while it is paused', async () => {
    expect((await ops('sources', 'pause', 'sep-siem')).code).toBe(0);
    await eventually(
      () => threatOf('by-serial-number'),
      (threat) => threat !== 'highSeverity',
    );
    expect((await ops('sources', 'resume', 'sep-siem')).code).toBe(0);
    await eventually(
      () => threatOf('by-serial-number'),
      (threat) => threat === 'highSeverity',
    );
  });
});

describe('a command that is killed', () => {
  it('in the middle of a replay loses nothing, and the next replay completes it', async () => {
    const broker = new ServiceBusClient(stack.description.serviceBus);
    const sender = broker.createSender('device-signals');
    const mac = stackMac(stateFolder);
    const deviceIds = Array.from({ length: 300 }, (_, index) => `buried-${String(index)}`);
    const now = new Date().toISOString();
    await sender.sendMessages(
      deviceIds.map((deviceId) => ({
        body: mac.sign({
          attempt: 5,
          signal: {
            type: 'riskReported',
            signalId: deviceId,
            observedDateTime: now,
            receivedDateTime: now,
            deviceId,
            riskLevel: 'high',
          },
        }),
        contentType: 'application/json',
        timeToLive: 1,
        applicationProperties: { failureCode: 'serviceNotAvailable', failureReason: 'for a test' },
      })),
    );
    const left = async (): Promise<number> =>
      ((await json('dead-letters', 'list', 'device-signals')) as readonly Entry[]).length;
    const before = await left();
    expect(before).toBeGreaterThan(200);
    const words = ['dead-letters', 'replay', 'device-signals', '--folder', stateFolder];
    const replay = startCommand(MAIN, words);
    await eventually(
      () => listDeadLetters(broker, 'device-signals', {}),
      (letters) => letters.length < before,
    );
    replay.process.kill('SIGKILL');
    await replay.outcome;
    // Its locked messages return when their locks expire or the broker notices the closed connection.
    await ops('dead-letters', 'replay', 'device-signals');
    await eventually(left, (count) => count === 0);
    for (const deviceId of deviceIds.filter((_, index) => index % 10 === 0))
      await client.enrol(deviceId, { operatingSystem: 'Android', osVersion: '15' });
    for (const deviceId of deviceIds.filter((_, index) => index % 10 === 0))
      await eventually(
        () => threatOf(deviceId),
        (threat) => threat === 'highSeverity',
      );
    await sender.close();
    await broker.close();
  });
});

it('status prints the state of each part', async () => {
  const { code, out } = await ops('status', '--json');
  expect([code, JSON.parse(out)]).toEqual([
    0,
    {
      health: 'ready',
      silenceBreaker: 'closed',
      heldReports: 0,
      enrolment: 'off',
      quarantine: 0,
      'device-signals dead letters': 0,
      'compliance-changes dead letters': 0,
    },
  ]);
  expect((await ops('enrolment', 'show')).out).toContain('state: off');
  expect((await ops('enrolment', 'confirm')).code).toBe(1);
});

describe('a deployed system', () => {
  /** The secrets of a stand-in for Azure, which has an identity endpoint and a Key Vault. */
  const vault = new Map<string, string>([['sep-mobile', 'whsec_old']]);
  const asked: string[] = [];
  let azure: Server;
  let address: string;
  beforeAll(async () => {
    azure = createServer((request, response) => {
      void answerAsAzure(request).then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(body));
      });
    });
    address = await listenOnLoopback(azure);
  });
  afterAll(() => stopServer(azure));

  const answerAsAzure = async (
    request: IncomingMessage,
  ): Promise<{ readonly status: number; readonly body: object }> => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://azure');
    if (pathname === '/msi/token') {
      const resource = searchParams.get('resource') ?? '';
      asked.push(resource);
      const isVault = resource === 'https://vault.azure.net';
      const body = {
        access_token: isVault ? 'of-the-vault' : await client.token('admin'),
        expires_on: String(Math.floor(Date.now() / 1000) + 3600),
        resource,
        token_type: 'Bearer',
      };
      return { status: 200, body };
    }
    if (request.headers.authorization !== 'Bearer of-the-vault') return { status: 401, body: {} };
    const name = pathname.replace('/secrets/', '');
    if (searchParams.get('api-version') !== '7.4') return { status: 400, body: {} };
    if (request.method === 'PUT') {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      vault.set(name, (JSON.parse(Buffer.concat(chunks).toString()) as { value: string }).value);
    }
    const value = vault.get(name);
    return value === undefined ? { status: 404, body: {} } : { status: 200, body: { value } };
  };

  const ofDeployed = (...words: readonly string[]): readonly string[] => {
    const { api, audience } = stack.description;
    return [...words, '--api', api, '--audience', audience];
  };
  const deployed = (...words: readonly string[]): Promise<CommandOutcome> =>
    callCommand(runOps, ofDeployed(...words), {
      signIn: () => Promise.resolve(identityCredential(`${address}/msi/token`)),
    });

  it('accepts the same commands from a signed-in operator', async () => {
    const shown = await spawnCommand(MAIN, ofDeployed('silence-breaker', 'show', '--json'), {
      IDENTITY_ENDPOINT: `${address}/msi/token`,
      IDENTITY_HEADER: randomUUID(),
    });
    expect([shown.code, shown.err, JSON.parse(shown.out)]).toMatchObject([
      0,
      '',
      { state: 'closed' },
    ]);
    expect(asked).toEqual([stack.description.audience]);
    expect((await deployed('quarantine', 'list')).out.trim()).toBe('none');
    const missing = await deployed('dead-letters', 'list', 'device-signals');
    expect([missing.code, missing.err]).toEqual([
      1,
      expect.stringContaining('--service-bus') as string,
    ]);
  });

  it('has its webhook secrets in Key Vault, and the command prints how the app reads them', async () => {
    const vaulted = ['--key-vault', address, '--secret', 'sep-mobile'];
    expect((await deployed('webhook-secret', 'begin', '--secret', 'sep-mobile')).code).toBe(2);
    const begun = await deployed('webhook-secret', 'begin', ...vaulted, '--json');
    const { secret, notes } = JSON.parse(begun.out) as { secret: string; notes: string[] };
    expect(notes.join()).toContain('configreferences/appsettings/refresh');
    expect(vault.get('sep-mobile')).toBe(`whsec_old ${secret}`);
    expect((await deployed('webhook-secret', 'begin', ...vaulted)).code).toBe(1);
    expect((await deployed('webhook-secret', 'finish', ...vaulted)).code).toBe(0);
    expect(vault.get('sep-mobile')).toBe(secret);
    const nowhere = ['--key-vault', address, '--secret', 'nothing'];
    expect((await deployed('caller-key', 'list', ...nowhere)).err).toContain('404');
    expect((await deployed('webhook-secret', 'begin', ...nowhere)).err).toContain('404');
  });

  it('has its callers’ keys in Key Vault, and the command prints how the app reads them', async () => {
    const vaulted = ['--key-vault', address, '--secret', 'caller-keys'];
    const [first, second, third] = ['a', 'b', 'c'].map((letter) => letter.repeat(43));
    vault.set(
      'caller-keys',
      `site=${first}@nginx  radius=${second}@radius/wifi site=${third}@nginx`,
    );
    const listed = await deployed('caller-key', 'list', ...vaulted);
    expect(listed.out).toBe('site  nginx\nradius  radius/wifi\nsite  nginx\n');
    const revoked = await deployed('caller-key', 'revoke', 'site', ...vaulted);
    expect(revoked.out).toMatch(/^revoked 2 of `site`\n.*configreferences\/appsettings\/refresh/);
    expect(vault.get('caller-keys')).toBe(`radius=${second}@radius/wifi`);
    expect((await deployed('caller-key', 'revoke', 'site', ...vaulted)).code).toBe(1);
    expect((await deployed('caller-key', 'revoke', 'radius', ...vaulted)).code).toBe(0);
    expect(vault.get('caller-keys')).toMatch(/^none=[\w-]{43}$/);
    expect(vault.get('caller-keys')).not.toContain(second);
    expect((await deployed('caller-key', 'revoke', 'x', '--secret', 'caller-keys')).code).toBe(2);
  });
});
