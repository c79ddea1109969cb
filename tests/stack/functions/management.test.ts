import { Client } from '@microsoft/microsoft-graph-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../../../infra/local/demo/outerClient.ts';
import { startFrontEnd, type FrontEnd } from '../../support/frontEnd.ts';
import { eventually } from '../../support/eventually.ts';
import { quietStack } from '../../support/sharedStacks.ts';
import { defined } from '../../../shared/base/defined.ts';

const system = quietStack();
let graph: Client;
let frontEnd: FrontEnd;
beforeAll(async () => {
  frontEnd = await startFrontEnd(system.stack.description.api);
  const token = await system.client.token('admin');
  graph = Client.init({
    baseUrl: frontEnd.address,
    customHosts: new Set(['127.0.0.1']),
    defaultVersion: 'api',
    authProvider: (done) => done(null, token),
  });
  // A device with access, so that no other test's change locks out every device.
  await system.enrolHealthy('bystander', { operatingSystem: 'iOS', osVersion: '18.1' });
});
afterAll(() => frontEnd.stop());

const POLICIES = 'deviceManagement/deviceCompliancePolicies';
const ACCESS = 'identity/conditionalAccess/policies';
const CONNECTOR = 'deviceManagement/mobileThreatDefenseConnectors/default';

const ANDROID_POLICY = {
  '@odata.type': '#microsoft.graph.androidCompliancePolicy',
  displayName: 'Finance phones',
  deviceThreatProtectionEnabled: true,
  deviceThreatProtectionRequiredSecurityLevel: 'secured',
};

