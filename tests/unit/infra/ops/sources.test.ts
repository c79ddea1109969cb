import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { runOps } from '../../../../infra/ops/runOps.ts';
import { readConfig } from '../../../../shared/settings/config.ts';
import { callCommand, type CommandOutcome } from '../../../support/commandIo.ts';

const API = 'https://mtd.example';
const VAULT = 'https://mtd.vault.azure.net';
const DEPLOYED = ['--api', API, '--audience', 'api://mtd'];
const STORED = ['--key-vault', VAULT, '--secret', 'event-source-secrets'];

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/** A deployed system that answers as told, and a vault with one secret. */
function createSystem(answers: Readonly<Record<string, unknown>> = {}) {
  const sent: Sent[] = [];
  const vault = { value: 'none=nobody-knows-this-secret' };
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    const { origin, pathname, search } = new URL(request.url);
    const body = await request.text();
    if (origin === VAULT) {
      if (request.method === 'PUT') vault.value = (JSON.parse(body) as typeof vault).value;
      return Response.json({ value: vault.value });
    }
    sent.push({ method: request.method, path: `${pathname}${search}`, body });
    const answer = answers[`${request.method} ${pathname.replace('/api/deviceManagement/', '')}`];
    if (answer === undefined)
      return Response.json({ error: { message: 'nothing' } }, { status: 404 });
    return Response.json(answer);
  };
  const call = (...argv: readonly string[]): Promise<CommandOutcome> =>
    callCommand(runOps, ['sources', ...argv, ...DEPLOYED], {
      fetch,
      signIn: () =>
        Promise.resolve({ getToken: () => Promise.resolve({ token: 't', expiresOnTimestamp: 0 }) }),
    });
  return { call, sent, vault };
}

function inFile(content: string | Uint8Array): string {
  const file = join(mkdtempSync(join(tmpdir(), 'mtd-source-')), 'file');
  writeFileSync(file, content);
  return file;
}

const created = { 'POST eventSources': { id: 'x' } };

