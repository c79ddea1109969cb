import { ServiceBusClient } from '@azure/service-bus';
import { describe, expect, it } from 'vitest';
import type { Answer } from '../../../infra/local/demo/outerClient.ts';
import { listDeadLetters, settleDeadLetters } from '../../../infra/ops/deadLetters.ts';
import { corruptDevice } from '../../support/corruptDevice.ts';
import { eventually } from '../../support/eventually.ts';
import { quietStack } from '../../support/sharedStacks.ts';

const system = quietStack();
const PROPERTIES = { operatingSystem: 'Android', osVersion: '15' };

const asAdmin = (method: string, path: string, json?: unknown): Promise<Answer> =>
  system.client.request(method, path, { as: 'admin', ...(json === undefined ? {} : { json }) });
const pathOf = (deviceId: string): string => `deviceManagement/managedDevices/${deviceId}`;

/** A device that had access, until its record became unreadable. */
async function corrupt(deviceId: string): Promise<void> {
  await system.enrolHealthy(deviceId, PROPERTIES);
  await corruptDevice(system.stack.description.cosmos, deviceId);
  expect(await stateOf(deviceId)).toEqual(['error', ['deviceRecordInvalid']]);
}

async function stateOf(deviceId: string): Promise<readonly unknown[]> {
  const { body } = await system.client.compliance(deviceId);
  const reasons = body['reasons'] as readonly { readonly code: string }[];
  return [body['complianceState'], reasons.map(({ code }) => code)];
}

describe('a record that cannot be read', () => {
  it('is replaced by an enrolment, which the device has no reports for', async () => {
    const deviceId = 'unreadable-put';
    await corrupt(deviceId);
    expect((await asAdmin('PUT', pathOf(deviceId), PROPERTIES)).status).toBe(200);
    expect(await stateOf(deviceId)).toEqual(['noncompliant', ['noPartnerData']]);
    const { body } = await system.client.decide({ deviceId }, 'exchangeOnline');
    expect(body['decision']).toBe('block');
  });

  it('is replaced when the enrolment ends', async () => {
    const deviceId = 'unreadable-delete';
    await corrupt(deviceId);
    expect((await asAdmin('DELETE', pathOf(deviceId))).status).toBe(204);
    expect(await stateOf(deviceId)).toEqual(['unknown', ['deviceNotEnrolled']]);
    expect((await asAdmin('DELETE', pathOf(deviceId))).status).toBe(404);
  });

  it('is replaced by a re-evaluation, by what can be kept of it', async () => {
    const deviceId = 'unreadable-reevaluate';
    await corrupt(deviceId);
    const { status, body } = await asAdmin('POST', 'deviceManagement/reevaluation', { deviceId });
    expect([status, body['complianceState']]).toEqual([200, 'unknown']);
    expect(await stateOf(deviceId)).toEqual(['unknown', ['deviceNotEnrolled']]);
  });

  it('is in the audit log, with its content, the reason and who replaced it', async () => {
    const deviceId = 'unreadable-audit';
    await corrupt(deviceId);
    await asAdmin('PUT', pathOf(deviceId), PROPERTIES);
    const { body } = await asAdmin('GET', 'deviceManagement/auditEvents?$top=20');
    const events = body['value'] as readonly Record<string, unknown>[];
    const about = events.filter((each) => each['resourceId'] === deviceId);
    expect(about.filter(({ before }) => before !== undefined)).toEqual([
      expect.objectContaining({
        activityType: 'replace unreadable record',
        activityResult: 'success',
        actor: expect.objectContaining({ applicationId: 'admin' }) as unknown,
        before: {
          kept: 'nothing',
          problem: expect.stringContaining('cannot be read') as unknown,
          document: expect.objectContaining({ record: { device: 'corrupt' } }) as unknown,
        },
      }),
    ]);
  });

  it('stays blocked whatever the partner reports, and the reports can be replayed afterwards', async () => {
    const deviceId = 'unreadable-report';
    await corrupt(deviceId);
    await system.client.sendEvents([
      { type: 'sepmobile.device.risk', data: { deviceId, riskLevel: 'high' } },
    ]);
    const broker = new ServiceBusClient(system.stack.description.serviceBus);
    const letters = (): ReturnType<typeof listDeadLetters> =>
      listDeadLetters(broker, 'device-signals', { device: deviceId });
    const [letter] = await eventually(letters, (found) => found.length === 1);
    expect([letter?.code, await stateOf(deviceId)]).toEqual([
      'deviceRecordInvalid',
      ['error', ['deviceRecordInvalid']],
    ]);
    await asAdmin('PUT', pathOf(deviceId), PROPERTIES);
    const ids = [letter?.id ?? ''];
    await settleDeadLetters(broker, 'device-signals', ids, 'replayed', () => undefined);
    await eventually(
      () => system.client.compliance(deviceId),
      ({ body }) => body['partnerReportedThreatState'] === 'highSeverity',
    );
    await broker.close();
  });
});
