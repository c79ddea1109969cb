import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { MAX_SHARING_DEVICES } from '../../../shared/core/decisions/readDevice.ts';
import { eventually } from '../../support/eventually.ts';
import { CLOUDFLARE_AUDIENCE, NAC_KEYS, quietTeam } from '../../support/quietSettings.ts';
import { quietStack } from '../../support/sharedStacks.ts';

const team = await quietTeam();
const system = quietStack();

const newId = (): string => randomUUID();
const newMac = (): string => `0a${randomBytes(5).toString('hex')}`;
const basicOfIse = `Basic ${Buffer.from(`ise:${NAC_KEYS.ise}`).toString('base64')}`;

const decide = async (device: Readonly<Record<string, string>>): Promise<unknown> => {
  const { body } = await system.client.decide(device, 'wifi');
  return body['decision'];
};
const reasonsOf = async (device: Readonly<Record<string, string>>): Promise<readonly unknown[]> => {
  const { body } = await system.client.decide(device, 'wifi');
  return (body['reasons'] as readonly { readonly code: string }[]).map(({ code }) => code);
};

async function askRadius(mac: string): Promise<number> {
  const { radius } = system.stack.description.callerKeys;
  const headers = { authorization: `Bearer ${radius}` };
  return (await system.client.request('GET', `access/radius/wifi?mac=${mac}`, { headers })).status;
}

async function askNac(mac: string): Promise<unknown> {
  const path = `nac/devices/?querycriteria=macaddress&api-version=1.1&value=${mac}`;
  const headers = { authorization: `Bearer ${NAC_KEYS.forescout}` };
  return (await system.client.request('GET', path, { headers })).body['complianceState'];
}

async function askIse(mac: string): Promise<string> {
  const path = `nac/ciscoise/devices/?paging=0&querycriteria=macaddress&value=${mac}&filter=all`;
  const headers = { authorization: basicOfIse };
  return (await system.client.request('GET', path, { headers })).text;
}

async function postureOf(device: Readonly<Record<string, string>>): Promise<number> {
  const token = await team.sign({
    type: 'app',
    aud: [CLOUDFLARE_AUDIENCE],
    common_name: `${newId()}.access`,
    sub: '',
  });
  const { body } = await system.client.request('POST', 'access/cloudflare/posture', {
    json: { devices: [{ device_id: 'asked', ...device }] },
    headers: { 'cf-access-jwt-assertion': token },
  });
  const { result } = body as { result: Readonly<Record<string, { readonly score: number }>> };
  return result['asked']?.score ?? -1;
}

/** Enrols devices one after the other, so that the last one is the newest, and reports them as healthy. */
async function enrolInOrder(ids: readonly string[], properties: object): Promise<void> {
  for (const id of ids)
    await system.client.enrol(id, { operatingSystem: 'Android', osVersion: '15', ...properties });
  await Promise.all(ids.map((id) => system.enrolHealthy(id, { ...properties })));
}

async function infect(deviceId: string): Promise<void> {
  await system.client.sendEvents([
    { type: 'sepmobile.device.risk', data: { deviceId, riskLevel: 'high' } },
  ]);
  await eventually(
    () => decide({ deviceId }),
    (decision) => decision === 'block',
  );
}

describe('an identifier that more devices have than can be judged', () => {
  const ids = Array.from({ length: MAX_SHARING_DEVICES + 1 }, newId);
  const [first = ''] = ids;
  const wiFiMacAddress = newMac();
  const identifiers = { wiFiMacAddress, serialNumber: newId(), imei: newId(), udid: newId() };

  it('blocks at every door and says so', async () => {
    await enrolInOrder(ids, identifiers);
    await infect(first);
    for (const [name, value] of Object.entries(identifiers))
      expect([name, await decide({ [name]: value }), await reasonsOf({ [name]: value })]).toEqual([
        name,
        'block',
        ['identifierNotUnique'],
      ]);
    expect(await askRadius(wiFiMacAddress)).toBe(401);
    expect(await askNac(wiFiMacAddress)).toBe(false);
    const answerOfIse = await askIse(wiFiMacAddress);
    expect(answerOfIse).toContain('<status>false</status>');
    expect(answerOfIse).toContain('<failure_reason>identifierNotUnique</failure_reason>');
    expect(answerOfIse).toContain(
      `<macaddress>${wiFiMacAddress.toUpperCase()}</macaddress><Attributes><register_status>true`,
    );
    expect(await postureOf({ serial_number: identifiers.serialNumber })).toBe(0);
    expect(await postureOf({ mac_address: wiFiMacAddress })).toBe(0);
  });

  it('identifies the one that is left after the others have gone', async () => {
    for (const id of ids.slice(1))
      await system.client.request('DELETE', `deviceManagement/managedDevices/${id}`, {
        as: 'admin',
      });
    expect(await reasonsOf(identifiersOf('serialNumber'))).toContain('compliantDeviceRequired');
    const data = { deviceId: first, riskLevel: 'minimal' };
    await system.client.sendEvents([{ type: 'sepmobile.device.risk', data }]);
    await eventually(
      () => decide(identifiersOf('serialNumber')),
      (decision) => decision === 'allow',
    );
    expect(await askRadius(wiFiMacAddress)).toBe(204);
    expect(await askNac(wiFiMacAddress)).toBe(true);
    expect(await postureOf({ mac_address: wiFiMacAddress })).toBe(100);
  });

  function identifiersOf(name: 'serialNumber'): Readonly<Record<string, string>> {
    return { [name]: identifiers[name] };
  }
});

