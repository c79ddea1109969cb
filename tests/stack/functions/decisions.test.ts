import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Answer } from '../../../infra/local/demo/outerClient.ts';
import { MAX_DECISIONS } from '../../../shared/core/decisions/accessRequest.ts';
import { newCaller } from '../../support/busyCaller.ts';
import { costOf, untilWorkedOff } from '../../support/costOf.ts';
import { FEW_DECISIONS_PER_SECOND, quietStack, limitedStack } from '../../support/sharedStacks.ts';
import type { DeviceRequests } from '../../support/testStack.ts';
import { eventually } from '../../support/eventually.ts';

const system = quietStack();
const newId = (): string => randomUUID();

interface Request {
  readonly method?: string;
  readonly path?: string;
  readonly at?: typeof system;
}

/** Sends a request with the key of a caller that cannot fetch tokens. */
function withKey(
  key: string,
  json: unknown,
  { method = 'POST', path = 'accessDecisions', at = system }: Request = {},
): Promise<Answer> {
  return at.client.request(method, path, {
    ...(method === 'POST' ? { json } : {}),
    headers: { authorization: `Bearer ${key}` },
  });
}

describe('the key of a caller that cannot fetch tokens', () => {
  const asked = { device: { deviceId: 'nobody' }, resource: 'wifi' };

  it('authorises decisions and nothing else', async () => {
    const { radius } = system.stack.description.callerKeys;
    expect((await withKey(radius, asked)).body).toMatchObject({ decision: 'block' });
    for (const path of [
      'devices/x/compliance',
      'deviceManagement/managedDevices',
      'nac/devices?querycriteria=username&value=x',
      'setup',
    ]) {
      expect((await withKey(radius, undefined, { method: 'GET', path })).status).toBe(403);
    }
  });

  it.each(['x', '', 'proxy', 'a'.repeat(43)])('is rejected if it is invalid: `%s`', async (key) => {
    expect((await withKey(key, asked)).status).toBe(401);
  });
});

describe('what a decision costs', () => {
  const identifiers = {
    serialNumber: `SN-${newId()}`,
    udid: newId(),
    imei: newId(),
    wiFiMacAddress: '02:00:5E:20:00:01',
  };

  const costOfAllowing = (device: Readonly<Record<string, string>>): Promise<DeviceRequests> =>
    costOf(system, async () => {
      const { body } = await system.client.decide(device, 'wifi');
      expect(body['decision']).toBe('allow');
    });

  it('is one point read by id, and by other identifiers one lookup more', async () => {
    const deviceId = newId();
    await system.enrolHealthy(deviceId, identifiers);
    await untilWorkedOff(system);
    expect(await costOfAllowing({ deviceId })).toEqual({ read: 1 });
    for (const [name, value] of Object.entries(identifiers)) {
      expect([name, await costOfAllowing({ [name]: value })]).toEqual([name, { read: 2 }]);
      // No process remembers the lookup, since another one may enrol a second device with the identifier.
      expect([name, await costOfAllowing({ [name]: value })]).toEqual([name, { read: 2 }]);
    }
  });

  it('is one lookup and no read for an unknown identifier', async () => {
    const cost = await costOf(system, () =>
      system.client.decide({ serialNumber: `SN-${newId()}` }, 'wifi'),
    );
    expect(cost).toEqual({ read: 1 });
  });

  it('follows an identifier to its new device', async () => {
    const [first, second] = [newId(), newId()];
    const serialNumber = `SN-${newId()}`;
    await system.enrolHealthy(first, { serialNumber });
    expect((await system.client.decide({ serialNumber }, 'wifi')).body['decision']).toBe('allow');
    await system.client.enrol(first, { operatingSystem: 'Android', osVersion: '15' });
    expect((await system.client.decide({ serialNumber }, 'wifi')).body).toMatchObject({
      decision: 'block',
      complianceState: 'unknown',
    });
    await system.enrolHealthy(second, { serialNumber });
    expect((await system.client.decide({ serialNumber }, 'wifi')).body['decision']).toBe('allow');
  });
});

describe('an identifier of two enrolled devices', () => {
  it('identifies the worse of them, whichever was enrolled last', async () => {
    const serialNumber = `SN-${newId()}`;
    const [healthy, infected] = [newId(), newId()];
    for (const deviceId of [infected, healthy])
      await system.enrolHealthy(deviceId, { serialNumber });
    expect((await system.client.decide({ serialNumber }, 'wifi')).body['decision']).toBe('allow');
    const data = { deviceId: infected, riskLevel: 'high' };
    await system.client.sendEvents([{ type: 'sepmobile.device.risk', data }]);
    const decision = async (): Promise<unknown> =>
      (await system.client.decide({ serialNumber }, 'wifi')).body['decision'];
    await eventually(decision, (found) => found === 'block');
    await system.client.enrol(healthy, {
      operatingSystem: 'Android',
      osVersion: '15',
      serialNumber,
    });
    expect(await decision()).toBe('block');
  });
});

