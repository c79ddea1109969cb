import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { KEY_CHALLENGE } from '../../../support/challenges.ts';
import { NAC_KEYS } from '../../../support/quietSettings.ts';
import { quietStack } from '../../../support/sharedStacks.ts';
import { sendRaw, type RawAnswer } from '../../../support/sendRaw.ts';
import { eventually } from '../../../support/eventually.ts';

const { ise: KEY, otherIse: OTHER_KEY } = NAC_KEYS;
const system = quietStack();
const newId = (): string => randomUUID();
const basic = (name: string, key: string): string =>
  `Basic ${Buffer.from(`${name}:${key}`).toString('base64')}`;
const ISE = basic('ise', KEY);

/** Sends the request of an ISE: with user and password, and a slash at the end of the path. */
function ask(path: string, authorization = ISE): Promise<RawAnswer> {
  const { api } = system.stack.description;
  return sendRaw(api, [
    `GET /api/nac/${path} HTTP/1.1`,
    `Authorization: ${authorization}`,
    'Accept: application/xml',
    `Host: ${new URL(api).host}`,
    'Connection: close',
  ]);
}

function askBatch(
  criterion: string,
  body: string,
  { contentType = 'application/xml', dialect = 'ciscoise-v2' } = {},
): Promise<RawAnswer> {
  const { api } = system.stack.description;
  return sendRaw(
    api,
    [
      `POST /api/nac/${dialect}/batchdevices/?paging=0&querycriteria=${criterion}&filter=all HTTP/1.1`,
      `Authorization: ${ISE}`,
      `Content-Type: ${contentType}`,
      `Content-Length: ${String(Buffer.byteLength(body))}`,
      `Host: ${new URL(api).host}`,
      'Connection: close',
    ],
    body,
  );
}

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>';
const listOf = (version: number, devices = '', pagingInfo = 0): string =>
  `${DECLARATION}<ise_api><name>attributes</name><api_version>${String(version)}</api_version>` +
  `<paging_info>${String(pagingInfo)}</paging_info><deviceList>${devices}</deviceList></ise_api>`;

async function lastSeenInMilliseconds(deviceId: string): Promise<number> {
  const path = `deviceManagement/managedDevices/${deviceId}`;
  const { body } = await system.client.request('GET', path, { as: 'admin' });
  return Date.parse(String(body['lastDeviceHeartbeatDateTime']));
}

async function reportTelemetry(deviceId: string, physical: object): Promise<void> {
  const json = { deviceId, observedDateTime: new Date().toISOString(), physical };
  await system.client.request('POST', 'telemetry', { as: 'sepMobile', json });
}

describe('the version request of a Cisco ISE', () => {
  it.each([
    ['3', 3, '/api/nac/ciscoise'],
    ['2', 2, '/api/nac/ciscoise-v2'],
    ['4', 3, '/api/nac/ciscoise'],
  ])(
    'is answered with the newest version that both support, up to %s',
    async (asked, version, path) => {
      const answer = await ask(`ciscoise/mdminfo/?ise_api_version=${asked}`);
      expect([answer.status, answer.headers.get('content-type'), answer.body]).toEqual([
        200,
        'application/xml; charset=utf-8',
        `${DECLARATION}<ise_api><name>mdminfo</name><api_version>${String(version)}</api_version>` +
          `<api_path>${path}</api_path><redirect_url>https://portal.manage.microsoft.com</redirect_url>` +
          '<query_max_size>100</query_max_size><messaging_support>false</messaging_support>' +
          '<vendor>Mobile Threat Defense connector</vendor>' +
          '<product_name>Mobile Threat Defense connector</product_name>' +
          '<product_version>1.0</product_version></ise_api>',
      ]);
    },
  );

  it.each(['', '?ise_api_version=1', '?ise_api_version=x'])(
    'is rejected if the ISE supports none of our versions: `%s`',
    async (query) => {
      const { status, body } = await ask(`ciscoise/mdminfo/${query}`);
      expect([status, JSON.parse(body)]).toMatchObject([
        400,
        { error: { details: [{ path: 'ise_api_version' }] } },
      ]);
    },
  );
});

