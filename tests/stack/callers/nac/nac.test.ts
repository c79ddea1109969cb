import { randomUUID } from 'node:crypto';
import { CosmosClient } from '@azure/cosmos';
import { beforeAll, describe, expect, it } from 'vitest';
import { KEY_CHALLENGE } from '../../../support/challenges.ts';
import type { Answer } from '../../../../infra/local/demo/outerClient.ts';
import { DATABASE_NAME, DEVICES_CONTAINER } from '../../../../shared/resources.ts';
import { costOf, untilWorkedOff } from '../../../support/costOf.ts';
import { NAC_KEYS } from '../../../support/quietSettings.ts';
import { quietStack } from '../../../support/sharedStacks.ts';
import type { DeviceRequests } from '../../../support/testStack.ts';
import { sendRaw, type RawAnswer } from '../../../support/sendRaw.ts';
import { eventually } from '../../../support/eventually.ts';

const { forescout: KEY, clearpass: OTHER_KEY } = NAC_KEYS;
const system = quietStack();
const newId = (): string => randomUUID();

/** Sends the request of eyeExtend Connect for Intune, which uses Python's urllib. */
function askByMac(mac: string, authorization = `Bearer ${KEY}`): Promise<RawAnswer> {
  const { api } = system.stack.description;
  return sendRaw(api, [
    `GET /api/nac/devices/?querycriteria=macaddress&api-version=1.1&value=${mac} HTTP/1.1`,
    'Accept-Encoding: identity',
    `Host: ${new URL(api).host}`,
    'User-Agent: Python-urllib/3.6',
    `Authorization: ${authorization}`,
    'Connection: close',
  ]);
}

function ask(query: string, key = KEY): Promise<Answer> {
  return system.client.request('GET', `nac/devices/?${query}`, {
    headers: { authorization: `Bearer ${key}` },
  });
}

const NOT_MANAGED = {
  azureDeviceId: '00000000-0000-0000-0000-000000000000',
  complianceState: false,
  deviceOwner: 'Unknown',
  imei: '',
  isManaged: false,
  lastContactTimeUtc: '',
  macAddress: '',
  manufacturer: '',
  meid: '',
  model: '',
  osVersion: '',
  serialNumber: '',
  udid: '',
};

/** `MM/DD/YYYY HH:MM:SS` in UTC. */
function usTime(dateTime: unknown): string {
  const [date = '', time = ''] = String(dateTime).split('T');
  const [year = '', month = '', day = ''] = date.split('-');
  return `${month}/${day}/${year} ${time.slice(0, 8)}`;
}

async function managedDevice(deviceId: string): Promise<Readonly<Record<string, unknown>>> {
  const path = `deviceManagement/managedDevices/${deviceId}`;
  return (await system.client.request('GET', path, { as: 'admin' })).body;
}

