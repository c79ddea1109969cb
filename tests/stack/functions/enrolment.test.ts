import { beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../../../infra/local/demo/outerClient.ts';
import { EMPTY_GUID } from '../../../shared/base/guid.ts';
import { eventually } from '../../support/eventually.ts';
import { quietStack } from '../../support/sharedStacks.ts';

const system = quietStack();
// A device with access, so that no policy of a test locks out every device.
beforeAll(() =>
  system.enrolHealthy('bystander', {
    operatingSystem: 'iOS',
    osVersion: '18.1',
    groupIds: [],
  }),
);

const ANDROID = { operatingSystem: 'Android', osVersion: '15' };
const ANNA = { userPrincipalName: 'anna@contoso.example', userId: 'user-1' };

const put = (deviceId: string, properties: object): Promise<Answer> =>
  system.client.enrol(deviceId, { ...ANDROID, ...properties });

const remove = (deviceId: string): Promise<Answer> =>
  system.client.request('DELETE', `deviceManagement/managedDevices/${deviceId}`, {
    as: 'admin',
  });

const reasonsOf = async (deviceId: string): Promise<readonly unknown[]> => {
  const { body } = await system.client.compliance(deviceId);
  return (body['reasons'] as readonly { readonly code: string }[]).map(({ code }) => code);
};

describe('the user of a device that is enrolled by hand', () => {
  it.each<[string, object]>([
    ['empty texts', { userPrincipalName: '', userId: '' }],
    ['null', { userPrincipalName: null, userId: null }],
    ['the empty GUID', { ...ANNA, userId: EMPTY_GUID }],
  ])('is missed once it is replaced by %s', async (name, gone) => {
    const deviceId = `of-anna-${name.replaceAll(' ', '-')}`;
    await system.enrolHealthy(deviceId, { ...ANDROID, ...ANNA });
    expect((await put(deviceId, gone)).status).toBe(200);
    expect(await reasonsOf(deviceId)).toContain('enrolledUserMissing');
    await put(deviceId, ANNA);
    expect(await reasonsOf(deviceId)).toEqual(['compliant']);
  });

  it.each<[string, object]>([
    ['empty texts', { userPrincipalName: '', userId: '' }],
    ['null', { userPrincipalName: null, userId: null, serialNumber: null, groupIds: null }],
    ['the empty GUID', { userId: EMPTY_GUID }],
  ])('is not missed on a dedicated device with %s', async (name, none) => {
    const deviceId = `kiosk-${name.replaceAll(' ', '-')}`;
    await system.enrolHealthy(deviceId, { ...ANDROID, ...none });
    expect((await put(deviceId, none)).status).toBe(200);
    expect(await reasonsOf(deviceId)).toEqual(['compliant']);
  });

  it('still has to name a version', async () => {
    for (const osVersion of ['', null])
      expect((await put('no-version', { osVersion })).status).toBe(400);
  });
});

describe('an enrolment', () => {
  it('leaves an audit record with the properties before and after each change', async () => {
    const deviceId = 'audited-phone';
    await put(deviceId, { groupIds: ['finance'] });
    await put(deviceId, { groupIds: [] });
    await remove(deviceId);
    expect((await remove(deviceId)).status).toBe(404);
    const { body } = await system.client.request('GET', 'deviceManagement/auditEvents?$top=50', {
      as: 'admin',
    });
    const events = (body['value'] as readonly Readonly<Record<string, unknown>>[]).filter(
      ({ resourceId }) => resourceId === deviceId,
    );
    const managed = { ...ANDROID, groupIds: ['finance'] };
    expect(
      events.map(({ activityType, before, after }) => ({ activityType, before, after })),
    ).toEqual([
      { activityType: 'delete managed device', before: { ...managed, groupIds: [] } },
      {
        activityType: 'update managed device',
        before: managed,
        after: { ...managed, groupIds: [] },
      },
      { activityType: 'create managed device', after: managed },
    ]);
    expect(events).toEqual(
      events.map(() =>
        expect.objectContaining({
          activityResult: 'success',
          resourceType: 'managedDevice',
          actor: expect.objectContaining({ applicationId: 'admin' }) as object,
        }),
      ),
    );
  });

  it('does not begin a new grace period when a device leaves and comes back', async () => {
    const deviceId = 'leaves-and-returns';
    const created = await system.client.request(
      'POST',
      'deviceManagement/deviceCompliancePolicies',
      {
        as: 'admin',
        json: {
          '@odata.type': '#microsoft.graph.androidCompliancePolicy',
          displayName: 'With a day of grace',
          osMinimumVersion: '16',
          scheduledActionsForRule: [
            { scheduledActionConfigurations: [{ actionType: 'block', gracePeriodHours: 24 }] },
          ],
          assignments: [
            {
              target: {
                '@odata.type': '#microsoft.graph.groupAssignmentTarget',
                groupId: 'with-grace',
              },
            },
          ],
        },
      },
    );
    expect(created.status).toBe(201);
    await system.enrolHealthy(deviceId, { ...ANDROID, groupIds: [] });
    const graceEnd = async (): Promise<unknown> => {
      const { body } = await system.client.compliance(deviceId);
      return [body['complianceState'], body['complianceGracePeriodExpirationDateTime']];
    };
    await put(deviceId, { groupIds: ['with-grace'] });
    const before = await graceEnd();
    expect(before).toEqual(['inGracePeriod', expect.any(String)]);
    await remove(deviceId);
    await put(deviceId, { groupIds: ['with-grace'] });
    expect(await graceEnd()).toEqual(before);
    await system.client.request(
      'DELETE',
      `deviceManagement/deviceCompliancePolicies/${String(created.body['id'])}`,
      { as: 'admin' },
    );
    await eventually(
      () => reasonsOf(deviceId),
      (codes) => !codes.includes('osVersionTooOld'),
    );
  });
});
