import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { Webhook } from 'standardwebhooks';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../../../infra/local/demo/outerClient.ts';
import { eventually } from '../../support/eventually.ts';
import { SOURCE_SECRETS } from '../../support/quietSettings.ts';
import { removedAfterwards } from '../../support/removedAfterwards.ts';
import { quietStack } from '../../support/sharedStacks.ts';

const system = quietStack();
const ofThisFile = removedAfterwards(system);
const SOURCES = 'deviceManagement/eventSources';
const [SECRET, OLD_SECRET] = SOURCE_SECRETS.siem;

type Request = Parameters<typeof system.client.request>[2];

const manage = (method: string, path: string, options: Request = {}): Promise<Answer> =>
  system.client.request(method, `${SOURCES}${path}`, { as: 'admin', ...options });

const push = (
  id: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Readonly<Record<string, string>> = { 'x-api-key': SECRET },
  query = '',
): Promise<Answer> =>
  system.client.request('POST', `eventSources/${id}/events${query}`, { body, headers });

beforeAll(async () => {
  for (const kind of ['sepMobileSiem', 'zimperium', 'lookout']) {
    const id = kind === 'sepMobileSiem' ? 'siem' : kind;
    const json = { id, displayName: `Source ${id}`, kind, isEnabled: true };
    // The worker may be starting again, with the configuration of the sample organisation.
    await eventually(
      () => manage('POST', '', { json }),
      ({ status }) => status === 201 || status === 409,
    );
  }
});

/** A healthy phone with a serial number of its own. */
async function enrol(): Promise<{ readonly deviceId: string; readonly serialNumber: string }> {
  const [deviceId, serialNumber] = [randomUUID(), `S${randomUUID().slice(0, 12)}`];
  await system.enrolHealthy(ofThisFile(deviceId), { serialNumber });
  return { deviceId, serialNumber };
}

function alert(serialNumber: string, changes: object = {}): Record<string, unknown> {
  return {
    type: 'Malware',
    sub_type: 'Malicious app',
    event_type: 'opened',
    severity: 'High',
    id: 77,
    timestamp: new Date().toISOString().replace('Z', '+0000'),
    package_name: 'com.example.game',
    device: { name: 'phone', serial_number: serialNumber, os_type: 'Android' },
    user: { email: null, name: null },
    ...changes,
  };
}

const decisionOf = async (deviceId: string): Promise<unknown> =>
  (await system.client.decide({ deviceId }, 'exchangeOnline')).body['decision'];

const untilDecided = (deviceId: string, decision: string): Promise<unknown> =>
  eventually(
    () => decisionOf(deviceId),
    (found) => found === decision,
  );

