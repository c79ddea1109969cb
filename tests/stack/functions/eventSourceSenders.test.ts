import { createHmac, randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { CosmosClient } from '@azure/cosmos';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../../../infra/local/demo/outerClient.ts';
import { NO_PROGRESS } from '../../../shared/core/ports/eventSources.ts';
import { CONFIGURATION_CONTAINER, DATABASE_NAME } from '../../../shared/resources.ts';
import { eventually } from '../../support/eventually.ts';
import { SOURCE_SECRETS } from '../../support/quietSettings.ts';
import { removedAfterwards } from '../../support/removedAfterwards.ts';
import { quietStack } from '../../support/sharedStacks.ts';

const system = quietStack();
const ofThisFile = removedAfterwards(system);
const [SECRET] = SOURCE_SECRETS.siem;
const [SIGNING_SECRET] = SOURCE_SECRETS.zimperium;
const BY_HEADER = { 'x-api-key': SECRET };

type Request = NonNullable<Parameters<typeof system.client.request>[2]>;
type Bytes = Uint8Array<ArrayBuffer>;

const manage = (method: string, path: string, options: Request = {}): Promise<Answer> =>
  system.client.request(method, `deviceManagement/eventSources${path}`, {
    as: 'admin',
    ...options,
  });

const push = (
  body: string | Bytes,
  headers: Readonly<Record<string, string>> = BY_HEADER,
  place = 'siem/events',
): Promise<Answer> => system.client.request('POST', `eventSources/${place}`, { body, headers });

const gzip = (text: string): Bytes => new Uint8Array(gzipSync(text));

function alert(device: object, changes: object = {}): Record<string, unknown> {
  return {
    type: 'Malware',
    event_type: 'opened',
    severity: 'High',
    id: randomUUID(),
    timestamp: new Date().toISOString(),
    device,
    ...changes,
  };
}

const anyAlert = (): string => JSON.stringify(alert({ serial_number: `S${randomUUID()}` }));

async function enrol(properties: Readonly<Record<string, unknown>>): Promise<string> {
  const deviceId = randomUUID();
  await system.enrolHealthy(ofThisFile(deviceId), properties);
  return deviceId;
}

async function untilBlocked(deviceId: string): Promise<void> {
  await eventually(
    () => system.client.decide({ deviceId }, 'exchangeOnline'),
    ({ body }) => body['decision'] === 'block',
  );
}

beforeAll(async () => {
  for (const [id, kind] of [
    ['siem', 'sepMobileSiem'],
    ['zimperium', 'zimperium'],
  ] as const) {
    const json = { id, displayName: id, kind, isEnabled: true };
    // The worker may be starting again, with the configuration of the sample organisation.
    await eventually(
      () => manage('POST', '', { json }),
      ({ status }) => status === 201 || status === 409,
    );
  }
});

describe('a secret', () => {
  it.each([
    ['as a bearer token', { authorization: `Bearer ${SECRET}` }],
    ['alone in `Authorization`', { authorization: SECRET }],
    [
      'as a password',
      { authorization: `Basic ${Buffer.from(`any:${SECRET}`).toString('base64')}` },
    ],
  ])('may stand %s', async (_, headers) => {
    expect((await push(anyAlert(), headers)).status).toBe(202);
  });

  it('may stand in a header and a query parameter of the source’s own, or not in the query', async () => {
    const settings = (authentication: object | null): Promise<Answer> =>
      manage('PATCH', '/siem', { json: { authentication } });
    expect((await settings({ headerName: 'X-Own', queryName: 'key' })).status).toBe(200);
    expect((await push(anyAlert(), { 'x-own': SECRET })).status).toBe(202);
    expect((await push(anyAlert(), BY_HEADER)).status).toBe(401);
    expect((await push(anyAlert(), {}, `siem/events?key=${SECRET}`)).status).toBe(202);
    expect((await settings({ isQueryAllowed: false })).status).toBe(200);
    expect((await push(anyAlert(), {}, `siem/events?secret=${SECRET}`)).status).toBe(401);
    await settings(null);
    expect((await push(anyAlert(), {}, `siem/events?secret=${SECRET}`)).status).toBe(202);
  });

  it('in the address is not kept with what could not be read', async () => {
    const text = `no event ${randomUUID()}`;
    const sent = await push(`${anyAlert()}\n${text}`, {}, `siem/events?secret=${SECRET}`);
    expect([sent.status, sent.body]).toMatchObject([202, { accepted: 1, rejected: 1 }]);
    const stored = await findQuarantined(text);
    expect(stored.body).toMatchObject({ source: 'eventSource', sourceId: 'siem' });
    expect(stored.text).not.toContain(SECRET);
    const replayed = await system.client.request(
      'POST',
      `quarantine/${String(stored.body['name'])}/replay`,
      { as: 'admin' },
    );
    expect([replayed.status, replayed.body]).toMatchObject([200, { accepted: 1, rejected: 1 }]);
  });

  it('signs the bytes as they are sent', async () => {
    const key = Buffer.from(SIGNING_SECRET.slice('whsec_'.length), 'base64');
    const signed = (body: string | Bytes): Record<string, string> => {
      const id = `msg_${randomUUID()}`;
      const at = String(Math.floor(Date.now() / 1000));
      const digest = createHmac('sha256', key).update(`${id}.${at}.`).update(body);
      return {
        'webhook-id': id,
        'webhook-timestamp': at,
        'webhook-signature': `v1,${digest.digest('base64')}`,
      };
    };
    const text = JSON.stringify({ severity: 3, device_info: { mdm_device_id: randomUUID() } });
    const packed = gzip(text);
    const headers = { ...signed(packed), 'content-encoding': 'gzip' };
    expect((await push(packed, headers, 'zimperium/events')).status).toBe(202);
    expect((await push(packed, signed(text), 'zimperium/events')).status).toBe(401);
  });
});

async function findQuarantined(text: string): Promise<Answer> {
  const headers = await system.asNewAdmin();
  const { body } = await system.client.request('GET', 'quarantine?$top=999', { headers });
  const entries = body['value'] as readonly { readonly name: string; readonly source: string }[];
  for (const { name } of entries.filter(({ source }) => source === 'eventSource')) {
    const found = await system.client.request('GET', `quarantine/${name}`, { as: 'admin' });
    if (found.text.includes(text)) return found;
  }
  throw new Error(`the quarantine has nothing with \`${text}\``);
}

describe('a token', () => {
  it('shows its bearer that there is no such source, and that a source is disabled', async () => {
    const token = await system.sign({ azp: randomUUID(), roles: ['Telemetry.Write'] });
    const headers = { authorization: `Bearer ${token}` };
    for (const id of ['nobody', 'default'])
      expect((await push(anyAlert(), headers, `${id}/events`)).status).toBe(404);
    await manage('PATCH', '/siem', { json: { isEnabled: false } });
    expect((await push(anyAlert(), headers)).status).toBe(404);
    expect((await push(anyAlert(), BY_HEADER)).status).toBe(401);
    await manage('PATCH', '/siem', { json: { isEnabled: true } });
    expect((await push(anyAlert(), headers)).status).toBe(202);
  });
});

describe('a body', () => {
  it.each(['application/json', 'application/x-ndjson', 'text/plain', 'text/json; charset=latin1'])(
    'may have the content type %s',
    async (type) => {
      const headers = { ...BY_HEADER, 'content-type': type };
      expect((await push(anyAlert(), headers)).body).toMatchObject({ accepted: 1, unmatched: 1 });
    },
  );

  it('counts up to where it was cut, packed or not', async () => {
    const serials = Array.from({ length: 40 }, () => `S${randomUUID()}`);
    const text = serials
      .map((serial) => JSON.stringify(alert({ serial_number: serial })))
      .join('\n');
    const first = await enrol({ serialNumber: serials[0] });
    const packed = gzip(text);
    const cut = await push(packed.subarray(0, packed.length - 600));
    expect(cut.status).toBe(202);
    expect(cut.body['accepted']).toBeGreaterThan(5);
    expect(cut.body['accepted']).toBeLessThan(40);
    await untilBlocked(first);
  });

  it('with more than a thousand events is refused, and kept', async () => {
    const marker = randomUUID();
    const lines = Array.from({ length: 1001 }, (_, at) => `{"id":"${marker}-${String(at)}"}`);
    const { status, body } = await push(lines.join('\n'));
    expect([status, body]).toMatchObject([413, { error: { code: 'payloadTooLarge' } }]);
    const stored = await findQuarantined(marker);
    const path = `quarantine/${String(stored.body['name'])}/replay`;
    const replayed = await system.client.request('POST', path, { as: 'admin' });
    expect([replayed.status, replayed.body]).toMatchObject([200, { accepted: 0, rejected: 1 }]);
  });

  it('in another coding is refused, which names those that are accepted', async () => {
    const { status, headers } = await push('x', { ...BY_HEADER, 'content-encoding': 'br' });
    expect([status, headers.get('accept-encoding')]).toEqual([415, 'identity, gzip, x-gzip']);
  });
});

describe('an event', () => {
  it('with an id that no device can have does not hold up the others', async () => {
    const serialNumber = `S${randomUUID()}`;
    const deviceId = await enrol({ serialNumber });
    const events = [
      alert({ identifier: 'no/such?device#id' }),
      alert({ serial_number: serialNumber }),
    ];
    const sent = await push(JSON.stringify(events));
    expect([sent.status, sent.body]).toMatchObject([202, { accepted: 2, unmatched: 1 }]);
    await untilBlocked(deviceId);
  });

  it('blocks every device with its identifier', async () => {
    const serialNumber = `S${randomUUID()}`;
    const phones = [await enrol({ serialNumber }), await enrol({ serialNumber })];
    const sent = await push(JSON.stringify(alert({ serial_number: serialNumber })));
    expect(sent.body).toMatchObject({ accepted: 1, unmatched: 0 });
    for (const deviceId of phones) await untilBlocked(deviceId);
  });

  it('finds its device by IMEI and MAC address in any notation, if it names no stronger one that is known', async () => {
    const phones = [
      await enrol({ imei: '355762052793235' }),
      await enrol({ wiFiMacAddress: '00-00-5E-00-53-AF' }),
    ];
    const devices = [
      { serial_number: randomUUID(), imei: '35-576205-279323-99' },
      { udid: randomUUID(), mac_address: '0000.5e00.53af' },
    ];
    const sent = await push(JSON.stringify(devices.map((device) => alert(device))));
    expect(sent.body).toMatchObject({ accepted: 2, unmatched: 0 });
    for (const deviceId of phones) await untilBlocked(deviceId);
  });
});

describe('the source `default`', () => {
  it('is shown without a document, and cannot be created', async () => {
    const { body } = await manage('GET', '');
    expect(body['value']).toContainEqual(
      expect.objectContaining({ id: 'default', kind: 'cloudEvents', isEnabled: true }),
    );
    for (const path of ['/default', '/default/mapping', '/default/status', '/default/unmapped'])
      expect([path, (await manage('GET', path)).status]).toEqual([path, 200]);
    const json = { id: 'default', displayName: 'x', kind: 'cloudEvents' };
    expect((await manage('POST', '', { json })).status).toBe(409);
  });
});

describe('what is remembered of a source', () => {
  it('is forgotten by the next attempt if its deletion ended halfway', async () => {
    const connectionPolicy = { enableEndpointDiscovery: false };
    const cosmos = new CosmosClient({ ...system.stack.description.cosmos, connectionPolicy });
    const container = cosmos.database(DATABASE_NAME).container(CONFIGURATION_CONTAINER.id);
    const kind = 'eventSourceProgress';
    await container.items.create({ id: 'halfway', kind, progress: NO_PROGRESS });
    expect((await manage('DELETE', '/halfway')).status).toBe(404);
    expect((await container.item('halfway', kind).read()).statusCode).toBe(404);
    expect((await manage('DELETE', '/half%20way')).status).toBe(404);
    cosmos.dispose();
  });
});

describe('a mapping', () => {
  it('gives up a word in any case, and keeps the others', async () => {
    const change = (json: object, headers = {}): Promise<Answer> =>
      manage('PATCH', '/siem/mapping', { json, headers });
    await change({ event_type: { Sighted: 'open', 'Put Right': 'resolved' } });
    const { body, headers } = await change({ event_type: { SIGHTED: null } });
    expect(body['overrides']).toEqual({ event_type: { 'put right': 'resolved' } });
    const etag = headers.get('etag') ?? '';
    const removed = await change({ event_type: { 'put right': null } }, { 'if-match': etag });
    expect([removed.status, removed.body['overrides']]).toEqual([200, {}]);
    const late = await change({ event_type: { sighted: 'open' } }, { 'if-match': etag });
    expect(late.status).toBe(412);
  });

  it('names the fields and the words that it does not know', async () => {
    const refused = await manage('PATCH', '/siem/mapping', {
      json: { weather: { rain: 'bad' }, severity: { dire: 'worst' }, type: 'application' },
    });
    expect(refused.status).toBe(400);
    for (const path of ['/weather', '/severity/dire', '/type'])
      expect(refused.text).toContain(`"${path}"`);
  });
});