describe('a decision in caches', () => {
  it('may be stored for 30 seconds if it allows, and never if it blocks', async () => {
    const deviceId = newId();
    await system.enrolHealthy(deviceId);
    const allowed = await system.client.decide({ deviceId }, 'wifi');
    expect(allowed.headers.get('cache-control')).toBe('private, max-age=30');
    const blocked = await system.client.decide({ deviceId: newId() }, 'wifi');
    expect(blocked.headers.get('cache-control')).toBe('no-store');
    const json = [allowed, blocked].map((_, at) => ({
      device: { deviceId: at === 0 ? deviceId : newId() },
      resource: 'wifi',
    }));
    const both = await system.client.request('POST', 'accessDecisions', { as: 'caller', json });
    expect(both.headers.get('cache-control')).toBe('no-store');
    const compliance = await system.client.compliance(newId());
    expect(compliance.headers.get('cache-control')).toBe('no-store');
  });
});

describe('the decision log', () => {
  it('finds a decision by its id, and masks identifiers', async () => {
    const deviceId = newId();
    const json = {
      device: { deviceId },
      resource: 'companyApp:payroll',
      userPrincipalName: 'ada.lovelace@contoso.example',
    };
    const { body } = await system.client.request('POST', 'accessDecisions', { as: 'caller', json });
    const { status, body: record } = await system.client.request(
      'GET',
      `accessDecisions/${String(body['decisionId'])}`,
      { as: 'caller' },
    );
    expect([status, record]).toEqual([
      200,
      {
        decisionId: body['decisionId'],
        evaluatedDateTime: body['evaluatedDateTime'],
        caller: 'caller',
        resource: 'companyApp:payroll',
        identifiedBy: 'deviceId',
        device: `…${deviceId.slice(-4)}`,
        userPrincipalName: '…ace@contoso.example',
        decision: 'block',
        complianceState: 'unknown',
        reasonCodes: ['compliantDeviceRequired', 'deviceNotEnrolled'],
        policyVersion: body['policyVersion'],
      },
    ]);
  });

  it('keeps its lines when the worker ends', async () => {
    const { body } = await system.client.decide({ deviceId: 'gone' }, 'wifi');
    const path = `accessDecisions/${String(body['decisionId'])}`;
    expect((await system.client.request('GET', path, { as: 'caller' })).status).toBe(200);
    await system.stack.killWorker();
    expect((await system.client.request('GET', path, { as: 'caller' })).status).toBe(200);
  });

  it.each(['x', '017f22e2-79b0-7cc3-98c4-dc0c0c07398f', '..%2F..%2Fx'])(
    'has no entry for `%s`',
    async (id) => {
      const { status } = await system.client.request('GET', `accessDecisions/${id}`, {
        as: 'caller',
      });
      expect(status).toBe(404);
    },
  );
});

describe('the language of the remediation', () => {
  it.each([
    ['sv-SE, en;q=0.5', 'Registrera enheten'],
    ['de', 'Enrol the device'],
  ])('is chosen by `Accept-Language: %s`', async (language, title) => {
    const asked = { device: { deviceId: newId() }, resource: 'wifi' };
    const { body } = await system.client.request('POST', 'accessDecisions', {
      as: 'caller',
      json: asked,
      headers: { 'accept-language': language },
    });
    expect(body['remediation']).toMatchObject([{ code: 'enrolDevice', title }]);
  });
});

describe('a caller that asks too often', () => {
  const limited = limitedStack();

  it('gets 429 with Retry-After, and does not affect other callers', async () => {
    // A second's worth of decisions. A caller may ask for MAX_DECISIONS at once.
    const json = Array.from({ length: FEW_DECISIONS_PER_SECOND }, () => ({
      device: { deviceId: 'nobody' },
      resource: 'wifi',
    }));
    const [busy, other] = [await newCaller(limited), await newCaller(limited)];
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => withKey(busy, json, { at: limited })),
    );
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    const decided = answers.filter(({ status }) => status === 200);
    expect(decided.length).toBeGreaterThanOrEqual(MAX_DECISIONS / FEW_DECISIONS_PER_SECOND);
    for (const { headers } of refused) expect(headers.get('retry-after')).toBe('1');
    expect((await withKey(other, json, { at: limited })).status).toBe(200);
  });
});