describe('a NAC built for the NAC service of Intune', () => {
  const identifiers = {
    serialNumber: 'SN-"</x>&',
    udid: 'd83170b37addccfad499b121c1a602792b4d7c09',
    imei: '352099001761481',
    wiFiMacAddress: '02:00:5e:24:01:0a',
  };

  const deviceId = newId();
  beforeAll(() =>
    system.enrolHealthy(deviceId, {
      ...identifiers,
      osVersion: '15.1',
      managedDeviceOwnerType: 'company',
    }),
  );

  it('gets the documented answer, and noncompliance after a threat', async () => {
    const answer = await askByMac('02005e24010a');
    const { lastDeviceHeartbeatDateTime } = await managedDevice(deviceId);
    expect([answer.status, answer.headers.get('content-type'), JSON.parse(answer.body)]).toEqual([
      200,
      'application/json',
      {
        azureDeviceId: deviceId,
        complianceState: true,
        deviceOwner: 'Corporate',
        imei: '352099001761481',
        isManaged: true,
        lastContactTimeUtc: usTime(lastDeviceHeartbeatDateTime),
        macAddress: '02005E24010A',
        manufacturer: '',
        meid: '',
        model: '',
        osVersion: '15.1',
        serialNumber: 'SN-"</x>&',
        udid: 'd83170b37addccfad499b121c1a602792b4d7c09',
      },
    ]);
    expect(answer.headers.get('cache-control')).toBe('no-store');

    await system.client.sendEvents([
      { type: 'sepmobile.device.risk', data: { deviceId, riskLevel: 'high' } },
    ]);
    await eventually(
      async () => JSON.parse((await askByMac('02005e24010a')).body) as Record<string, unknown>,
      ({ complianceState }) => complianceState === false,
    );
    const { body } = await ask(`querycriteria=deviceid&value=${deviceId}&api-version=1.1`);
    expect(body).toMatchObject({ isManaged: true, complianceState: false });
  });

  it.each([
    ['macaddress', '02-00-5E-24-01-0A'],
    ['macaddress', '02:00:5e:24:01:0a'],
    ['macaddress', '0200.5e24.010a'],
    ['serialnumber', encodeURIComponent(identifiers.serialNumber)],
    ['udid', identifiers.udid],
    ['IMEI', identifiers.imei],
  ])('finds the device by %s %s', async (criterion, value) => {
    const { body } = await ask(`querycriteria=${criterion}&api-version=1.1&value=${value}`);
    expect(body).toMatchObject({ isManaged: true, macAddress: '02005E24010A' });
  });

  it('gets 200 with `isManaged: false` for an unenrolled device', async () => {
    const answer = await askByMac('02005e24ffff');
    expect([answer.status, JSON.parse(answer.body)]).toEqual([200, NOT_MANAGED]);
    for (const query of ['querycriteria=meid&value=A0123456789012', 'querycriteria=udid&value=x']) {
      expect([query, (await ask(query)).body]).toEqual([query, NOT_MANAGED]);
    }
  });

  it('gets the same for a device that is no longer enrolled', async () => {
    const left = newId();
    await system.enrolHealthy(left, { wiFiMacAddress: '02005E240200' });
    expect(JSON.parse((await askByMac('02005e240200')).body)).toMatchObject({ isManaged: true });
    await system.client.request('DELETE', `deviceManagement/managedDevices/${left}`, {
      as: 'admin',
    });
    expect(JSON.parse((await askByMac('02005e240200')).body)).toEqual(NOT_MANAGED);
  });

  it('gets the same for a device with a broken record', async () => {
    const broken = newId();
    await system.enrolHealthy(broken);
    const { cosmos } = system.stack.description;
    const client = new CosmosClient({
      ...cosmos,
      connectionPolicy: { enableEndpointDiscovery: false },
    });
    await client
      .database(DATABASE_NAME)
      .container(DEVICES_CONTAINER.id)
      .item(broken, broken)
      .patch([{ op: 'set', path: '/record/device/incidents', value: 'gone' }]);
    client.dispose();
    const { status, body } = await ask(`querycriteria=deviceid&value=${broken}`);
    expect([status, body]).toEqual([200, NOT_MANAGED]);
  });

  it('lists the devices of a user', async () => {
    const userPrincipalName = `${newId()}@contoso.example`;
    const [first, second] = [newId(), newId()];
    await system.enrolHealthy(first, { userPrincipalName });
    await system.client.enrol(second, {
      operatingSystem: 'iOS',
      osVersion: '18',
      userPrincipalName,
    });
    const { body } = await ask(`querycriteria=username&value=${userPrincipalName}`);
    const devices = (body['deviceList'] as Record<string, unknown>[]).toSorted((a) =>
      a['azureDeviceId'] === first ? -1 : 1,
    );
    expect([body['pagingInfo'], devices]).toMatchObject([
      0,
      [
        { azureDeviceId: first, complianceState: true },
        { azureDeviceId: second, complianceState: false },
      ],
    ]);
  });
});

describe('what a query costs', () => {
  it('is one point read by id, and by MAC address one lookup more', async () => {
    const deviceId = newId();
    await system.enrolHealthy(deviceId, { wiFiMacAddress: '02005E240400' });
    await untilWorkedOff(system);
    const costOfQuery = (path: string): Promise<DeviceRequests> =>
      costOf(system, async () => {
        const headers = { authorization: `Bearer ${KEY}` };
        const { text } = await system.client.request('GET', `nac/${path}`, { headers });
        expect(text).toContain(deviceId);
      });
    expect(await costOfQuery(`devices/?querycriteria=deviceid&value=${deviceId}`)).toEqual({
      read: 1,
    });
    expect(await costOfQuery(`ciscoise/devices/?querycriteria=guid&value=${deviceId}`)).toEqual({
      read: 1,
    });
    expect(await costOfQuery('devices/?querycriteria=macaddress&value=02005e240400')).toEqual({
      read: 2,
    });
    expect(
      await costOfQuery('ciscoise/devices/?querycriteria=macaddress&value=02005e240400'),
    ).toEqual({ read: 2 });
  });
});