const asAdmin = (
  method: string,
  path: string,
  json?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> =>
  system.client.request(method, path, {
    as: 'admin',
    headers,
    ...defined({ json }),
  });

const errorOf = ({
  body,
}: Answer): { code: string; message: string; details: { path: string; message: string }[] } =>
  body['error'] as never;

describe('Microsoft’s Graph client', () => {
  const at = (path: string): ReturnType<Client['api']> => graph.api(path);

  it('creates, reads, changes, assigns and deletes a compliance policy', async () => {
    const created = (await at(`/${POLICIES}`).post(ANDROID_POLICY)) as Record<string, unknown>;
    expect(created).toMatchObject({
      ...ANDROID_POLICY,
      version: 1,
      scheduledActionsForRule: [
        { scheduledActionConfigurations: [{ actionType: 'block', gracePeriodHours: 0 }] },
      ],
    });
    const path = `/${POLICIES}/${String(created['id'])}`;
    const assigned = (await at(`${path}/assign`).post({
      assignments: [
        { target: { '@odata.type': '#microsoft.graph.groupAssignmentTarget', groupId: 'finance' } },
      ],
    })) as { value: object[] };
    expect(assigned.value).toEqual([
      {
        id: `${String(created['id'])}_finance`,
        target: {
          '@odata.type': '#microsoft.graph.groupAssignmentTarget',
          groupId: 'finance',
        },
      },
    ]);
    const changed = (await at(path).patch({ osMinimumVersion: '14' })) as object;
    expect(changed).toMatchObject({ osMinimumVersion: '14', version: 3 });
    expect(await at(path).get()).toEqual(changed);
    const cleared = (await at(path).patch({ osMinimumVersion: null })) as object;
    expect(cleared).not.toHaveProperty('osMinimumVersion');
    await at(path).delete();
    await expect(at(path).get()).rejects.toMatchObject({ statusCode: 404, code: 'itemNotFound' });
  });

  it('enrols, changes and deletes a device', async () => {
    const path = '/deviceManagement/managedDevices/of-graph';
    const phone = { operatingSystem: 'iOS', osVersion: '18.1', deviceName: 'Phone' };
    expect(await at(path).put(phone)).toMatchObject(phone);
    expect(await at(path).put({ ...phone, osVersion: '18.2' })).toMatchObject({
      osVersion: '18.2',
    });
    expect(await at(path).get()).toMatchObject({ id: 'of-graph', osVersion: '18.2' });
    await at(path).delete();
    await expect(at(path).get()).rejects.toMatchObject({ statusCode: 404 });
  });
});

describe('changes of the configuration', () => {
  const stateOf = async (deviceId: string): Promise<unknown> =>
    (await system.client.compliance(deviceId)).body['complianceState'];

  it('apply to the next answer', async () => {
    const deviceId = 'next-answer';
    await system.client.enrol(deviceId, {
      operatingSystem: 'Android',
      osVersion: '15',
      groupIds: ['pilot'],
    });
    await system.client.sendEvents([
      { type: 'sepmobile.device.activated', data: { deviceId } },
      { type: 'sepmobile.device.risk', data: { deviceId, riskLevel: 'low' } },
    ]);
    await eventually(
      () => stateOf(deviceId),
      (state) => state === 'compliant',
    );
    const { body: policy } = await asAdmin('POST', POLICIES, {
      ...ANDROID_POLICY,
      assignments: [
        { target: { '@odata.type': '#microsoft.graph.groupAssignmentTarget', groupId: 'pilot' } },
      ],
    });
    expect(await stateOf(deviceId)).toBe('noncompliant');
    await asAdmin('PATCH', `${POLICIES}/${String(policy['id'])}`, {
      deviceThreatProtectionRequiredSecurityLevel: 'low',
    });
    expect(await stateOf(deviceId)).toBe('compliant');
    await asAdmin('PATCH', 'deviceManagement/threatDefinitions/malware', { severity: 'medium' });
    expect((await asAdmin('DELETE', `${POLICIES}/${String(policy['id'])}`)).status).toBe(204);
  });

  it('with `If-Match` apply only to the version that was read', async () => {
    const { body } = await asAdmin('GET', CONNECTOR);
    const etag = String(body['@odata.etag']);
    const first = await asAdmin(
      'PATCH',
      CONNECTOR,
      { partnerUnresponsivenessThresholdInDays: 14 },
      { 'if-match': etag },
    );
    expect(first.status).toBe(200);
    expect(first.headers.get('etag')).toBe(first.body['@odata.etag']);
    const second = await asAdmin(
      'PATCH',
      CONNECTOR,
      { partnerUnresponsivenessThresholdInDays: 30 },
      { 'if-match': etag },
    );
    expect([second.status, errorOf(second).code]).toEqual([412, 'resourceModified']);
    // A heartbeat of the partner does not change the administrator's version.
    const renewed = await eventually(
      async () => {
        await system.client.sendEvents([{ type: 'sepmobile.connector.heartbeat', data: {} }]);
        return asAdmin('GET', CONNECTOR);
      },
      (answer) => answer.body['lastHeartbeatDateTime'] !== first.body['lastHeartbeatDateTime'],
    );
    expect(renewed.body).toMatchObject({
      '@odata.etag': first.body['@odata.etag'],
      partnerState: 'enabled',
      integrationMode: 'full',
    });
  });

  it('that come at once are all applied, one after the other', async () => {
    const path = `${POLICIES}/android-baseline`;
    const { body: before } = await asAdmin('GET', path);
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, at) =>
        asAdmin('PATCH', path, { description: `change ${String(at)}` }),
      ),
    );
    const versions = answers.map(({ body }) => Number(body['version'])).toSorted((a, b) => a - b);
    const first = Number(before['version']) + 1;
    expect(versions).toEqual(Array.from({ length: 10 }, (_, at) => first + at));
  });

  it('are audited with actor, change, before and after', async () => {
    const { body: before } = await asAdmin('GET', 'deviceManagement/settings');
    await asAdmin('PATCH', 'deviceManagement/settings', {
      deviceComplianceCheckinThresholdDays: 31,
    });
    const { body } = await asAdmin('GET', 'deviceManagement/auditEvents?$top=1');
    expect(body['value']).toEqual([
      expect.objectContaining({
        activityType: 'update tenant settings',
        activityResult: 'success',
        actor: expect.objectContaining({ applicationId: 'admin' }) as object,
        resourceType: 'tenantSettings',
        resourceId: 'default',
        before: expect.objectContaining({
          deviceComplianceCheckinThresholdDays: before['deviceComplianceCheckinThresholdDays'],
        }) as object,
        after: expect.objectContaining({ deviceComplianceCheckinThresholdDays: 31 }) as object,
      }),
    ]);
    expect(body['@odata.nextLink']).toBeDefined();
  });

  it.each([
    [
      'a policy that blocks everything',
      'POST',
      ACCESS,
      {
        displayName: 'No',
        state: 'enabled',
        conditions: { applications: { includeApplications: ['All'] } },
        grantControls: { operator: 'OR', builtInControls: ['block'] },
      },
    ],
    [
      'the deletion of the only policy that allows',
      'DELETE',
      `${ACCESS}/require-compliant-device`,
      undefined,
    ],
  ])(
    'that would lock out every device are rejected until confirmed: %s',
    async (_, method, path, json) => {
      const refused = await asAdmin(method, path, json);
      expect([refused.status, errorOf(refused).code]).toEqual([409, 'wouldLockOutEveryone']);
      expect(errorOf(refused).message).toContain('?confirm=true');
      const { body: policy } = await asAdmin('GET', `${ACCESS}/require-compliant-device`);
      const confirmed = await asAdmin(method, `${path}?confirm=true`, json);
      expect(confirmed.status).toBeLessThan(300);
      // Removing a block is no lockout, so this needs no confirmation.
      if (method === 'POST')
        expect((await asAdmin('DELETE', `${ACCESS}/${String(confirmed.body['id'])}`)).status).toBe(
          204,
        );
      else expect((await asAdmin('POST', ACCESS, policy)).status).toBe(201);
    },
  );

  it('that would lock out every enrolled device are rejected too', async () => {
    const refused = await asAdmin('PATCH', 'deviceManagement/settings', { secureByDefault: true });
    expect(refused.status).toBe(200);
    const connector = await asAdmin('PATCH', CONNECTOR, {
      androidEnabled: false,
      iosEnabled: false,
    });
    expect([connector.status, errorOf(connector).code]).toEqual([409, 'wouldLockOutEveryone']);
  });
});