describe('sources add', () => {
  it('registers a pushed source, stores a new secret beside the others, and says what to enter', async () => {
    const { call, sent, vault } = createSystem(created);
    const { code, out } = await call(
      'add',
      'sep-mobile',
      '--kind',
      'sepMobileSiem',
      '--name',
      'SEP Mobile',
      '--required',
      'android,iOS',
      '--lifetime',
      '72',
      ...STORED,
    );
    expect(code).toBe(0);
    expect(sent.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      {
        id: 'sep-mobile',
        kind: 'sepMobileSiem',
        displayName: 'SEP Mobile',
        isEnabled: true,
        requiredPlatforms: ['android', 'iOS'],
        detectionLifetimeInHours: 72,
        authentication: { headerName: 'x-api-key' },
      },
    ]);
    const [others, entry = ''] = vault.value.split(' ');
    expect(others).toBe('none=nobody-knows-this-secret');
    expect(entry).toMatch(/^sep-mobile=[\w-]{43}$/);
    expect(out).toContain(`Let the vendor send to: ${API}/api/eventSources/sep-mobile/events\n`);
    expect(out).toContain(`x-api-key: ${entry.replace('sep-mobile=', '')}`);
    expect(out).toContain('configreferences/appsettings/refresh');
  });

  it('puts the secret into the address of a vendor that can set no header', async () => {
    const { call, vault } = createSystem(created);
    const { out } = await call('add', 'z', '--kind', 'zimperium', '--query', 'key', ...STORED);
    const secret = vault.value.split(' z=')[1] ?? '';
    expect(out).toContain(`${API}/api/eventSources/z/events?key=${secret}`);
  });

  it('gives a sender of CloudEvents a secret of Standard Webhooks', async () => {
    const { call, vault } = createSystem(created);
    expect((await call('add', 'own', '--kind', 'cloudEvents', ...STORED)).code).toBe(0);
    expect(vault.value).toMatch(/ own=whsec_[A-Za-z0-9+/]{43}=$/);
  });

  it('takes the credentials of a service from a file, and never prints them', async () => {
    const { call, sent, vault } = createSystem(created);
    const credentials = 'T2F1dGg=.credentials;of/ICDm==';
    const { code, out, err } = await call(
      'add',
      'ses',
      '--kind',
      'sesEventExport',
      '--stream',
      's-1',
      '--channel',
      '0',
      '--secret-file',
      inFile(`${credentials}\n`),
      ...STORED,
    );
    expect([code, err]).toEqual([0, '']);
    expect(vault.value).toBe(`none=nobody-knows-this-secret ses=${credentials}`);
    expect(out).not.toContain('credentials;of');
    expect(out).toContain('sources pull-now ses');
    expect(JSON.parse(sent[0]?.body ?? '')).toMatchObject({
      connection: { streamId: 's-1', channelId: '0' },
    });
  });

  it('needs no secret for blobs that the app’s own identity may read', async () => {
    const { call, sent, vault } = createSystem(created);
    const container = 'https://mtd.blob.core.windows.net/ses';
    expect((await call('add', 'blobs', '--kind', 'sesBlob', '--container', container)).code).toBe(
      0,
    );
    expect(JSON.parse(sent[0]?.body ?? '')).toMatchObject({
      connection: { containerUrl: container },
    });
    expect(vault.value).not.toContain('blobs');
  });

  it('writes only entries that the setting accepts', async () => {
    const { call, vault } = createSystem(created);
    await call('add', 'a', '--kind', 'lookout', ...STORED);
    await call('add', 'b', '--kind', 'cloudEvents', ...STORED);
    const { eventSourceSecrets } = readConfig({
      CosmosDbConnection: 'x',
      ServiceBusConnection: 'x',
      AzureWebJobsStorage: 'x',
      MESSAGE_KEYS: Buffer.alloc(32, 7).toString('base64'),
      TOKEN_ISSUER: 'https://login.example',
      TOKEN_AUDIENCE: 'api://mtd',
      SEP_MOBILE_WEBHOOK_SECRETS: `whsec_${Buffer.alloc(32, 1).toString('base64')}`,
      EVENT_SOURCE_SECRETS: vault.value,
    });
    expect([...eventSourceSecrets.keys()]).toEqual(['none', 'a', 'b']);
  });

  it('stores no secret if the system refuses the source, and says so if the vault refuses the secret', async () => {
    const refused = createSystem();
    expect((await refused.call('add', 'x', '--kind', 'lookout', ...STORED)).code).toBe(1);
    expect(refused.vault.value).not.toContain('x=');
    const full = createSystem(created);
    full.vault.value = `x=${'1'.repeat(16)} x=${'2'.repeat(16)}`;
    const { code, err } = await full.call('add', 'x', '--kind', 'lookout', ...STORED);
    expect([code, err]).toEqual([1, expect.stringContaining('two secrets of `x`') as string]);
    expect(full.sent).toEqual([]);
  });

  it.each([
    [['add'], 'the event source is missing'],
    [['add', 'SEP', '--kind', 'lookout'], 'lower-case letters'],
    [['add', 'x'], '--kind must be one of cloudEvents, sepMobileSiem'],
    [['add', 'x', '--kind', 'jamf'], '--kind must be one of'],
    [['add', 'x', '--kind', 'sesBlob'], 'the kind sesBlob needs --container'],
    [['add', 'x', '--kind', 'sesEventExport', '--stream', 's'], 'needs --channel'],
    [['add', 'x', '--kind', 'lookout', '--stream', 's'], '--stream is not for the kind lookout'],
    [['add', 'x', '--kind', 'cloudEvents', '--header', 'k'], 'not for the kind cloudEvents'],
    [['add', 'x', '--kind', 'lookout', '--header', 'k', '--query', 'q'], 'not both'],
    [['add', 'x', '--kind', 'lookout', '--lifetime', 'long'], '--lifetime must be a whole number'],
    [['add', 'x', '--kind', 'lookout', '--key-vault', VAULT], 'must be given together'],
    [['add', 'x', '--kind', 'lookout', '--secret-file', inFile('short')], '16 to 2048'],
    [['preview', 'file'], 'either --source ID or --kind KIND'],
    [['preview', 'file', '--kind', 'jamf'], '--kind must be one of'],
    [['preview', '--kind', 'lookout'], 'the file with the events is missing'],
    [['show'], 'the event source is missing'],
    [['map', 'x', '--field', 'severity'], 'must be given together'],
    [['map', 'x', '--as', 'high'], '--field and --word are missing'],
  ])('ends with 2 for `%j`, before anything is sent', async (argv, problem) => {
    const { call, sent } = createSystem(created);
    const { code, err } = await call(...argv);
    expect([code, err, sent]).toEqual([2, expect.stringContaining(problem) as string, []]);
  });

  it('needs the OAuth credentials of the event export', async () => {
    const { call, sent } = createSystem(created);
    const { code, err } = await call(
      'add',
      'x',
      '--kind',
      'sesEventExport',
      '--stream',
      's',
      '--channel',
      '0',
    );
    expect([code, err, sent]).toEqual([2, expect.stringContaining('--secret-file') as string, []]);
  });
});