describe('an identifier of a blocked and of an allowed device', () => {
  const POLICIES = 'identity/conditionalAccess/policies';

  async function createPolicy(conditions: object): Promise<string> {
    const { status, body } = await system.client.request('POST', POLICIES, {
      as: 'admin',
      json: {
        displayName: `shared ${newId()}`,
        state: 'enabled',
        conditions: { applications: { includeApplications: ['wifi'] }, ...conditions },
        grantControls: { operator: 'OR', builtInControls: ['block'] },
      },
    });
    expect(status).toBe(201);
    return String(body['id']);
  }

  it.each([['Android'], ['iOS']])(
    'blocks if a policy blocks one of two compliant devices, and the %s device was enrolled last',
    async (last) => {
      const [wiFiMacAddress, serialNumber] = [newMac(), newId()];
      const identifiers = { wiFiMacAddress, serialNumber };
      const systems = last === 'iOS' ? ['Android', 'iOS'] : ['iOS', 'Android'];
      const id = await createPolicy({ platforms: { includePlatforms: ['android'] } });
      try {
        for (const operatingSystem of systems)
          await system.enrolHealthy(newId(), { operatingSystem, ...identifiers });
        expect(await decide({ serialNumber })).toBe('block');
        expect(await decide({ wiFiMacAddress })).toBe('block');
        expect(await reasonsOf({ serialNumber })).toEqual(['blockedByPolicy']);
        // Enrolled and blocked: the quarantine VLAN.
        expect(await askRadius(wiFiMacAddress)).toBe(200);
      } finally {
        await system.client.request('DELETE', `${POLICIES}/${id}`, { as: 'admin' });
      }
    },
  );

  it('blocks because of one threat that a policy names, beside a device with two others', async () => {
    const serialNumber = newId();
    const [others, named] = [newId(), newId()];
    const id = await createPolicy({
      deviceThreat: { defences: ['network'], minimumLevel: 'low' },
    });
    try {
      await enrolInOrder([others, named], { serialNumber });
      const threats = [
        [others, 'application', 1],
        [others, 'application', 2],
        [named, 'network', 3],
      ] as const;
      await system.client.sendEvents(
        threats.map(([deviceId, category, number]) => ({
          type: 'sepmobile.incident.opened',
          data: {
            deviceId,
            incidentId: `${deviceId}-${String(number)}`,
            category,
            threatType: 'somethingNew',
            severity: 'low',
            detectedDateTime: new Date().toISOString(),
          },
        })),
      );
      await eventually(
        () => decide({ deviceId: named }),
        (decision) => decision === 'block',
      );
      expect([await decide({ deviceId: others }), await decide({ serialNumber })]).toEqual([
        'allow',
        'block',
      ]);
    } finally {
      await system.client.request('DELETE', `${POLICIES}/${id}`, { as: 'admin' });
    }
  });
});

describe('a placeholder', () => {
  it.each([
    ['serialNumber', '0123456789ABCDEF'],
    ['serialNumber', '0123456789abcdef'],
    ['serialNumber', 'unknown'],
    ['serialNumber', 'UNKNOWN'],
    ['serialNumber', '0'],
    ['imei', '000000000000000'],
    ['imei', '004999010640000'],
    ['wiFiMacAddress', '02:00:00:00:00:00'],
    ['wiFiMacAddress', '02-00-00-00-00-00'],
    ['wiFiMacAddress', 'ff:ff:ff:ff:ff:ff'],
    ['udid', '00000000-0000-0000-0000-000000000000'],
  ])('identifies no device: %s %s', async (name, value) => {
    const deviceId = newId();
    await system.enrolHealthy(deviceId, { [name]: value });
    expect(await decide({ deviceId })).toBe('allow');
    expect(await decide({ [name]: value })).toBe('block');
    expect(await reasonsOf({ [name]: value })).toEqual(['identifierNotUnique']);
  });

  it('does not hide the address or the user of a device from Cloudflare', async () => {
    const wiFiMacAddress = newMac();
    const userPrincipalName = `${newId()}@contoso.example`;
    await system.enrolHealthy(newId(), { wiFiMacAddress, userPrincipalName });
    const placeholders = { serial_number: 'Default string', mac_address: '00:00:00:00:00:00' };
    expect(await postureOf({ ...placeholders, mac_address: wiFiMacAddress })).toBe(100);
    expect(await postureOf({ ...placeholders, email: userPrincipalName })).toBe(100);
  });
});

describe('120 devices with one serial number', () => {
  it('are all enrolled at once', async () => {
    const serialNumber = newId();
    const enrolled = await Promise.all(
      Array.from({ length: 120 }, () =>
        system.client.enrol(newId(), { operatingSystem: 'iOS', osVersion: '18', serialNumber }),
      ),
    );
    expect(new Set(enrolled.map(({ status }) => status))).toEqual(new Set([201]));
    expect(await reasonsOf({ serialNumber })).toEqual(['identifierNotUnique']);
  });
});
