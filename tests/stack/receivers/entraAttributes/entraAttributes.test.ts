import { describe, expect, it } from 'vitest';
import { runOps } from '../../../../infra/ops/runOps.ts';
import { phone, toGuid } from '../../../support/graphWorld.ts';
import { callCommand } from '../../../support/commandIo.ts';
import { ownStack } from '../../../support/ownStack.ts';
import { eventually } from '../../../support/eventually.ts';

const system = ownStack({
  withGraph: true,
  withTimers: true,
  // Every second.
  settings: { ENROLMENT_SYNC_SCHEDULE: '* * * * * *' },
});

/** Asks the stand-in for Graph to act as Intune's administrator. */
const local = async (method: string, path: string, body?: object): Promise<Response> => {
  const { endpoint = '', localKey = '' } = system.stack.description.graph ?? {};
  return fetch(`${new URL(endpoint).origin}/_local/${path}`, {
    method,
    headers: { 'x-local-key': localKey },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
};

/** The attributes that a Conditional Access filter for devices reads. */
const attributesOf = async (index: number): Promise<unknown> => {
  const { endpoint = '', localKey = '' } = system.stack.description.graph ?? {};
  const { origin } = new URL(endpoint);
  const identity = await fetch(`${origin}/msi/token?resource=${origin}`, {
    headers: { 'x-identity-header': localKey },
  });
  const { access_token: token } = (await identity.json()) as { access_token: string };
  const device = await fetch(`${endpoint}/devices(deviceId='${toGuid(index)}')`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return ((await device.json()) as { extensionAttributes?: unknown }).extensionAttributes;
};

const stateOf = async (index: number): Promise<unknown> =>
  (await system.client.compliance(toGuid(index))).body['complianceState'];

describe('a system with Intune and Entra', () => {
  it('enrols devices from Intune, writes their state to Entra, and unenrols those that leave', async () => {
    await local('POST', 'enrol', phone(1));
    await eventually(
      () =>
        system.client.request('GET', `deviceManagement/managedDevices/${toGuid(1)}`, {
          as: 'admin',
        }),
      ({ status }) => status === 200,
    );
    const events = [
      { type: 'sepmobile.device.activated', data: { deviceId: toGuid(1) } },
      { type: 'sepmobile.device.risk', data: { deviceId: toGuid(1), riskLevel: 'minimal' } },
    ];
    await system.client.sendEvents(events);
    const healthy = { extensionAttribute1: 'compliant', extensionAttribute2: 'secured' };
    await eventually(
      () => attributesOf(1),
      (attributes) => JSON.stringify(attributes) === JSON.stringify(healthy),
    );
    await system.client.sendEvents([
      { type: 'sepmobile.device.risk', data: { deviceId: toGuid(1), riskLevel: 'high' } },
    ]);
    const infected = { extensionAttribute1: 'noncompliant', extensionAttribute2: 'highSeverity' };
    await eventually(
      () => attributesOf(1),
      (attributes) => JSON.stringify(attributes) === JSON.stringify(infected),
    );
    await local('POST', 'retire', { deviceId: toGuid(1) });
    await eventually(
      () => stateOf(1),
      (state) => state === 'unknown',
    );
    // Its object stays in the directory, with an unknown state.
    const nothing = await eventually(
      () => attributesOf(1),
      (attributes) => JSON.stringify(attributes) !== JSON.stringify(infected),
    );
    expect(nothing).toMatchObject({ extensionAttribute1: 'unknown' });
  });

  it('writes missing attributes on an operator’s request', async () => {
    await local('POST', 'enrol', phone(2));
    await eventually(
      () => attributesOf(2),
      (attributes) => attributes !== undefined,
    );
    await local('POST', 'remove', { deviceId: toGuid(2) });
    await local('POST', 'enrol', phone(2));
    expect(await attributesOf(2)).toBeUndefined();
    const words = ['entra', 'write', '--json', '--folder', system.folder];
    const { code, out } = await callCommand(runOps, words);
    expect([code, JSON.parse(out)]).toMatchObject([0, { failed: 0 }]);
    expect(await attributesOf(2)).toMatchObject({ extensionAttribute2: 'unknown' });
    const wrong = await system.client.request('POST', 'deviceManagement/entraAttributes', {
      as: 'admin',
      json: { devices: [] },
    });
    expect(wrong.status).toBe(400);
    await local('POST', 'faults', { kind: 'throttled', request: 'PATCH devices', times: 1 });
    const busy = await system.client.request('POST', 'deviceManagement/entraAttributes', {
      as: 'admin',
      json: { deviceId: toGuid(2) },
    });
    expect(busy.body).toMatchObject({ written: 0, retryAfterInSeconds: 1 });
    // A manual change does not stop Intune from managing the device.
    await system.client.enrol(toGuid(2), { operatingSystem: 'Android', osVersion: '15' });
    await local('POST', 'retire', { deviceId: toGuid(2) });
    await eventually(
      () => stateOf(2),
      (state) => state === 'unknown',
    );
  });

  it('waits for a confirmation before it unenrols many devices at once', async () => {
    const { client } = system;
    const sync = (method: 'GET' | 'POST', path = ''): ReturnType<typeof client.request> =>
      client.request(method, `deviceManagement/enrolmentSync${path}`, { as: 'admin' });
    for (let index = 100; index < 130; index += 1) await local('POST', 'enrol', phone(index));
    await eventually(
      () => sync('GET'),
      ({ body }) => body['managedDeviceCount'] === 30,
    );
    expect((await sync('POST', '/confirm')).status).toBe(409);
    for (let index = 100; index < 130; index += 1)
      await local('POST', 'retire', { deviceId: toGuid(index) });
    const { body } = await eventually(
      () => sync('GET'),
      (answer) => answer.body['state'] === 'held',
    );
    expect(body['managedDeviceCount']).toBeGreaterThan(0);
    expect((await sync('POST', '/confirm')).status).toBe(200);
    await eventually(
      () => sync('GET'),
      (answer) => answer.body['managedDeviceCount'] === 0 && answer.body['state'] === 'following',
    );
    const { body: audited } = await client.request('GET', 'deviceManagement/auditEvents?$top=1', {
      as: 'admin',
    });
    expect(audited['value']).toMatchObject([
      { activityType: 'confirm leavers', activityResult: 'success' },
    ]);
  });
});
