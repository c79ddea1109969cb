import { randomBytes, randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { KEY_CHALLENGE } from '../../../support/challenges.ts';
import { busyCaller } from '../../../support/busyCaller.ts';
import { costOf, untilWorkedOff } from '../../../support/costOf.ts';
import { KEY_NAMED_ENTRA, QUARANTINE_VLAN } from '../../../support/quietSettings.ts';
import { limitedStack, quietStack } from '../../../support/sharedStacks.ts';
import { sendRaw, type RawAnswer } from '../../../support/sendRaw.ts';

const system = quietStack();
const withoutQuarantine = limitedStack();

interface Asking {
  readonly query: string;
  readonly key?: string;
  readonly resource?: string;
  readonly at?: typeof system;
}

/** Sends the request of FreeRADIUS 3.2, byte for byte. */
function ask({ query, key, resource = 'wifi', at = system }: Asking): Promise<RawAnswer> {
  const { api, callerKeys } = at.stack.description;
  return sendRaw(api, [
    `GET /api/access/radius/${resource}?${query} HTTP/1.1`,
    'Host: mtd.example',
    'User-Agent: FreeRADIUS 3.2.1',
    'Accept: */*',
    'Content-Type: none',
    'X-FreeRADIUS-Section: authorize',
    'X-FreeRADIUS-Server: mobile_threat_defense',
    `Authorization: Bearer ${key ?? callerKeys.radius}`,
  ]);
}

const newMac = (): string => `02${randomBytes(5).toString('hex')}`;
const byCertificate = (deviceId: string): string =>
  `certificateUri=${encodeURIComponent(`IntuneDeviceId://${deviceId}`)}`;

async function enrolled(): Promise<{ readonly deviceId: string; readonly mac: string }> {
  const [deviceId, mac] = [randomUUID(), newMac()];
  await system.enrolHealthy(deviceId, { wiFiMacAddress: mac });
  return { deviceId, mac };
}

/** Enrols a device that is blocked because SEP Mobile has not reported it yet. */
async function unassessed(
  at = system,
): Promise<{ readonly deviceId: string; readonly mac: string }> {
  const [deviceId, mac] = [randomUUID(), newMac()];
  const properties = { operatingSystem: 'Android', osVersion: '15', wiFiMacAddress: mac };
  expect((await at.client.enrol(deviceId, properties)).status).toBe(201);
  return { deviceId, mac };
}

describe('what a decision for FreeRADIUS costs', () => {
  it('is one read by certificate, and by MAC address one lookup and one read', async () => {
    const { deviceId, mac } = await unassessed();
    await untilWorkedOff(system);
    const byMac = (): Promise<RawAnswer> => ask({ query: `mac=${mac}` });
    expect(await costOf(system, byMac)).toEqual({ read: 2 });
    expect(await costOf(system, () => ask({ query: byCertificate(deviceId) }))).toEqual({
      read: 1,
    });
  });
});

describe('the answer to FreeRADIUS', () => {
  afterEach(() => system.mend());

  it('is 204 for an allowed device, by MAC address and by certificate', async () => {
    const { deviceId, mac } = await enrolled();
    for (const query of [
      `mac=${mac}`,
      `mac=${mac}&certificateUri=`,
      `mac=&${byCertificate(deviceId)}`,
      `mac=${newMac()}&${byCertificate(deviceId)}`,
    ]) {
      const { status, body } = await ask({ query });
      expect([query, status, body]).toEqual([query, 204, '']);
    }
  });

  it('is 200 with only the quarantine VLAN for an enrolled but blocked device', async () => {
    const { mac } = await unassessed();
    const { status, headers, body } = await ask({ query: `mac=${mac}` });
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(body).toBe(
      '{"reply:Tunnel-Type":{"do_xlat":false,"op":":=","value":["VLAN"]},' +
        '"reply:Tunnel-Medium-Type":{"do_xlat":false,"op":":=","value":["IEEE-802"]},' +
        `"reply:Tunnel-Private-Group-Id":{"do_xlat":false,"op":":=","value":["${QUARANTINE_VLAN}"]}}`,
    );
  });

  it('is 401 without a body for it if no quarantine VLAN is set', async () => {
    const { mac } = await unassessed(withoutQuarantine);
    const { status, headers, body } = await ask({ query: `mac=${mac}`, at: withoutQuarantine });
    expect([status, body, headers.get('www-authenticate')]).toEqual([401, '', KEY_CHALLENGE]);
  });

  it('is 404 for a device that is not enrolled', async () => {
    for (const query of [`mac=${newMac()}`, byCertificate(randomUUID())]) {
      const { status, body } = await ask({ query });
      expect([status, body]).toEqual([404, '']);
    }
  });

  it('names the decision but nothing from the device', async () => {
    const properties = { operatingSystem: 'Android', osVersion: '15', deviceName: '%{exec:id}' };
    const mac = newMac();
    await system.client.enrol(randomUUID(), { ...properties, wiFiMacAddress: mac });
    const { headers, body } = await ask({ query: `mac=${mac}` });
    expect(`${[...headers].join('\n')}${body}`).not.toMatch(new RegExp(`%\\{|${mac}`, 'i'));
    const path = `accessDecisions/${headers.get('x-access-decision-id') ?? ''}`;
    const { body: record } = await system.client.request('GET', path, { as: 'caller' });
    expect(record).toMatchObject({ caller: 'radius', identifiedBy: 'wiFiMacAddress' });
  });

  it.each([
    '',
    'mac=',
    'mac=02005e0053',
    'mac=02005e00530102',
    'mac=02005e00530g',
    'mac=02%2000%205e%2000%2053%2001',
    'mac=%25%7bexec:id%7d',
    'certificateUri=phone-1',
    'certificateUri=IntuneDeviceId://',
    'certificateUri=IntuneDeviceId://a/b',
    'certificateUri=https://phone.example',
  ])('is 401 without a body for a query without a device: `%s`', async (query) => {
    const { status, headers, body } = await ask({ query });
    expect([status, body, headers.get('www-authenticate')]).toEqual([401, '', KEY_CHALLENGE]);
  });

  it('is 401 for an unknown resource', async () => {
    const { mac } = await enrolled();
    const { status, body } = await ask({ query: `mac=${mac}`, resource: 'network' });
    expect([status, body]).toEqual([401, '']);
  });

  it('ignores a certificate from an untrusted caller and does not fall back to the MAC address', async () => {
    const { deviceId, mac } = await enrolled();
    const token = await system.sign({ azp: 'untrusted', roles: ['Access.Decide'] });
    for (const key of [token, KEY_NAMED_ENTRA]) {
      const { status } = await ask({ query: `mac=${mac}&${byCertificate(deviceId)}`, key });
      expect(status).toBe(401);
      expect((await ask({ query: `mac=${mac}`, key })).status).toBe(204);
    }
  });

  it('is 401 without a body for a wrong key', async () => {
    const { mac } = await enrolled();
    const { status, headers, body } = await ask({ query: `mac=${mac}`, key: 'a'.repeat(43) });
    expect([status, body, headers.get('www-authenticate')]).toEqual([401, '', KEY_CHALLENGE]);
  });

  it('is 403 without a body for a token without the role', async () => {
    const { mac } = await enrolled();
    const key = await system.client.token('sepMobile');
    const { status, body } = await ask({ query: `mac=${mac}`, key });
    expect([status, body]).toEqual([403, '']);
  });

  it('is 503 without a body while the database is down', async () => {
    const { mac } = await enrolled();
    await system.fail({ kind: 'status', status: 503 });
    const { status, body } = await ask({ query: `mac=${mac}` });
    expect([status, body]).toEqual([503, '']);
  });

  it('is 429 without a body for a caller that asks too often', async () => {
    const key = await busyCaller(withoutQuarantine);
    const asking = { at: withoutQuarantine, key, query: `mac=${newMac()}` };
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(asking)));
    expect(answers.map(({ status }) => status)).toContain(429);
    expect(new Set(answers.map(({ body }) => body))).toEqual(new Set(['']));
  });
});
