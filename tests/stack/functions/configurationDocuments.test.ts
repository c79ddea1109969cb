import { CosmosClient } from '@azure/cosmos';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../../../infra/local/demo/outerClient.ts';
import { CONFIGURATION_CONTAINER, DATABASE_NAME } from '../../../shared/resources.ts';
import { eventually } from '../../support/eventually.ts';
import { quietStack } from '../../support/sharedStacks.ts';

const system = quietStack();
let cosmos: CosmosClient;
beforeAll(async () => {
  const connectionPolicy = { enableEndpointDiscovery: false };
  cosmos = new CosmosClient({ ...system.stack.description.cosmos, connectionPolicy });
  await system.enrolHealthy('bystander', { operatingSystem: 'iOS', osVersion: '18.1' });
});
afterAll(() => {
  cosmos.dispose();
});

const POLICIES = 'deviceManagement/deviceCompliancePolicies';

const asAdmin = (method: string, path: string, json?: object): Promise<Answer> =>
  system.client.request(method, path, { as: 'admin', ...(json === undefined ? {} : { json }) });

/** As a later release would, or a person at the database. */
const store = async (
  id: string,
  kind: string,
  operations: { op: 'set' | 'remove'; path: string; value?: unknown }[],
): Promise<void> => {
  const container = cosmos.database(DATABASE_NAME).container(CONFIGURATION_CONTAINER.id);
  await container.item(id, kind).patch(operations as never);
};
const stored = async (id: string, kind: string): Promise<Readonly<Record<string, unknown>>> => {
  const container = cosmos.database(DATABASE_NAME).container(CONFIGURATION_CONTAINER.id);
  const { resource } = await container.item(id, kind).read<Record<string, unknown>>();
  return resource ?? {};
};

const decide = async (): Promise<string> => {
  const { body } = await system.client.decide({ deviceId: 'bystander' }, 'wifi');
  const { reasons = [] } = body as { reasons?: readonly { code: string; message: string }[] };
  return [String(body['decision']), ...reasons.map(({ message }) => message)].join(' ');
};

describe('a stored document with a property that this release does not know', () => {
  it.each<[string, string, string, string, object]>([
    [
      'a compliance policy',
      'deviceCompliancePolicy',
      'ios-baseline',
      `${POLICIES}/ios-baseline`,
      { description: 'Changed' },
    ],
    [
      'a conditional access policy',
      'conditionalAccessPolicy',
      'require-compliant-device',
      'identity/conditionalAccess/policies/require-compliant-device',
      { displayName: 'Changed' },
    ],
    [
      'the tenant settings',
      'tenantSettings',
      'default',
      'deviceManagement/settings',
      { deviceComplianceCheckinThresholdDays: 29 },
    ],
    [
      'the connector',
      'mobileThreatDefenseConnector',
      'default',
      'deviceManagement/mobileThreatDefenseConnectors/default',
      { partnerUnresponsivenessThresholdInDays: 8 },
    ],
  ])('blocks by name, and no change deletes it: %s', async (_, kind, id, path, change) => {
    expect(await eventually(decide, (text) => text.startsWith('allow'))).toContain('allow');
    for (const value of [true, false, 12, { minimum: 'hardwareBacked' }]) {
      await store(id, kind, [{ op: 'set', path: '/requiresTomorrow', value }]);
      const blocked = await eventually(decide, (text) => text.startsWith('block'));
      expect(blocked).toContain(`${kind}/${id}: /requiresTomorrow`);
    }
    const refused = await asAdmin('PATCH', path, change);
    expect([refused.status, refused.body['error']]).toEqual([
      409,
      expect.objectContaining({
        code: 'conflict',
        details: [expect.objectContaining({ path: '/requiresTomorrow' })],
      }),
    ]);
    expect(await stored(id, kind)).toHaveProperty('requiresTomorrow');
    expect((await asAdmin('PATCH', path, { ...change, requiresTomorrow: null })).status).toBe(200);
    expect(await stored(id, kind)).not.toHaveProperty('requiresTomorrow');
    expect(await eventually(decide, (text) => text.startsWith('allow'))).toContain('allow');
  });

  it('blocks by name if the property is within another one', async () => {
    const [kind, id] = ['conditionalAccessPolicy', 'require-compliant-device'] as const;
    await store(id, kind, [{ op: 'set', path: '/grantControls/requiresTomorrow', value: true }]);
    const blocked = await eventually(decide, (text) => text.startsWith('block'));
    expect(blocked).toContain(`${kind}/${id}: /grantControls/requiresTomorrow`);
    const path = `identity/conditionalAccess/policies/${id}`;
    expect((await asAdmin('PATCH', path, { displayName: 'Changed' })).status).toBe(409);
    await store(id, kind, [{ op: 'remove', path: '/grantControls/requiresTomorrow' }]);
    await eventually(decide, (text) => text.startsWith('allow'));
  });
});

