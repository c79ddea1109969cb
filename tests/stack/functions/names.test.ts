import { randomBytes, randomUUID } from 'node:crypto';
import { CosmosClient, type Container } from '@azure/cosmos';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../../../infra/local/demo/outerClient.ts';
import { DATABASE_NAME, DEVICES_CONTAINER } from '../../../shared/resources.ts';
import { defined } from '../../../shared/base/defined.ts';
import { eventually } from '../../support/eventually.ts';
import { NAC_KEYS } from '../../support/quietSettings.ts';
import { reportMalware } from '../../support/reportMalware.ts';
import { quietStack } from '../../support/sharedStacks.ts';

const system = quietStack();
// A device with access, so that no policy of these tests locks out every device.
beforeAll(() =>
  system.enrolHealthy('bystander', {
    operatingSystem: 'iOS',
    osVersion: '18.1',
    userPrincipalName: 'bystander@contoso.example',
  }),
);

const SPELLINGS_OF_AN_ID: readonly (readonly [string, (guid: string) => string])[] = [
  ['in small letters', (guid) => guid],
  ['in capitals', (guid) => guid.toUpperCase()],
  ['in braces', (guid) => `{${guid}}`],
  ['in braces and capitals', (guid) => `{${guid.toUpperCase()}}`],
  ['in both cases', (guid) => `${guid.slice(0, 18).toUpperCase()}${guid.slice(18)}`],
  ['in parentheses', (guid) => `(${guid})`],
  ['as a URN', (guid) => `urn:uuid:${guid}`],
  ['as a URN in capitals', (guid) => `URN:UUID:${guid.toUpperCase()}`],
];

function asAdmin(method: string, path: string, json?: unknown): Promise<Answer> {
  return system.client.request(method, path, { as: 'admin', ...defined({ json }) });
}

function askWithKey(
  key: string,
  path: string,
  headers: object = {},
  body?: string,
): Promise<Answer> {
  return system.client.request(body === undefined ? 'GET' : 'POST', path, {
    headers: { authorization: `Bearer ${key}`, ...headers },
    ...defined({ body }),
  });
}

const decide = async (json: object): Promise<unknown> =>
  (await system.client.request('POST', 'accessDecisions', { as: 'caller', json })).body['decision'];

/** Asks until the answer is in time: on a busy machine a late decision becomes a 403. */
async function askEnvoy(certificate: string): Promise<number> {
  const { proxy } = system.stack.description.callerKeys;
  const headers = { 'x-forwarded-client-cert': certificate };
  for (;;) {
    const answer = await askWithKey(proxy, 'access/envoy/wifi?path=/', headers);
    if (answer.headers.get('x-access-reason') !== 'serviceNotAvailable') return answer.status;
  }
}

/** Each door, and its answer to a healthy device by its id: true only if it knows the device and allows it. */
const DOORS: Readonly<Record<string, (deviceId: string) => Promise<boolean>>> = {
  compliance: async (id) =>
    (await system.client.compliance(id)).body['complianceState'] === 'compliant',
  accessDecisions: async (deviceId) =>
    (await decide({ device: { deviceId }, resource: 'exchangeOnline' })) === 'allow',
  nginx: async (id) => {
    const { proxy } = system.stack.description.callerKeys;
    return (await askWithKey(proxy, 'access/nginx/wifi', { 'x-device-id': id })).status === 204;
  },
  'Envoy, by its certificate': async (id) =>
    (await askEnvoy(`Hash=ab;URI=IntuneDeviceId://${id}`)) === 200,
  'FreeRADIUS, by its certificate': async (id) => {
    const { radius } = system.stack.description.callerKeys;
    const uri = encodeURIComponent(`IntuneDeviceId://${id}`);
    return (await askWithKey(radius, `access/radius/wifi?certificateUri=${uri}`)).status === 204;
  },
  'Intune NAC': async (id) => {
    const query = `querycriteria=deviceid&value=${encodeURIComponent(id)}`;
    const { body } = await askWithKey(NAC_KEYS.forescout, `nac/devices/?${query}`);
    return body['isManaged'] === true && body['complianceState'] === true;
  },
  'Cisco ISE, in a batch': async (id) => {
    const path = 'nac/ciscoise-v2/batchdevices/?paging=0&querycriteria=guid&filter=all';
    const body = `<ise_api><value>${id}</value></ise_api>`;
    const headers = { 'content-type': 'application/xml' };
    return (await askWithKey(NAC_KEYS.ise, path, headers, body)).text.includes('<status>true<');
  },
  managedDevices: async (id) =>
    (await asAdmin('GET', `deviceManagement/managedDevices/${encodeURIComponent(id)}`)).body[
      'complianceState'
    ] === 'compliant',
  // A re-evaluation costs as much as a page, so the budget of the caller can run out.
  reevaluation: async (deviceId) => {
    const { body } = await eventually(
      () => asAdmin('POST', 'deviceManagement/reevaluation', { deviceId }),
      ({ status }) => status !== 429,
    );
    return body['complianceState'] === 'compliant';
  },
};