describe('a wrong request', () => {
  it.each([
    ['querycriteria=phonenumber&value=1', 'querycriteria'],
    ['querycriteria=constructor&value=1', 'querycriteria'],
    ['value=02005e24010a', 'querycriteria'],
    ['querycriteria=macaddress', 'value'],
    ['querycriteria=macaddress&value=', 'value'],
    ['querycriteria=macaddress&value=02005e24010', 'value'],
    ['querycriteria=macaddress&value=02005e24010g', 'value'],
    ['querycriteria=deviceid&value=a%2Fb', 'value'],
    [`querycriteria=imei&value=${'1'.repeat(256)}`, 'value'],
    ['querycriteria=macaddress&value=02005e24010a&api-version=2.0', 'api-version'],
    ['querycriteria=compliance&value=true', 'value'],
    ['querycriteria=compliance&value=false&paging=-1', 'paging'],
    ['querycriteria=compliance&value=false&paging=7', 'paging'],
  ])('is rejected with the name of the wrong parameter: `%s`', async (query, path) => {
    const { status, body } = await ask(query, OTHER_KEY);
    expect([status, body]).toMatchObject([
      400,
      { error: { code: 'invalidRequest', details: [{ path }] } },
    ]);
  });

  it.each(['Bearer made-up', `Bearer ${KEY}x`, `Basic ${KEY}`, 'Bearer', KEY])(
    'is rejected without a valid token: `%s`',
    async (authorization) => {
      const { status, headers } = await askByMac('02005e24010a', authorization);
      expect([status, headers.get('www-authenticate')]).toEqual([401, KEY_CHALLENGE]);
    },
  );

  it('is rejected with a token without the role', async () => {
    const token = await system.client.token('sepMobile');
    expect((await askByMac('02005e24010a', `Bearer ${token}`)).status).toBe(403);
  });
});

describe('while Cosmos DB is down', () => {
  it('a NAC gets 503 with a waiting time, and never `compliant`', async () => {
    await system.enrolHealthy(newId(), { wiFiMacAddress: '02005E240300' });
    await system.fail({ kind: 'status', status: 503 });
    const answer = await askByMac('02005e240300');
    const list = await ask('querycriteria=compliance&value=false', OTHER_KEY);
    await system.mend();
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    expect(answer.body).not.toContain('complianceState');
    expect([list.status, list.headers.get('retry-after')]).toEqual([503, '5']);
    expect(JSON.parse((await askByMac('02005e240300')).body)).toMatchObject({
      complianceState: true,
    });
  });
});

describe('the query for all noncompliant devices', () => {
  const LIST = 'querycriteria=compliance&value=false&api-version=1.1&paging=';
  const idsIn = ({ body }: Answer): string[] =>
    (body['deviceList'] as { azureDeviceId: string }[]).map(({ azureDeviceId }) => azureDeviceId);

  it('is answered page by page, across processes, and again at once', async () => {
    const enrolled = Array.from({ length: 130 }, newId);
    const good = newId();
    await system.enrolHealthy(good);
    for (const deviceId of enrolled) {
      await system.client.enrol(deviceId, { operatingSystem: 'Android', osVersion: '15' });
    }
    const first = await ask(`${LIST}0`);
    expect([first.status, idsIn(first).length, first.body['pagingInfo']]).toEqual([200, 100, 1]);

    await system.stack.killWorker();
    const again = await ask(`${LIST}0`);
    expect([again.status, idsIn(again)]).toEqual([200, idsIn(first)]);

    const pages = [first];
    for (let page = first.body['pagingInfo']; page !== 0; page = pages.at(-1)?.body['pagingInfo']) {
      pages.push(await ask(`${LIST}${String(page)}`));
    }
    const ids = pages.flatMap(idsIn);
    expect(enrolled.filter((deviceId) => !ids.includes(deviceId))).toEqual([]);
    expect(ids).not.toContain(good);
    expect(new Set(ids).size).toBe(ids.length);
    for (const page of pages) expect(idsIn(page).length).toBeLessThanOrEqual(100);

    const last = pages.length - 1;
    expect(idsIn(await ask(`${LIST}${String(last)}`))).toEqual(idsIn(pages[last] ?? first));
    expect((await ask(`${LIST}${String(last + 1)}`)).status).toBe(400);
  });

  it('is answered to two simultaneous requests', async () => {
    const both = await Promise.all([ask(`${LIST}0`, OTHER_KEY), ask(`${LIST}0`, OTHER_KEY)]);
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
  });
});