describe('a rejected write', () => {
  it.each<[string, string, string, unknown, number, string, string]>([
    [
      'no name',
      'POST',
      POLICIES,
      { ...ANDROID_POLICY, displayName: undefined },
      400,
      '/displayName',
      'is required',
    ],
    [
      'an unknown type',
      'POST',
      POLICIES,
      { ...ANDROID_POLICY, '@odata.type': '#microsoft.graph.macOSCompliancePolicy' },
      400,
      '/@odata.type',
      'must be one of',
    ],
    [
      'an unknown level',
      'POST',
      POLICIES,
      { ...ANDROID_POLICY, deviceThreatProtectionRequiredSecurityLevel: 'unavailable' },
      400,
      '/deviceThreatProtectionRequiredSecurityLevel',
      'must be one of',
    ],
    [
      'a setting that SEP Mobile cannot attest',
      'POST',
      POLICIES,
      { ...ANDROID_POLICY, passwordMinimumLength: 12 },
      400,
      '/passwordMinimumLength',
      'is not a supported property',
    ],
    [
      'an invalid version',
      'POST',
      POLICIES,
      { ...ANDROID_POLICY, osMinimumVersion: 'ten' },
      400,
      '/osMinimumVersion',
      'version',
    ],
    [
      'a maximum below the minimum',
      'POST',
      POLICIES,
      { ...ANDROID_POLICY, osMinimumVersion: '10', osMaximumVersion: '9' },
      400,
      '/osMaximumVersion',
      'must not be older than 10',
    ],
    [
      'an Android setting for iOS',
      'POST',
      POLICIES,
      {
        ...ANDROID_POLICY,
        '@odata.type': '#microsoft.graph.iosCompliancePolicy',
        minAndroidSecurityPatchLevel: '2026-01-01',
      },
      400,
      '/minAndroidSecurityPatchLevel',
      'androidCompliancePolicy',
    ],
    [
      'no block action',
      'POST',
      POLICIES,
      {
        ...ANDROID_POLICY,
        scheduledActionsForRule: [
          { scheduledActionConfigurations: [{ actionType: 'notification', gracePeriodHours: 0 }] },
        ],
      },
      400,
      '/scheduledActionsForRule/0/scheduledActionConfigurations',
      'exactly one action `block`',
    ],
    [
      'a protection without a level',
      'POST',
      POLICIES,
      { ...ANDROID_POLICY, deviceThreatProtectionRequiredSecurityLevel: undefined },
      400,
      '/deviceThreatProtectionRequiredSecurityLevel',
      'must be `secured`, `low`',
    ],
    [
      'an invalid date',
      'POST',
      POLICIES,
      { ...ANDROID_POLICY, minAndroidSecurityPatchLevel: '2026-02-31' },
      400,
      '/minAndroidSecurityPatchLevel',
      'security-patch-level',
    ],
    [
      'a slack of more than half the window',
      'PATCH',
      'deviceManagement/settings',
      { deviceHeartbeatWindowInSeconds: 60, deviceHeartbeatSlackInSeconds: 3600 },
      400,
      '/deviceHeartbeatSlackInSeconds',
      'at most half of `deviceHeartbeatWindowInSeconds`',
    ],
    [
      'an assignment with an unsupported filter',
      'POST',
      `${POLICIES}/android-baseline/assign`,
      {
        assignments: [
          {
            target: {
              '@odata.type': '#microsoft.graph.groupAssignmentTarget',
              groupId: 'staff',
              deviceAndAppManagementAssignmentFilterId: 'filter',
            },
          },
        ],
      },
      400,
      '/assignments/0/target/deviceAndAppManagementAssignmentFilterId',
      'is not a supported property',
    ],
    [
      'unsupported options',
      'GET',
      'deviceManagement/threatDefinitions?$top=1',
      undefined,
      400,
      '$top',
      'is not supported here',
    ],
    [
      'a filter on the audit log',
      'GET',
      "deviceManagement/auditEvents?$filter=actor eq 'x'",
      undefined,
      400,
      '$filter',
      'only `$top`, `$skiptoken`',
    ],
    [
      'a change of the type',
      'PATCH',
      `${POLICIES}/android-baseline`,
      { '@odata.type': '#microsoft.graph.iosCompliancePolicy' },
      400,
      '/@odata.type',
      'cannot be changed',
    ],
    [
      'an unknown resource',
      'POST',
      ACCESS,
      {
        displayName: 'x',
        state: 'enabled',
        conditions: { applications: { includeApplications: ['mail'] } },
        grantControls: { operator: 'OR', builtInControls: ['block'] },
      },
      400,
      '/conditions/applications/includeApplications/0',
      'exchangeOnline',
    ],
    [
      'users without an included one',
      'POST',
      ACCESS,
      {
        displayName: 'x',
        state: 'enabled',
        conditions: {
          applications: { includeApplications: ['All'] },
          users: { excludeUsers: ['a'] },
        },
        grantControls: { operator: 'OR', builtInControls: ['block'] },
      },
      400,
      '/conditions/users',
      'must include a user or a group',
    ],
    [
      'an unknown nested property',
      'POST',
      ACCESS,
      {
        displayName: 'x',
        state: 'enabled',
        conditions: { applications: { includeApplications: ['All'] }, signInRiskLevels: ['high'] },
        grantControls: { operator: 'OR', builtInControls: ['block'] },
      },
      400,
      '/conditions/signInRiskLevels',
      'is not a supported property',
    ],
    [
      'incidents without health reports',
      'PATCH',
      CONNECTOR,
      { reportDeviceHealthAndRisk: false },
      400,
      '/reportSecurityIncidents',
      'needs `reportDeviceHealthAndRisk`',
    ],
    [
      'a threshold of zero',
      'PATCH',
      'deviceManagement/settings',
      { deviceComplianceCheckinThresholdDays: 0 },
      400,
      '/deviceComplianceCheckinThresholdDays',
      '1',
    ],
    [
      'an unknown severity',
      'PATCH',
      'deviceManagement/threatDefinitions/malware',
      { severity: 'severe' },
      400,
      '/severity',
      'must be one of',
    ],
    [
      'an assignment to no group',
      'POST',
      `${POLICIES}/android-baseline/assign`,
      { assignments: [{ target: {} }] },
      400,
      '/assignments/0/target',
      '',
    ],
    ['a body that is a list', 'POST', POLICIES, [ANDROID_POLICY], 400, '', 'must be an object'],
  ])(
    'names the field and the allowed values: %s',
    async (_, method, path, json, status, field, message) => {
      const answer = await asAdmin(method, path, json);
      expect(answer.status).toBe(status);
      const problem = errorOf(answer).details.find((each) => each.path.startsWith(field));
      expect(problem?.message).toContain(message);
    },
  );

  it.each([
    ['GET', `${POLICIES}/none`, 404],
    ['PATCH', `${POLICIES}/none`, 404],
    ['DELETE', `${ACCESS}/none`, 404],
    ['PATCH', 'deviceManagement/mobileThreatDefenseConnectors/another', 404],
    ['PATCH', 'deviceManagement/threatDefinitions/aThreatThatNobodyKnows', 404],
    ['GET', `${POLICIES}?$filter=x`, 400],
    ['GET', `${POLICIES}?$top=0`, 400],
    ['PATCH', `${POLICIES}/android-baseline?confirm=maybe`, 400],
    ['POST', 'deviceManagement/silenceBreaker/confirm', 409],
  ])('%s %s answers %i', async (method, path, status) => {
    const answer = await asAdmin(method, path, method === 'PATCH' ? {} : undefined);
    expect(answer.status).toBe(status);
  });

  it('answers 403 to a caller that may only ask for decisions', async () => {
    for (const [method, path] of [
      ['GET', POLICIES],
      ['POST', POLICIES],
      ['DELETE', `${ACCESS}/require-compliant-device`],
      ['PATCH', CONNECTOR],
      ['GET', 'deviceManagement/auditEvents'],
      ['GET', 'deviceManagement/threatDefinitions'],
      ['GET', 'deviceManagement/silenceBreaker'],
      ['POST', 'deviceManagement/silenceBreaker/confirm'],
    ] as const) {
      const refused = await system.client.request(method, path, { as: 'caller' });
      expect([path, refused.status]).toEqual([path, 403]);
      expect((await system.client.request(method, path)).status).toBe(401);
    }
  });
});