describe('a device id', () => {
  const deviceId = randomUUID();
  beforeAll(() => system.enrolHealthy(deviceId));

  for (const [door, allows] of Object.entries(DOORS)) {
    it.each(SPELLINGS_OF_AN_ID)(`leads to the device %s: ${door}`, async (_, spell) => {
      expect(await allows(spell(deviceId))).toBe(true);
      expect(await allows(spell(randomUUID()))).toBe(false);
    });
  }

  it.each([
    ...SPELLINGS_OF_AN_ID,
    ['with blanks around it', (guid: string) => ` ${guid}\t\n`] as const,
    ['in braces, with blanks around them', (guid: string) => `\u00a0{${guid}} `] as const,
  ])('leads a report to the device %s', async (_, spell) => {
    const id = randomUUID();
    await system.enrolHealthy(id);
    await reportMalware(system.client, spell(id), 'opened');
    await eventually(
      () => system.client.compliance(id),
      ({ body }) => body['complianceState'] === 'noncompliant',
    );
    await reportMalware(system.client, spell(id), 'resolved');
    await eventually(
      () => system.client.compliance(id),
      ({ body }) => body['complianceState'] === 'compliant',
    );
    const physical = { jailbrokenOrRooted: true };
    const json = { deviceId: spell(id), observedDateTime: new Date().toISOString(), physical };
    const sent = await system.client.request('POST', 'telemetry', { as: 'sepMobile', json });
    expect(sent.status).toBe(202);
    await eventually(
      () => system.client.compliance(id),
      ({ body }) => body['complianceState'] === 'noncompliant',
    );
  });

  it.each(SPELLINGS_OF_AN_ID)('enrols and unenrols one device %s', async (_, spell) => {
    const id = randomUUID();
    const properties = { operatingSystem: 'iOS', osVersion: '18' };
    expect((await system.client.enrol(spell(id), properties)).body['id']).toBe(id);
    expect((await system.client.enrol(id, properties)).status).toBe(200);
    const path = `deviceManagement/managedDevices/${encodeURIComponent(spell(id))}`;
    expect((await asAdmin('DELETE', path)).status).toBe(204);
    expect((await system.client.compliance(id)).body['isManaged']).toBe(false);
  });

  it('that is no GUID leads a report with blanks around it to the device', async () => {
    const id = `phone-${randomUUID()}`;
    await system.enrolHealthy(id);
    await reportMalware(system.client, ` ${id} `, 'opened');
    const { body } = await eventually(
      () => system.client.compliance(id),
      (answer) => answer.body['complianceState'] === 'noncompliant',
    );
    expect(body).toMatchObject({ openIncidents: [{}] });
  });

  it('that is no GUID is compared exactly', async () => {
    const id = `phone-${randomUUID()}`;
    await system.enrolHealthy(id);
    expect((await system.client.compliance(id.toUpperCase())).body['isManaged']).toBe(false);
  });
});