describe('a Cisco ISE', () => {
  const deviceId = newId();
  const imei = '352099001761499';
  beforeAll(async () => {
    await system.enrolHealthy(deviceId, {
      osVersion: '15',
      serialNumber: 'SN-1',
      imei,
      wiFiMacAddress: '02:00:5e:25:01:0a',
    });
    await reportTelemetry(deviceId, {
      passcodeEnabled: true,
      storageEncrypted: true,
      jailbrokenOrRooted: false,
    });
    await eventually(
      async () =>
        (await ask(`ciscoise/devices/?paging=0&querycriteria=guid&value=${deviceId}`)).body,
      (body) => body.includes('pin_lock_on'),
    );
  });

  const attributes =
    '<disk_encryption_on>true</disk_encryption_on><pin_lock_on>true</pin_lock_on>' +
    `<jail_broken>false</jail_broken><imei>${imei}</imei><serial_number>SN-1</serial_number>` +
    '<os_version>Android 15</os_version>';

  it('gets a device by id in version 3', async () => {
    const query = `paging=0&querycriteria=guid&value=${deviceId}&filter=all`;
    const { status, body } = await ask(`ciscoise/devices/?${query}`);
    const seen = String(await lastSeenInMilliseconds(deviceId));
    expect([status, body]).toEqual([
      200,
      listOf(
        3,
        `<device><guid>${deviceId}</guid><Attributes><guid>${deviceId}</guid>` +
          '<register_status>true</register_status><Compliance><status>true</status></Compliance>' +
          `${attributes}<lastCheckinTimeStamp>${seen}</lastCheckinTimeStamp>` +
          '<macaddresses>02005E25010A</macaddresses></Attributes></device>',
      ),
    ]);
  });

  it('gets a device by MAC address in version 2, with lower-case element names', async () => {
    const query = 'paging=0&querycriteria=macaddress&value=02005E25010A&filter=all';
    const { status, body } = await ask(`ciscoise-v2/devices/?${query}`);
    expect([status, body]).toEqual([
      200,
      listOf(
        2,
        '<device><macaddress>02005E25010A</macaddress><attributes>' +
          '<register_status>true</register_status><compliance><status>true</status></compliance>' +
          `${attributes}</attributes></device>`,
      ),
    ]);
  });

  it('gets its search value back in version 3', async () => {
    const query = 'paging=0&querycriteria=macaddress&value=02-00-5e-25-01-0a&filter=all';
    expect((await ask(`ciscoise/devices/?${query}`)).body).toContain(
      `<device><guid>${deviceId}</guid><macaddress>02005E25010A</macaddress><Attributes>`,
    );
  });

  it('gets a device by IMEI, also without a slash at the end, and with a token', async () => {
    const path = `ciscoise/devices?paging=0&querycriteria=imei&value=${imei}&filter=all`;
    const token = await system.client.token('caller');
    expect((await ask(path, `Bearer ${token}`)).body).toContain(`<guid>${deviceId}</guid>`);
  });

  it.each(['guid', 'macaddress', 'udid', 'imei', 'meid', 'username'])(
    'gets an empty list for an unknown %s',
    async (criterion) => {
      const query = `paging=0&querycriteria=${criterion}&value=02005e25ffff&filter=all`;
      for (const [path, version] of [
        ['ciscoise', 3],
        ['ciscoise-v2', 2],
      ] as const) {
        const { status, body } = await ask(`${path}/devices/?${query}`);
        expect([status, body]).toEqual([200, listOf(version)]);
      }
    },
  );

  it('gets the reasons of a noncompliant device, and the steps for its user', async () => {
    const found = newId();
    await system.enrolHealthy(found);
    await reportTelemetry(found, { jailbrokenOrRooted: true });
    const query = `paging=0&querycriteria=guid&value=${found}&filter=all`;
    const { body } = await eventually(
      () => ask(`ciscoise/devices/?${query}`),
      (answer) => answer.body.includes('<status>false</status>'),
    );
    const [, reason = '', remediation] =
      /<failure_reason>(.*)<\/failure_reason><remediation>(.*)<\/remediation>/.exec(body) ?? [];
    expect(reason.split(', ')).toContain('deviceCompromised');
    expect(remediation).toContain('Take the device to your support desk');
    expect(body).toContain('<jail_broken>true</jail_broken>');
  });

  it('lists the devices of a user', async () => {
    const userPrincipalName = `${newId()}@contoso.example`;
    const devices = [newId(), newId()];
    for (const each of devices) {
      await system.client.enrol(each, {
        operatingSystem: 'iOS',
        osVersion: '18',
        userPrincipalName,
      });
    }
    const query = `paging=0&querycriteria=username&value=${encodeURIComponent(userPrincipalName)}`;
    const { body } = await ask(
      `ciscoise/devices/?${query}&filter=register_status+compliance_status`,
    );
    for (const each of devices) expect(body).toContain(`<device><guid>${each}</guid>`);
    expect(body.match(/<device>/g)).toHaveLength(2);
  });

  it.each([
    ['ciscoise/devices/?paging=0&querycriteria=hostname&value=x', 400, 'querycriteria'],
    ['ciscoise/devices/?paging=0&querycriteria=macaddress&value=%3Cx%2F%3E', 400, 'value'],
    ['ciscoise/devices/?paging=x&querycriteria=compliance&value=false', 400, 'paging'],
    ['ciscoise-v9/devices/?paging=0&querycriteria=guid&value=x', 404, undefined],
  ])('gets the wrong parameter’s name for `%s`', async (path, expected, field) => {
    const { status, body } = await ask(path);
    const { error } = JSON.parse(body) as { error: { details: { path: string }[] } };
    expect([status, error.details[0]?.path]).toEqual([expected, field]);
  });
});

