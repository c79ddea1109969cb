import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { quietStack } from '../../support/sharedStacks.ts';

const system = quietStack();
const CONNECTOR = 'deviceManagement/mobileThreatDefenseConnectors/default';

const patch = (change: object, query = ''): ReturnType<typeof system.client.request> =>
  system.client.request('PATCH', `${CONNECTOR}${query}`, { as: 'admin', json: change });

it.each([
  ['Basic', { reportSecurityIncidents: false }],
  ['read-only', { reportDeviceHealthAndRisk: false, reportSecurityIncidents: false }],
  ['switched off', { androidEnabled: false }],
])(
  'a policy that blocks threats of the network blocks if the integration is %s, which has to be confirmed',
  async (_, change) => {
    const deviceId = randomUUID();
    await system.enrolHealthy(deviceId);
    const decision = async (): Promise<unknown> =>
      (await system.client.decide({ deviceId }, 'wifi')).body['decision'];
    const created = await system.client.request('POST', 'identity/conditionalAccess/policies', {
      as: 'admin',
      json: {
        displayName: 'Threats of the network',
        state: 'enabled',
        conditions: {
          applications: { includeApplications: ['wifi'] },
          deviceThreat: { defences: ['network'], minimumLevel: 'low' },
        },
        grantControls: { operator: 'OR', builtInControls: ['block'] },
      },
    });
    expect([created.status, await decision()]).toEqual([201, 'allow']);
    const refused = await patch(change);
    expect([refused.status, refused.text]).toEqual([
      409,
      expect.stringContaining('Threats of the network'),
    ]);
    expect(await decision()).toBe('allow');
    expect((await patch(change, '?confirm=true')).status).toBe(200);
    expect(await decision()).toBe('block');
    const back = Object.fromEntries(Object.keys(change).map((name) => [name, true]));
    expect((await patch(back)).status).toBe(200);
    expect(await decision()).toBe('allow');
    const path = `identity/conditionalAccess/policies/${String(created.body['id'])}`;
    await system.client.request('DELETE', path, { as: 'admin' });
  },
);
