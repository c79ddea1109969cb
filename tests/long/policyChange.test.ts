import { CosmosClient, type Container } from '@azure/cosmos';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SAMPLE_ORGANISATION } from '../../infra/local/stack/sampleOrganisation.ts';
import { toDeviceDocument } from '../../shared/adapters/cosmos/deviceDocument.ts';
import { fromConfigurationDocuments } from '../../shared/core/configuration/configurationDocuments.ts';
import { advanceRecord, createDeviceRecord } from '../../shared/domain/deviceRecord.ts';
import type { DeviceSignal } from '../../shared/domain/vocabulary/signal.ts';
import { DATABASE_NAME, DEVICES_CONTAINER } from '../../shared/resources.ts';
import { eventually } from '../support/eventually.ts';
import { killWorker } from '../support/killWorker.ts';
import { ownStack } from '../support/ownStack.ts';
import { SIZE } from '../support/size.ts';

const { devices: DEVICES, devicesPerSecond } = SIZE.policyChange;
const WRITERS = 16;
const PATIENCE_IN_MILLISECONDS = 300_000;
const POLICY = 'deviceManagement/deviceCompliancePolicies';

const system = ownStack({
  withTimers: true,
  settings: { REEVALUATION_DEVICES_PER_SECOND: String(devicesPerSecond) },
});
let cosmos: CosmosClient;
let container: Container;
beforeAll(async () => {
  const connectionPolicy = { enableEndpointDiscovery: false };
  cosmos = new CosmosClient({ ...system.stack.description.cosmos, connectionPolicy });
  container = cosmos.database(DATABASE_NAME).container(DEVICES_CONTAINER.id);
  await writeFleet();
});
afterAll(() => cosmos.dispose());

/** Writes devices as if each had been enrolled and assessed at risk `low`, which the sample policy allows. */
async function writeFleet(): Promise<void> {
  const configuration = fromConfigurationDocuments(SAMPLE_ORGANISATION);
  const now = new Date().toISOString();
  const documents = Array.from({ length: DEVICES }, (_, at) => {
    const deviceId = `fleet-${String(at)}`;
    const stamped = { deviceId, observedDateTime: now, receivedDateTime: now };
    const signals: DeviceSignal[] = [
      {
        ...stamped,
        signalId: 'e',
        type: 'enrolled',
        properties: { operatingSystem: 'Android', osVersion: '15' },
      },
      { ...stamped, signalId: 'a', type: 'activated' },
      { ...stamped, signalId: 'r', type: 'riskReported', riskLevel: 'low' },
    ];
    const record = advanceRecord(createDeviceRecord(deviceId), signals, configuration, now);
    return toDeviceDocument({ ...record, outbox: [] });
  });
  const write = async (): Promise<void> => {
    for (let next = documents.pop(); next !== undefined; next = documents.pop())
      await container.items.upsert(next);
  };
  await Promise.all(Array.from({ length: WRITERS }, write));
}

/** How many devices are stored as `noncompliant`: lists filter by the stored view. */
async function countNoncompliant(): Promise<number> {
  const query = "SELECT VALUE COUNT(1) FROM c WHERE c.complianceState = 'noncompliant'";
  const { resources } = await container.items.query<number>(query).fetchAll();
  return resources[0] ?? 0;
}

it(`previews a policy for ${String(DEVICES)} devices page by page, and changes nothing`, async () => {
  const draft = { id: 'android-baseline', deviceThreatProtectionRequiredSecurityLevel: 'secured' };
  let evaluated = 0;
  let wouldBeBlocked = 0;
  let path: string | undefined = `${POLICY}/whatIf`;
  while (path !== undefined) {
    const { status, body } = await system.client.request('POST', path, {
      as: 'admin',
      json: draft,
    });
    expect(status).toBe(200);
    evaluated += Number(body['evaluatedDeviceCount']);
    wouldBeBlocked += (body['changedDeviceCounts'] as { noncompliant?: number }).noncompliant ?? 0;
    const [first] = body['value'] as { whatIf: { reasons: { code: string }[] } }[];
    expect(first?.whatIf.reasons[0]?.code).toBe('threatLevelAboveCeiling');
    const next = body['@odata.nextLink'] as string | undefined;
    path = next?.slice(`${system.stack.description.api}/api/`.length);
  }
  expect([evaluated, wouldBeBlocked]).toEqual([DEVICES, DEVICES]);
  expect(await countNoncompliant()).toBe(0);
});

it(
  'updates every stored view to a changed policy by itself, although the worker is killed half-way',
  async () => {
    const changed = await system.client.request(
      'PATCH',
      `${POLICY}/android-baseline?confirm=true`,
      { as: 'admin', json: { deviceThreatProtectionRequiredSecurityLevel: 'secured' } },
    );
    expect(changed.status).toBe(200);
    // The next answer uses the new policy at once. The stored views follow page by page.
    const { body } = await system.client.compliance(`fleet-${String(DEVICES - 1)}`);
    expect(body['complianceState']).toBe('noncompliant');
    const before = await eventually(countNoncompliant, (found) => found > 0);
    expect(before).toBeLessThan(DEVICES);
    await killWorker(system.stack);
    await eventually(countNoncompliant, (found) => found === DEVICES);
  },
  PATIENCE_IN_MILLISECONDS,
);