describe('a batch of a Cisco ISE', () => {
  const known = [newId(), newId()];
  beforeAll(async () => {
    for (const [at, deviceId] of known.entries()) {
      await system.enrolHealthy(deviceId, {
        wiFiMacAddress: `02005E2502${at === 0 ? '0A' : '0B'}`,
      });
    }
  });

  it.each([
    [
      'application/xml',
      `<value>02005E25020A</value><value>02005E25FFFF</value><value>02005E25020B</value>`,
    ],
    [
      'application/x-www-form-urlencoded',
      '<identifier><macaddress> 02005E25020A</macaddress><macaddress>02005e25020b</macaddress></identifier >',
    ],
  ])('is answered for each enrolled device: %s', async (contentType, values) => {
    const body = `<?xml version="1.0" encoding="UTF-8"?> <ise_api>${values}</ise_api>`;
    const answer = await askBatch('macaddress', body, { contentType });
    const device = (mac: string): string =>
      `<device><macaddress>${mac}</macaddress><attributes><register_status>true</register_status>` +
      '<compliance><status>true</status></compliance><os_version>Android 15</os_version>' +
      '</attributes></device>';
    expect([answer.status, answer.body]).toEqual([
      200,
      listOf(2, `${device('02005E25020A')}${device('02005E25020B')}`),
    ]);
  });

  const expansion = Array.from(
    { length: 9 },
    (_, at) => `<!ENTITY l${String(at + 1)} "${`&l${String(at)};`.repeat(10)}">`,
  ).join('');
  it.each([
    [
      'a billion laughs',
      `<!DOCTYPE x [<!ENTITY l0 "lol">${expansion}]><ise_api><value>&l9;</value></ise_api>`,
    ],
    [
      'a file',
      '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><ise_api><value>&f;</value></ise_api>',
    ],
    [
      'an address',
      '<!DOCTYPE x SYSTEM "http://169.254.169.254/"><ise_api><value>02005E25020A</value></ise_api>',
    ],
    ['an undeclared entity', '<ise_api><value>&x;</value></ise_api>'],
    ['CDATA', '<ise_api><value><![CDATA[02005E25020A]]></value></ise_api>'],
    ['two roots', '<ise_api><value>02005E25020A</value></ise_api><ise_api/>'],
    ['an element without an end', '<ise_api><value>02005E25020A</value>'],
    ['deep nesting', `${'<a>'.repeat(5000)}${'</a>'.repeat(5000)}`],
    ['a prototype', '<ise_api><__proto__><value>02005E25020A</value></__proto__></ise_api>'],
    ['no XML', '{"value": "02005E25020A"}'],
    ['nothing', ''],
    ['no device', '<ise_api/>'],
    ['an invalid value', '<ise_api><value>02005E25020A</value><value>x</value></ise_api>'],
    [
      'too many values',
      `<ise_api>${Array.from({ length: 101 }, (_, at) => `<value>02005E26${at.toString(16).padStart(4, '0')}</value>`).join('')}</ise_api>`,
    ],
  ])('is rejected if it contains %s', async (_what, body) => {
    const answer = await askBatch('macaddress', body);
    expect([answer.status, answer.body]).toEqual([400, expect.stringContaining('invalidRequest')]);
    expect(answer.body).not.toContain('root:');
  });

  it('is rejected if it is too long, of another type, or not about devices', async () => {
    const long = `<ise_api>${' '.repeat(64 * 1024)}</ise_api>`;
    const small = '<ise_api><value>02005E25020A</value></ise_api>';
    expect((await askBatch('macaddress', long)).status).toBe(413);
    expect((await askBatch('macaddress', small, { contentType: 'application/json' })).status).toBe(
      415,
    );
    for (const criterion of ['compliance', 'username'])
      expect((await askBatch(criterion, small)).status).toBe(400);
  });
});