describe('a record that an older release stored under an id in capitals', () => {
  let container: Container;
  beforeAll(() => {
    const connectionPolicy = { enableEndpointDiscovery: false };
    const client = new CosmosClient({ ...system.stack.description.cosmos, connectionPolicy });
    container = client.database(DATABASE_NAME).container(DEVICES_CONTAINER.id);
    return () => {
      client.dispose();
    };
  });

  /** Moves the stored record to the id that an older release would have given it. */
  async function storeInCapitals(id: string): Promise<void> {
    const { resource } = await container.item(id, id).read<Stored>();
    if (resource === undefined) throw new Error('the device is not stored');
    const { record, isManaged, complianceState, operatingSystem, ttl } = resource;
    const deviceId = id.toUpperCase();
    await container.item(id, id).delete();
    await container.items.create({
      ...defined({ isManaged, complianceState, operatingSystem, ttl }),
      id: deviceId,
      deviceId,
      record: { ...record, device: { ...record.device, deviceId } },
    });
  }

  interface Stored {
    readonly isManaged: boolean;
    readonly complianceState: string;
    readonly operatingSystem?: string;
    readonly ttl?: number;
    readonly record: { readonly device: object };
  }

  it('is found and changed under every spelling, and stays one record', async () => {
    const id = randomUUID();
    await system.enrolHealthy(id);
    await storeInCapitals(id);
    for (const [, spell] of SPELLINGS_OF_AN_ID)
      expect((await system.client.compliance(spell(id))).body['complianceState']).toBe('compliant');
    await reportMalware(system.client, id, 'opened');
    await eventually(
      () => system.client.compliance(id),
      ({ body }) => body['complianceState'] === 'noncompliant',
    );
    expect((await container.item(id, id).read()).statusCode).toBe(404);
  });

  it('keeps its threats for a device that was enrolled in small letters', async () => {
    const id = randomUUID();
    await reportMalware(system.client, id, 'opened');
    await eventually(
      () => container.item(id, id).read(),
      ({ statusCode }) => statusCode === 200,
    );
    await storeInCapitals(id);
    await container.items.create({
      id,
      deviceId: id,
      isManaged: true,
      complianceState: 'noncompliant',
      operatingSystem: 'Android',
      record: {
        device: {
          deviceId: id,
          enrolment: {
            observedDateTime: '2026-01-01T12:00:00.000Z',
            signalId: 'enrolled',
            value: {
              isEnrolled: true,
              properties: { operatingSystem: 'Android', osVersion: '15' },
            },
          },
          incidents: [],
        },
        transitionCount: 0,
        outbox: [],
      },
    });
    await system.client.sendEvents([
      { type: 'sepmobile.device.activated', data: { deviceId: id } },
      { type: 'sepmobile.device.risk', data: { deviceId: id, riskLevel: 'minimal' } },
    ]);
    const { body } = await eventually(
      () => system.client.compliance(id),
      (answer) => answer.body['lastDeviceHeartbeatDateTime'] !== undefined,
    );
    expect(body).toMatchObject({
      complianceState: 'noncompliant',
      openIncidents: [{ incidentId: `malware-${id}` }],
    });
  });
});

describe('a group id', () => {
  it.each(SPELLINGS_OF_AN_ID)(
    'in a policy or an enrolment means the group %s',
    async (_, spell) => {
      const [group, inPolicy, inEnrolment] = [randomUUID(), randomUUID(), randomUUID()];
      const created = await asAdmin('POST', 'deviceManagement/deviceCompliancePolicies', {
        '@odata.type': '#microsoft.graph.androidCompliancePolicy',
        displayName: 'Newer than any phone',
        osMinimumVersion: '99',
      });
      const path = `deviceManagement/deviceCompliancePolicies/${String(created.body['id'])}`;
      const type = '#microsoft.graph.groupAssignmentTarget';
      const assigned = await asAdmin('POST', `${path}/assign`, {
        assignments: [spell(group), group].map((groupId) => ({
          target: { '@odata.type': type, groupId },
        })),
      });
      expect(assigned.body['value']).toMatchObject([{ target: { groupId: group } }]);
      const properties = { operatingSystem: 'Android', osVersion: '15' };
      await system.client.enrol(inPolicy, { ...properties, groupIds: [group] });
      await system.client.enrol(inEnrolment, { ...properties, groupIds: [spell(group)] });
      for (const id of [inPolicy, inEnrolment])
        expect((await system.client.compliance(id)).body['reasons']).toContainEqual(
          expect.objectContaining({ code: 'osVersionTooOld' }),
        );
      await asAdmin('DELETE', path);
    },
  );
});

const SPELLINGS_OF_A_NAME: readonly (readonly [string, (name: string) => string])[] = [
  ['as it is', (name) => name],
  ['in capitals', (name) => name.toUpperCase()],
  ['in small letters', (name) => name.toLowerCase()],
  ['in NFD', (name) => name.normalize('NFD')],
  ['in NFD and capitals', (name) => name.toUpperCase().normalize('NFD')],
];