describe('an event in the words of its vendor', () => {
  it('of SEP Mobile’s SIEM export blocks the phone with its serial number, and its end allows it', async () => {
    const { deviceId, serialNumber } = await enrol();
    expect(await decisionOf(deviceId)).toBe('allow');
    const opened = await push('siem', JSON.stringify(alert(serialNumber)));
    expect([opened.status, opened.body]).toEqual([
      202,
      { accepted: 1, rejected: 0, unmapped: 0, unmatched: 0 },
    ]);
    await untilDecided(deviceId, 'block');
    const { body } = await system.client.compliance(deviceId);
    expect(body['reasons']).toContainEqual(
      expect.objectContaining({ code: 'incidentOpen', incidentId: '77', sourceId: 'siem' }),
    );
    await push('siem', JSON.stringify(alert(serialNumber, { event_type: 'closed' })));
    await untilDecided(deviceId, 'allow');
  });

  it('of Zimperium and of Lookout blocks the phone that it names', async () => {
    const [first, second] = [await enrol(), await enrol()];
    const zimperium = {
      event_id: randomUUID(),
      severity: 3,
      mitigated: false,
      eventtimestamp: new Date().toISOString(),
      device_info: { mdm_device_id: first.deviceId, imei: randomUUID(), os: 'android' },
      threat: { name: 'SUSPICIOUS_ANDROID_APP', category: 'SINGULAR', general: {} },
    };
    const id = `msg_${randomUUID()}`;
    const text = JSON.stringify(zimperium);
    const signature = new Webhook(SOURCE_SECRETS.zimperium[0]).sign(id, new Date(), text);
    const sent = await push('zimperium', text, {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(Date.now() / 1000)),
      'webhook-signature': signature,
    });
    expect(sent.status).toBe(202);
    const lookout = {
      id: randomUUID(),
      type: 'THREAT',
      change_type: 'CREATE',
      created_time: new Date().toISOString(),
      threat: { id: 't1', status: 'OPEN', severity: 'HIGH', classification: 'TROJAN' },
      device: {
        guid: randomUUID(),
        customer_device_id: second.serialNumber,
        security_status: 'THREATS_HIGH',
      },
    };
    const [secret] = SOURCE_SECRETS.lookout;
    expect((await push('lookout', JSON.stringify(lookout), {}, `?secret=${secret}`)).status).toBe(
      202,
    );
    await untilDecided(first.deviceId, 'block');
    await untilDecided(second.deviceId, 'block');
  });

  it('comes in lines with syslog headers, gzip or not', async () => {
    const phones = [await enrol(), await enrol()];
    const lines = phones.map(
      ({ serialNumber }, at) =>
        `<13>1 2026-01-31T10:11:12.345Z sep-mobile siem ${String(at)} - - ${JSON.stringify(alert(serialNumber))}`,
    );
    const packed = new Uint8Array(gzipSync(lines.join('\r\n')));
    expect((await push('siem', packed)).body).toMatchObject({ accepted: 2, unmatched: 0 });
    for (const { deviceId } of phones) await untilDecided(deviceId, 'block');
  });
});

describe('a sender', () => {
  it('may use the old secret during rotation, and a token with `Telemetry.Write`', async () => {
    const { serialNumber } = await enrol();
    const text = JSON.stringify(alert(serialNumber));
    expect((await push('siem', text, { authorization: `Bearer ${OLD_SECRET}` })).status).toBe(202);
    const token = await system.sign({ azp: 'collector', roles: ['Telemetry.Write'] });
    expect((await push('siem', text, { authorization: `Bearer ${token}` })).status).toBe(202);
  });

  it.each([
    ['no secret', 'siem', {}],
    ['a wrong secret', 'siem', { 'x-api-key': 'wrong-secret-0123456789' }],
    ['the secret of another source', 'lookout', { 'x-api-key': SECRET }],
    ['a source that there is not', 'nobody', { 'x-api-key': SECRET }],
    ['a signature that is none', 'siem', { 'webhook-signature': 'v1,AAAA' }],
  ])('with %s is refused, and learns nothing else', async (_, id, headers) => {
    const refused = await push(id, JSON.stringify(alert('any')), headers);
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringContaining('Bearer'),
    ]);
    expect(refused.text).not.toContain(SECRET);
  });

  it('gets an error for a body that unpacks into too much, and for one without an event', async () => {
    const bomb = new Uint8Array(gzipSync(Buffer.alloc(64 * 1024 * 1024)));
    expect((await push('siem', bomb)).status).toBe(413);
    const empty = await push('siem', 'nothing here');
    expect([empty.status, empty.text]).toEqual([400, expect.stringContaining('no JSON object')]);
  });
});

describe('a device that is not enrolled yet', () => {
  it('is listed, and blocked by its earlier event once it enrols', async () => {
    const serialNumber = `S${randomUUID().slice(0, 12)}`;
    const sent = await push('siem', JSON.stringify(alert(serialNumber)));
    expect(sent.body).toMatchObject({ accepted: 1, unmatched: 1 });
    const listed = async (): Promise<string> => (await manage('GET', '/siem/unmatched')).text;
    expect(await listed()).toContain(serialNumber);
    const deviceId = randomUUID();
    await system.client.enrol(ofThisFile(deviceId), {
      operatingSystem: 'Android',
      osVersion: '15',
      serialNumber,
    });
    await eventually(
      () => system.client.compliance(deviceId),
      ({ body }) => JSON.stringify(body['openIncidents']).includes('77'),
    );
    expect(await listed()).not.toContain(serialNumber);
  });
});