describe('the name of a device', () => {
  it('is escaped in XML: elements, entities, ends of sections, and forbidden characters', async () => {
    const deviceId = newId();
    const name = `</serial_number><status>true</status>&<![CDATA["']]>\u0000\u0008\uFFFEx`;
    await system.client.enrol(deviceId, {
      operatingSystem: 'iOS',
      osVersion: '18</os_version>',
      deviceName: name,
      serialNumber: name,
      udid: '&lt;',
    });
    const { body } = await ask(`ciscoise/devices/?paging=0&querycriteria=guid&value=${deviceId}`);
    expect(body).toContain(
      '<udid>&amp;lt;</udid><serial_number>&lt;/serial_number&gt;&lt;status&gt;true&lt;/status&gt;&amp;' +
        '&lt;![CDATA[&quot;&apos;]]&gt;\uFFFD\uFFFD\uFFFDx</serial_number>' +
        '<os_version>iOS 18&lt;/os_version&gt;</os_version>',
    );
    expect(body.match(/<status>/g)).toHaveLength(1);
    expect(body).toContain('<status>false</status>');
  });
});

describe('user and password', () => {
  const path = 'ciscoise/mdminfo/?ise_api_version=3';

  it.each([
    ['another’s key', basic('ise', OTHER_KEY)],
    ['another’s name', basic('otherIse', KEY)],
    ['an unknown key', basic('ise', KEY.replace('i', 'I'))],
    ['no name', basic('', KEY)],
    ['no key', basic('ise', '')],
    ['no colon', `Basic ${Buffer.from(KEY).toString('base64')}`],
    ['no base64', 'Basic ???'],
    ['nothing', 'Basic'],
  ])('are rejected with %s', async (_what, authorization) => {
    const { status, headers } = await ask(path, authorization);
    expect([status, headers.get('www-authenticate')]).toEqual([401, KEY_CHALLENGE]);
  });

  it('do not accept a token as the password', async () => {
    const token = await system.sign({ roles: ['Devices.Read.All'], azp: 'ise', sub: 'ise' });
    expect((await ask(path, `Bearer ${token}`)).status).toBe(200);
    expect((await ask(path, basic('ise', token))).status).toBe(401);
  });

  it('give access to the endpoints of the key’s role, and no others', async () => {
    const headers = { authorization: ISE };
    const read = await system.client.request('GET', 'devices/nobody/compliance', { headers });
    expect([read.status, read.body['complianceState']]).toEqual([403, undefined]);
    const json = { device: { deviceId: 'nobody' }, resource: 'wifi' };
    const decided = await system.client.request('POST', 'accessDecisions', { json, headers });
    expect(decided.status).toBe(403);
    expect((await system.client.request('GET', 'setup', { headers })).status).toBe(403);
  });
});