describe('the name of a user', () => {
  const newName = (): string => `jürgen.strauß.ΣΊΣΥΦΟΣ.${randomUUID()}@acme.example`;

  it.each(SPELLINGS_OF_A_NAME)('in a policy means the user %s', async (_, spell) => {
    const [name, deviceId, enrolledAs] = [newName(), randomUUID(), randomUUID()];
    await system.enrolHealthy(deviceId);
    await system.enrolHealthy(enrolledAs, { userPrincipalName: spell(name) });
    const policy = await asAdmin('POST', 'identity/conditionalAccess/policies', {
      displayName: 'Without this user',
      state: 'enabled',
      conditions: {
        applications: { includeApplications: ['All'] },
        users: { includeUsers: [name] },
      },
      grantControls: { operator: 'OR', builtInControls: ['block'] },
    });
    expect(policy.status).toBe(201);
    const request = { device: { deviceId }, resource: 'exchangeOnline' };
    expect(await decide({ ...request, userPrincipalName: spell(name) })).toBe('block');
    expect(await decide({ ...request, userPrincipalName: newName() })).toBe('allow');
    expect(await decide({ ...request, device: { deviceId: enrolledAs } })).toBe('block');
    await asAdmin('DELETE', `identity/conditionalAccess/policies/${String(policy.body['id'])}`);
  });

  it('finds the devices of the user in every spelling', async () => {
    const name = newName();
    const ids: string[] = [];
    for (const [, spell] of SPELLINGS_OF_A_NAME) {
      const id = randomUUID();
      ids.push(id);
      await system.enrolHealthy(id, { userPrincipalName: spell(name) });
    }
    for (const [, spell] of SPELLINGS_OF_A_NAME) {
      const filter = encodeURIComponent(`userPrincipalName eq '${spell(name)}'`);
      const { body } = await asAdmin('GET', `deviceManagement/managedDevices?$filter=${filter}`);
      const found = (body['value'] as { id: string }[]).map(({ id }) => id);
      expect(found.toSorted()).toEqual(ids.toSorted());
      const query = `querycriteria=username&value=${encodeURIComponent(spell(name))}`;
      const nac = await askWithKey(NAC_KEYS.forescout, `nac/devices/?${query}`);
      expect(nac.body['deviceList']).toHaveLength(ids.length);
    }
  });
});

describe('the name of a company app', () => {
  it.each(SPELLINGS_OF_A_NAME)('in a policy means the app %s', async (_, spell) => {
    const [name, deviceId] = [`löner-${randomUUID()}`, randomUUID()];
    await system.enrolHealthy(deviceId);
    const policy = await asAdmin('POST', 'identity/conditionalAccess/policies', {
      displayName: 'Without this app',
      state: 'enabled',
      conditions: { applications: { includeApplications: [`companyApp:${name}`] } },
      grantControls: { operator: 'OR', builtInControls: ['block'] },
    });
    expect(policy.status).toBe(201);
    const device = { deviceId };
    expect(await decide({ device, resource: `companyApp:${spell(name)}` })).toBe('block');
    expect(await decide({ device, resource: `companyApp:${spell(name)}-2` })).toBe('allow');
    await asAdmin('DELETE', `identity/conditionalAccess/policies/${String(policy.body['id'])}`);
  });
});

const SPELLINGS_OF_AN_ADDRESS: readonly (readonly [string, (digits: string) => string])[] = [
  ['with colons', (digits) => digits.replaceAll(/(..)(?=.)/g, '$1:')],
  ['with hyphens in capitals', (digits) => digits.toUpperCase().replaceAll(/(..)(?=.)/g, '$1-')],
  ['as Cisco writes it', (digits) => digits.replaceAll(/(....)(?=.)/g, '$1.')],
  ['in digits alone', (digits) => digits],
  ['in capital digits alone', (digits) => digits.toUpperCase()],
];