describe('a policy that Intune exports', () => {
  const COMMON = {
    '@odata.context': 'https://graph.microsoft.com/v1.0/$metadata#deviceManagement/…',
    id: '0f6cd7ad-1111-4c4b-9d6c-2ea2b4a5ac4c',
    createdDateTime: '2026-01-01T00:00:00Z',
    lastModifiedDateTime: '2026-01-01T00:00:00Z',
    version: 3,
    displayName: 'Exported',
    description: null,
    roleScopeTagIds: ['0'],
    deviceThreatProtectionEnabled: false,
    deviceThreatProtectionRequiredSecurityLevel: 'unavailable',
    advancedThreatProtectionRequiredSecurityLevel: 'unavailable',
    osMinimumVersion: '15',
    osMaximumVersion: null,
    securityBlockJailbrokenDevices: false,
    restrictedApps: [],
    'scheduledActionsForRule@odata.context': 'https://graph.microsoft.com/…',
    scheduledActionsForRule: [
      {
        id: '11111111-2222-4333-8444-555555555555',
        ruleName: null,
        scheduledActionConfigurations: [
          {
            id: '21111111-2222-4333-8444-555555555555',
            gracePeriodHours: 0,
            actionType: 'noAction',
            notificationTemplateId: '00000000-0000-0000-0000-000000000000',
            notificationMessageCCList: [],
          },
          {
            id: '31111111-2222-4333-8444-555555555555',
            gracePeriodHours: 0,
            actionType: 'block',
            notificationTemplateId: '',
            notificationMessageCCList: [],
          },
        ],
      },
    ],
    assignments: [
      {
        id: 'of-intune',
        source: 'direct',
        sourceId: '0f6cd7ad-1111-4c4b-9d6c-2ea2b4a5ac4c',
        target: {
          '@odata.type': '#microsoft.graph.groupAssignmentTarget',
          groupId: '41111111-2222-4333-8444-555555555555',
          deviceAndAppManagementAssignmentFilterId: null,
          deviceAndAppManagementAssignmentFilterType: 'none',
        },
      },
    ],
  };
  const ANDROID = {
    ...COMMON,
    '@odata.type': '#microsoft.graph.androidCompliancePolicy',
    passwordRequired: false,
    passwordMinimumLength: null,
    passwordRequiredType: 'deviceDefault',
    requiredPasswordComplexity: 'none',
    passwordExpirationDays: null,
    securityPreventInstallAppsFromUnknownSources: false,
    securityDisableUsbDebugging: false,
    securityRequireSafetyNetAttestationBasicIntegrity: false,
    securityRequireSafetyNetAttestationCertifiedDevice: false,
    securityRequiredAndroidSafetyNetEvaluationType: 'basic',
    minAndroidSecurityPatchLevel: '',
    storageRequireEncryption: false,
    conditionStatementId: '00000000-0000-0000-0000-000000000000',
  };
  const IOS = {
    ...COMMON,
    '@odata.type': '#microsoft.graph.iosCompliancePolicy',
    passcodeBlockSimple: false,
    passcodeMinimumLength: null,
    passcodeRequiredType: 'deviceDefault',
    passcodeRequired: false,
    osMinimumBuildVersion: null,
    managedEmailProfileRequired: false,
    advancedThreatProtectionRequiredSecurityLevel: 'notSet',
  };

  it.each<[string, object]>([
    ['for Android', ANDROID],
    ['for iOS', IOS],
  ])('can be written %s, and asks for what it asked for', async (_, exported) => {
    const created = await asAdmin('POST', POLICIES, exported);
    expect([created.status, created.body['error']]).toEqual([201, undefined]);
    const path = `${POLICIES}/${String(created.body['id'])}`;
    expect(created.body).toMatchObject({
      deviceThreatProtectionEnabled: false,
      deviceThreatProtectionRequiredSecurityLevel: 'notSet',
      osMinimumVersion: '15',
      scheduledActionsForRule: [
        { scheduledActionConfigurations: [{ actionType: 'block', gracePeriodHours: 0 }] },
      ],
    });
    for (const name of [
      'advancedThreatProtectionRequiredSecurityLevel',
      'restrictedApps',
      'roleScopeTagIds',
      'minAndroidSecurityPatchLevel',
      'osMaximumVersion',
    ])
      expect(created.body).not.toHaveProperty(name);
    // What was read here can be written here.
    const { body } = await asAdmin('GET', path);
    expect((await asAdmin('PATCH', path, body)).status).toBe(200);
    expect((await asAdmin('PATCH', path, exported)).status).toBe(200);
    expect((await asAdmin('DELETE', path)).status).toBe(204);
  });

  it.each<[string, object, string]>([
    [
      'a level of Defender',
      { ...ANDROID, advancedThreatProtectionRequiredSecurityLevel: 'low' },
      '/advancedThreatProtectionRequiredSecurityLevel',
    ],
    ['a length', { ...ANDROID, passwordMinimumLength: 6 }, '/passwordMinimumLength'],
    ['an app', { ...IOS, restrictedApps: [{ name: 'x', appId: 'y' }] }, '/restrictedApps'],
    [
      'a mail profile',
      { ...IOS, managedEmailProfileRequired: true },
      '/managedEmailProfileRequired',
    ],
    [
      'a hardware attestation',
      { ...ANDROID, securityRequiredAndroidSafetyNetEvaluationType: 'hardwareBacked' },
      '/securityRequiredAndroidSafetyNetEvaluationType',
    ],
    [
      'an attestation',
      { ...ANDROID, securityRequireSafetyNetAttestationBasicIntegrity: true },
      '/securityRequireSafetyNetAttestationBasicIntegrity',
    ],
    [
      'a required level that is none',
      { ...ANDROID, deviceThreatProtectionEnabled: true },
      '/deviceThreatProtectionRequiredSecurityLevel',
    ],
  ])('is refused by name if it asks for more: %s', async (_, policy, path) => {
    const { status, body } = await asAdmin('POST', POLICIES, policy);
    const { details = [] } = body['error'] as { details?: readonly { path: string }[] };
    expect([status, details.map((each) => each.path)]).toEqual([
      400,
      expect.arrayContaining([path]) as unknown,
    ]);
  });
});