describe('while Cosmos DB is down', () => {
  it('an ISE gets 503 with a waiting time, and never `compliant`', async () => {
    const deviceId = newId();
    await system.enrolHealthy(deviceId, { wiFiMacAddress: '02005E250301' });
    const query = 'paging=0&querycriteria=macaddress&value=02005E250301&filter=all';
    await system.fail({ kind: 'status', status: 503 });
    const third = await ask(`ciscoise/devices/?${query}`);
    const second = await ask(`ciscoise-v2/devices/?${query}`);
    const batch = await askBatch('guid', `<ise_api><value>${deviceId}</value></ise_api>`);
    await system.mend();
    expect([third.status, third.headers.get('retry-after'), third.body]).toEqual([
      503,
      '5',
      `${DECLARATION}<ise_api><name>attributes</name><api_version>3</api_version>` +
        '<server_busy_wait_seconds>5</server_busy_wait_seconds></ise_api>',
    ]);
    for (const { status, body } of [second, batch])
      expect([status, body]).toEqual([503, expect.stringContaining('serviceNotAvailable')]);
    expect((await ask(`ciscoise/devices/?${query}`)).body).toContain('<status>true</status>');
  });
});

describe('the limits of a Cisco ISE', () => {
  const listFrom = (page: number): string =>
    `paging=${String(page)}&querycriteria=compliance&value=false&deviceidentifier=guid&filter=all`;
  const LIST = listFrom(0);

  /** The whole list: other tests have noncompliant devices too. */
  async function readList(): Promise<string> {
    let list = '';
    let page = 0;
    do {
      const { status, body } = await ask(`ciscoise/devices/?${listFrom(page)}`);
      expect(status).toBe(200);
      list += body;
      page = Number(/<paging_info>(\d+)</.exec(body)?.[1]);
    } while (page !== 0);
    return list;
  }

  it('allow a list of noncompliant devices again at once, across processes and versions', async () => {
    const deviceId = newId();
    await system.client.enrol(deviceId, { operatingSystem: 'Android', osVersion: '15' });
    const list = await readList();
    expect(list).toContain(`<device><guid>${deviceId}</guid><Attributes>`);
    expect(list).not.toContain('<status>true</status>');
    await system.stack.killWorker();
    expect(await readList()).toContain(`<device><guid>${deviceId}</guid><Attributes>`);
    expect((await ask(`ciscoise-v2/devices/?${LIST}`)).status).toBe(200);
    expect((await ask(`ciscoise/devices/?${LIST}`, basic('otherIse', OTHER_KEY))).status).toBe(200);
  });

  it('are reported in its own format if it asks too often', async () => {
    const values = Array.from({ length: 100 }, (_, at) => `<value>n-${String(at)}</value>`).join(
      '',
    );
    const body = `<ise_api>${values}</ise_api>`;
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => askBatch('guid', body, { dialect: 'ciscoise' })),
    );
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused.length).toBeGreaterThan(0);
    for (const each of refused) {
      expect([each.status, each.headers.get('retry-after'), each.body]).toEqual([
        429,
        '1',
        expect.stringContaining('<server_busy_wait_seconds>1</server_busy_wait_seconds>'),
      ]);
    }
    const token = basic('otherIse', OTHER_KEY);
    expect((await ask('ciscoise/mdminfo/?ise_api_version=3', token)).status).toBe(200);
  });
});