it('accepts a policy as Graph exports it, with its null members', async () => {
  const created = await asAdmin('POST', ACCESS, {
    '@odata.context': 'https://graph.microsoft.com/v1.0/$metadata#identity/x',
    id: null,
    displayName: 'As exported',
    createdDateTime: null,
    modifiedDateTime: null,
    state: 'disabled',
    sessionControls: null,
    conditions: {
      clientAppTypes: ['all'],
      signInRiskLevels: [],
      locations: null,
      applications: {
        includeApplications: ['All'],
        excludeApplications: [],
        includeUserActions: [],
      },
      users: { includeUsers: ['All'], excludeUsers: [], includeRoles: [] },
    },
    grantControls: {
      operator: 'OR',
      builtInControls: ['compliantDevice'],
      customAuthenticationFactors: [],
      termsOfUse: [],
    },
  });
  expect(created.status).toBe(201);
  expect((await asAdmin('DELETE', `${ACCESS}/${String(created.body['id'])}`)).status).toBe(204);
});

describe('the threat definitions', () => {
  it('list the severity of each threat, and the organisation’s override', async () => {
    const path = 'deviceManagement/threatDefinitions';
    const { body } = await asAdmin('GET', path);
    const value = body['value'] as Record<string, unknown>[];
    expect(value.length).toBeGreaterThanOrEqual(30);
    expect(new Set(value.map(({ defence }) => defence)).size).toBe(4);
    expect((await asAdmin('GET', `${path}/openWifi`)).body).toMatchObject({
      severity: 'low',
      isOverridden: false,
    });
    await asAdmin('PATCH', `${path}/openWifi`, {
      severity: 'high',
      remediationSteps: ['Call us.'],
    });
    expect((await asAdmin('GET', `${path}/openWifi`)).body).toMatchObject({
      severity: 'high',
      defence: 'network',
      isOverridden: true,
    });
    // Before its first override a definition has a version too.
    const [fresh, stale] = await Promise.all(
      ['malware', 'openWifi'].map(async (threatType) => {
        const read = await asAdmin('GET', `${path}/${threatType}`);
        return threatType === 'malware' ? read.body['@odata.etag'] : 'W/"stale"';
      }),
    );
    const patch = (threatType: string, etag: unknown): Promise<Answer> =>
      asAdmin('PATCH', `${path}/${threatType}`, { severity: 'high' }, { 'if-match': String(etag) });
    expect((await patch('openWifi', stale)).status).toBe(412);
    expect((await patch('malware', fresh)).status).toBe(200);
    expect((await patch('malware', fresh)).status).toBe(412);
    await asAdmin('DELETE', `${path}/malware`);
    const listed = (await asAdmin('GET', path)).body['value'] as Record<string, unknown>[];
    expect(listed.find(({ id }) => id === 'openWifi')).toMatchObject({ severity: 'high' });
    expect((await asAdmin('DELETE', `${path}/openWifi`)).status).toBe(204);
    expect((await asAdmin('GET', `${path}/openWifi`)).body).toMatchObject({ severity: 'low' });
  });
});