describe('an operator', () => {
  it('sees what a pasted event would become, and nothing changes', async () => {
    const { deviceId, serialNumber } = await enrol();
    const event = alert(serialNumber, { extra: { words: 1 }, event_type: 'sighted' });
    const { status, body } = await manage('POST', '/siem/preview', { json: event });
    expect(status).toBe(200);
    expect(body['value']).toEqual([
      expect.objectContaining({
        deviceIds: [deviceId],
        unmapped: [{ field: 'event_type', word: 'sighted' }],
        unread: expect.arrayContaining(['/extra/words', '/device/name']) as unknown,
      }),
    ]);
    expect(await decisionOf(deviceId)).toBe('allow');
  });

  it('gives a word without a row its meaning, which counts from then on', async () => {
    const { deviceId, serialNumber } = await enrol();
    await push('siem', JSON.stringify(alert(serialNumber)));
    await untilDecided(deviceId, 'block');
    const over = alert(serialNumber, { event_type: 'Put right' });
    await push('siem', JSON.stringify(over));
    const unmapped = await manage('GET', '/siem/unmapped');
    expect(unmapped.body['value']).toContainEqual(
      expect.objectContaining({ field: 'event_type', word: 'Put right', count: 1 }),
    );
    expect(unmapped.text).not.toContain(serialNumber);
    const refused = await manage('PATCH', '/siem/mapping', {
      json: { event_type: { 'put right': 'gone' } },
    });
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('`resolved`')]);
    const changed = await manage('PATCH', '/siem/mapping', {
      json: { event_type: { 'Put right': 'resolved' } },
    });
    expect([changed.status, changed.body['overrides']]).toEqual([
      200,
      { event_type: { 'put right': 'resolved' } },
    ]);
    await push('siem', JSON.stringify({ ...over, timestamp: new Date().toISOString() }));
    await untilDecided(deviceId, 'allow');
  });

  it('cannot create a source twice, one without what its kind needs, or one of an unknown kind', async () => {
    const create = (json: object): Promise<Answer> => manage('POST', '', { json });
    const name = { displayName: 'x', isEnabled: true };
    expect((await create({ ...name, id: 'siem', kind: 'sepMobileSiem' })).status).toBe(409);
    const incomplete = await create({ ...name, id: 'ses', kind: 'sesEventExport' });
    expect([incomplete.status, incomplete.text]).toEqual([
      400,
      expect.stringContaining('/connection/streamId'),
    ]);
    const unknown = await create({ ...name, id: 'other', kind: 'jamf' });
    expect([unknown.status, unknown.text]).toEqual([400, expect.stringContaining('"/kind"')]);
  });

  it('switches a source off: its threats no longer count, and its sender is refused', async () => {
    const { deviceId, serialNumber } = await enrol();
    const lookout = {
      id: randomUUID(),
      type: 'THREAT',
      created_time: new Date().toISOString(),
      threat: { id: 't2', status: 'OPEN', severity: 'HIGH', classification: 'TROJAN' },
      device: { customer_device_id: serialNumber },
    };
    const headers = { 'x-api-key': SOURCE_SECRETS.lookout[0] };
    await push('lookout', JSON.stringify(lookout), headers);
    await untilDecided(deviceId, 'block');
    expect((await manage('PATCH', '/lookout', { json: { isEnabled: false } })).status).toBe(200);
    expect(await decisionOf(deviceId)).toBe('allow');
    expect((await push('lookout', JSON.stringify(lookout), headers)).status).toBe(401);
    await manage('PATCH', '/lookout', { json: { isEnabled: true } });
    expect(await decisionOf(deviceId)).toBe('block');
  });
});