describe('the state of a source', () => {
  const source = {
    id: 'ses',
    kind: 'sesEventExport',
    displayName: 'SES',
    isEnabled: true,
    lastEventDateTime: '2026-11-30T12:00:00.000Z',
  };

  it('is shown with its last failure, and the command then ends with 1', async () => {
    const { call } = createSystem({
      'GET eventSources/ses': source,
      'GET eventSources/ses/status': {
        lastAttemptDateTime: '2026-11-30T12:05:00.000Z',
        secretCount: 1,
        unmappedWordCount: 2,
        counts: { accepted: 7, rejected: 0, unmapped: 2, unmatched: 1 },
        failure: {
          code: 'sourceUnauthorized',
          field: 'secret',
          message: 'the service answered 401',
          sinceDateTime: '2026-11-30T11:00:00.000Z',
          count: 3,
        },
      },
    });
    const { code, out } = await call('show', 'ses');
    expect([code, out.split('\n')]).toEqual([
      1,
      [
        'ses  sesEventExport  enabled  heard 2026-11-30T12:00:00.000Z  SES',
        'last attempt: 2026-11-30T12:05:00.000Z',
        'secrets: 1',
        'accepted: 7',
        'rejected: 0',
        'unmapped: 2',
        'unmatched: 1',
        'words without a row: 2',
        'fails since 2026-11-30T11:00:00.000Z, 3 times: sourceUnauthorized at `secret`: the service answered 401',
        '',
      ],
    ]);
  });

  it('is listed, paused and resumed', async () => {
    const { call, sent } = createSystem({
      'GET eventSources': {
        value: [source, { ...source, id: 'z', isEnabled: false, lastEventDateTime: undefined }],
      },
      'PATCH eventSources/ses': source,
      'POST eventSources/ses/pullNow': { accepted: 3 },
    });
    expect((await call('list')).out).toContain('z  sesEventExport  paused   never heard  SES');
    expect((await call('pause', 'ses')).out).toBe('paused: ses\n');
    expect((await call('resume', 'ses', '--yes')).out).toBe('resumed: ses\n');
    expect((await call('pull-now', 'ses')).out).toBe('accepted: 3\n');
    const path = '/api/deviceManagement/eventSources/ses';
    expect(sent.slice(1, 3)).toEqual([
      { method: 'PATCH', path, body: '{"isEnabled":false}' },
      { method: 'PATCH', path: `${path}?confirm=true`, body: '{"isEnabled":true}' },
    ]);
  });
});

describe('words without a row', () => {
  it('are listed with a masked example, and get a row from the operator', async () => {
    const { call, sent } = createSystem({
      'GET eventSources/s/unmapped': {
        value: [
          {
            field: 'sub_type',
            word: 'Evil "Twin"',
            count: 4,
            firstDateTime: '2026-11-01T00:00:00.000Z',
            lastDateTime: '2026-11-02T00:00:00.000Z',
            example: '{"udid":"…"}',
          },
        ],
      },
      'PATCH eventSources/s/mapping': {
        overrides: { sub_type: { 'evil twin': 'rogueAccessPoint' } },
      },
      'GET eventSources/s/mapping': { overrides: {} },
    });
    expect((await call('unmapped', 's')).out).toBe(
      'sub_type  "Evil \\"Twin\\""  4 times, 2026-11-01T00:00:00.000Z to 2026-11-02T00:00:00.000Z\n    {"udid":"…"}\n',
    );
    const row = ['--field', 'sub_type', '--word', 'Evil Twin'];
    const { out } = await call('map', 's', ...row, '--as', 'rogueAccessPoint');
    expect(out).toBe('sub_type  "evil twin"  rogueAccessPoint\n');
    await call('map', 's', ...row);
    expect((await call('map', 's')).out).toBe('none\n');
    expect(sent.flatMap(({ method, body }) => (method === 'PATCH' ? [body] : []))).toEqual([
      '{"sub_type":{"evil twin":"rogueAccessPoint"}}',
      '{"sub_type":{"evil twin":null}}',
    ]);
  });

  it('are listed beside the devices that are not known', async () => {
    const { call } = createSystem({
      'GET eventSources/s/unmatched': {
        value: [
          {
            identifiers: [
              { name: 'serialNumber', value: 'C02' },
              { name: 'udid', value: '0000' },
            ],
            signalCount: 2,
            firstDateTime: 'a',
            lastDateTime: 'b',
          },
        ],
      },
    });
    expect((await call('unmatched', 's')).out).toBe(
      'serialNumber C02, udid 0000  2 facts, a to b\n',
    );
  });
});

describe('a preview', () => {
  const event = '{"type":"Malware","severity":"Severe","id":7,"timestamp":"2026-11-01T00:00:00Z"}';

  it('sends the unpacked file to the source, and prints the answer', async () => {
    const { call, sent } = createSystem({ 'POST eventSources/s/preview': { events: [] } });
    const { code, out } = await call('preview', inFile(gzipSync(event)), '--source', 's');
    expect([code, JSON.parse(out)]).toEqual([0, { events: [] }]);
    expect(sent).toEqual([
      { method: 'POST', path: '/api/deviceManagement/eventSources/s/preview', body: event },
    ]);
  });

  it('of a kind needs no system, and shows the words without a row', async () => {
    const file = inFile(`<134>Nov 30 12:00:00 host sepm: ${event}\nnot an event\n`);
    const { code, out } = await callCommand(runOps, [
      'sources',
      'preview',
      file,
      '--kind',
      'sepMobileSiem',
      '--folder',
      '/nowhere',
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      value: [
        {
          signals: [{ type: 'incidentReported' }],
          unmapped: [{ field: 'severity', word: 'Severe' }],
        },
        { signals: [], problems: [{ code: 'invalidEvent' }] },
      ],
    });
  });

  it('of a file that unpacks to more than the API takes is refused', async () => {
    const bomb = inFile(gzipSync(Buffer.alloc(2_000_000)));
    const { code } = await createSystem().call('preview', bomb, '--kind', 'lookout');
    expect(code).toBe(1);
  });
});