describe('a MAC address', () => {
  it.each(SPELLINGS_OF_AN_ADDRESS)(
    'is taken %s, and leads to the device in every form',
    async (_, spell) => {
      const [deviceId, digits] = [randomUUID(), `02${randomBytes(5).toString('hex')}`];
      await system.enrolHealthy(deviceId, { wiFiMacAddress: spell(digits) });
      const { body } = await asAdmin('GET', `deviceManagement/managedDevices/${deviceId}`);
      expect(body['wiFiMacAddress']).toBe(digits.toUpperCase().replaceAll(/(..)(?=.)/g, '$1:'));
      const { radius } = system.stack.description.callerKeys;
      for (const [, asked] of SPELLINGS_OF_AN_ADDRESS) {
        const mac = asked(digits);
        expect((await askWithKey(radius, `access/radius/wifi?mac=${mac}`)).status).toBe(204);
        const query = `querycriteria=macaddress&value=${mac}`;
        const nac = await askWithKey(NAC_KEYS.forescout, `nac/devices/?${query}`);
        expect(nac.body['azureDeviceId']).toBe(deviceId);
        expect(await decide({ device: { wiFiMacAddress: mac }, resource: 'wifi' })).toBe('allow');
      }
    },
  );

  it.each(['no address', '02:00:5E:A5:91', '02 00 5E A5 91 48'])(
    'that cannot be read is named: %s',
    async (wiFiMacAddress) => {
      const properties = { operatingSystem: 'iOS', osVersion: '18', wiFiMacAddress };
      const { status, body } = await system.client.enrol(randomUUID(), properties);
      expect([status, body]).toMatchObject([
        400,
        { error: { details: [{ path: '/wiFiMacAddress' }] } },
      ]);
    },
  );
});

describe('a version', () => {
  const platforms = ['ios', 'android'] as const;
  const minimum = { ios: '18.1', android: '16' };
  const policies: string[] = [];
  beforeAll(async () => {
    for (const platform of platforms) {
      const { body } = await asAdmin('POST', 'deviceManagement/deviceCompliancePolicies', {
        '@odata.type': `#microsoft.graph.${platform}CompliancePolicy`,
        displayName: 'New enough',
        osMinimumVersion: minimum[platform],
      });
      policies.push(`deviceManagement/deviceCompliancePolicies/${String(body['id'])}`);
      const target = { '@odata.type': '#microsoft.graph.allDevicesAssignmentTarget' };
      await asAdmin('POST', `${policies.at(-1) ?? ''}/assign`, { assignments: [{ target }] });
    }
    return async () => {
      for (const policy of policies) await asAdmin('DELETE', policy);
    };
  });

  it.each([
    ['iOS', '18.1 (22B83)'],
    ['iOS', '18.1(22B83)'],
    ['iOS', 'Version 18.1 (Build 22B83)'],
    ['iOS', 'iPhone OS 18.1'],
    ['Android', '16 (2026-05-01)'],
    ['Android', 'Android 16 (2026-05-01)'],
    ['Android', '16 (API 36)'],
    ['Android', '16 (QPR2)'],
    ['Android', 'v16'],
    ['Android', '16-perf'],
    ['Android', '16 (API 36), 2026-05-01'],
    ['iOS', '18.1b3'],
    ['iOS', '18.1, 22B83'],
    ['iOS', '18.1 [22B83]'],
  ])('is read with what a vendor puts around it: %s %s', async (operatingSystem, osVersion) => {
    const deviceId = randomUUID();
    await system.enrolHealthy(deviceId, { operatingSystem, osVersion });
    expect(await decide({ device: { deviceId }, resource: 'exchangeOnline' })).toBe('allow');
  });
});

describe('a certificate with the URI of the device and that of Microsoft’s strong mapping', () => {
  const SID = 'tag:microsoft.com,2022-09-14:sid:S-1-5-21-3623811015-3361044348-30300820-1013';
  const deviceId = randomUUID();
  beforeAll(() => system.enrolHealthy(deviceId));
  const ask = (...uris: readonly string[]): Promise<number> =>
    askEnvoy(['Hash=ab12', 'Subject="CN=phone"', ...uris].join(';'));

  it.each([
    ['as Envoy writes it', `URI=IntuneDeviceId://${deviceId}`, `URI=${SID}`],
    ['in the other order', `URI=${SID}`, `URI=IntuneDeviceId://${deviceId}`],
    ['in quotes', `URI=IntuneDeviceId://${deviceId}`, `URI="${SID}"`],
    ['in quotes, in the other order', `URI="${SID}"`, `URI=IntuneDeviceId://${deviceId}`],
  ])('identifies the device %s', async (_, ...uris) => {
    expect(await ask(...uris)).toBe(200);
  });

  it('identifies none if another device is named too', async () => {
    const [own, other] = [deviceId, randomUUID()].map((id) => `URI=IntuneDeviceId://${id}`);
    expect(await ask(own ?? '', `URI=${SID}`, other ?? '')).toBe(403);
    expect(await ask(`${own ?? ''},x`, other ?? '')).toBe(403);
  });
});
