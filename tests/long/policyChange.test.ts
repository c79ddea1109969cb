import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CosmosClient, type Container } from '@azure/cosmos';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { OuterClient } from '../../infra/local/demo/outerClient.ts';
import { SAMPLE_ORGANISATION } from '../../infra/local/stack/sampleOrganisation.ts';
import type { Stack } from '../../infra/local/stack/startStack.ts';
import { startTestStack } from '../support/startTestStack.ts';
import { toDeviceDocument } from '../../shared/adapters/cosmos/deviceDocument.ts';
import { advanceRecord, createDeviceRecord } from '../../shared/domain/deviceRecord.ts';
import type { DeviceSignal } from '../../shared/domain/vocabulary/signal.ts';
import { fromConfigurationDocuments } from '../../shared/core/configuration/configurationDocuments.ts';
import { DATABASE_NAME, DEVICES_CONTAINER } from '../../shared/resources.ts';
import { eventually } from '../support/eventually.ts';

const DEVICES = 5000;
const WRITERS = 16;

const stateFolder = mkdtempSync(join(tmpdir(), 'mtd-policy-'));
let stack: Stack;
let client: OuterClient;
let cosmos: CosmosClient;
let container: Container;
beforeAll(async () => {
  stack = await startTestStack({ stateFolder });
  client = new OuterClient(stack.description);
  const { endpoint, key } = stack.description.cosmos;
  const connectionPolicy = { enableEndpointDiscovery: false };
  cosmos = new CosmosClient({ endpoint, key, connectionPolicy });
  container = cosmos.database(DATABASE_NAME).container(DEVICES_CONTAINER.id);
  await writeFleet();
});
afterAll(async () => {
  cosmos.dispose();
  await stack.stop();
  rmSync(stateFolder, { recursive: true });
});

/** As if each had been enrolled and assessed at risk `low`, which the sample policy allows; written past the front door to save time. */
async function writeFleet(): Promise<void> {
  const configuration = fromConfigurationDocuments(SAMPLE_ORGANISATION);
  const now = new Date().toISOString();
  const documents = Array.from({ length: DEVICES }, (_, at) => {
    const deviceId = `fleet-${String(at).padStart(5, '0')}`;
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
    for (let next = documents.pop(); next !== undefined; next = documents.pop()) {
      await container.items.upsert(next);
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, write));
}

/** How many devices are stored as `noncompliant`: what lists are filtered by. */
async function countNoncompliant(): Promise<number> {
  const query = "SELECT VALUE COUNT(1) FROM c WHERE c.complianceState = 'noncompliant'";
  const { resources } = await container.items.query<number>(query).fetchAll();
  return resources[0] ?? 0;
}

it('lets what-if tell the whole fleet page by page, and changes nothing by it', async () => {
  const draft = { id: 'android-baseline', deviceThreatProtectionRequiredSecurityLevel: 'secured' };
  let evaluated = 0;
  let wouldFall = 0;
  let path: string | undefined = 'deviceManagement/deviceCompliancePolicies/whatIf';
  while (path !== undefined) {
    const { status, body } = await client.request('POST', path, { as: 'admin', json: draft });
    expect(status).toBe(200);
    evaluated += Number(body['evaluatedDeviceCount']);
    wouldFall += (body['changedDeviceCounts'] as { noncompliant?: number }).noncompliant ?? 0;
    const [first] = body['value'] as { whatIf: { reasons: { code: string }[] } }[];
    expect(first?.whatIf.reasons[0]?.code).toBe('threatLevelAboveCeiling');
    const next = body['@odata.nextLink'] as string | undefined;
    path = next?.slice(`${stack.description.api}/api/`.length);
  }
  expect([evaluated, wouldFall]).toEqual([DEVICES, DEVICES]);
  expect(await countNoncompliant()).toBe(0);
});

it('brings every stored view to a changed policy by itself, also where it is killed in the midst of it', async () => {
  const changed = await client.request(
    'PATCH',
    'deviceManagement/deviceCompliancePolicies/android-baseline?confirm=true',
    { as: 'admin', json: { deviceThreatProtectionRequiredSecurityLevel: 'secured' } },
  );
  expect(changed.status).toBe(200);
  // The next answer follows at once; the stored views, which lists are filtered by, one page after the other.
  expect((await client.compliance('fleet-04999')).body['complianceState']).toBe('noncompliant');
  const before = await eventually(
    () => countNoncompliant(),
    (found) => found > 0,
  );
  expect(before).toBeLessThan(DEVICES);
  await stack.killWorker();
  await eventually(
    () => countNoncompliant(),
    (found) => found === DEVICES,
  );
}, 300_000);
