import { Client, PageIterator } from '@microsoft/microsoft-graph-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startFrontEnd } from '../../support/frontEnd.ts';
import { ownStack } from '../../support/ownStack.ts';

/** Callers reach the system through the front end alone, so its links have to lead there. */
const frontEnd = await startFrontEnd(() => system.stack.description.api);
const system = ownStack({ settings: { WEBHOOK_ORIGIN: frontEnd.address } });
let graph: Client;
beforeAll(async () => {
  const token = await system.client.token('admin');
  graph = Client.init({
    baseUrl: frontEnd.address,
    customHosts: new Set(['127.0.0.1']),
    defaultVersion: 'api',
    authProvider: (done) => done(null, token),
  });
});
afterAll(() => frontEnd.stop());

const POLICIES = '/deviceManagement/deviceCompliancePolicies';
const USER = 'pages@contoso.example';
const NUMBERS = Array.from({ length: 5 }, (_, each) => String(each));

async function collect(request: ReturnType<Client['api']>): Promise<Record<string, unknown>[]> {
  const found: Record<string, unknown>[] = [];
  const first = (await request.top(2).get()) as { value: unknown[] };
  expect(first.value.length).toBeLessThanOrEqual(2);
  const pages = new PageIterator(graph, first, (each) => {
    found.push(each as Record<string, unknown>);
    return true;
  });
  await pages.iterate();
  return found;
}

it('lets Microsoft’s Graph client page with its own iterator, by links to the public origin', async () => {
  for (const number of NUMBERS) {
    await graph.api(POLICIES).post({
      '@odata.type': '#microsoft.graph.androidCompliancePolicy',
      displayName: `Paged ${number}`,
      deviceThreatProtectionEnabled: true,
      deviceThreatProtectionRequiredSecurityLevel: 'secured',
    });
    await system.client.enrol(`paged-${number}`, {
      operatingSystem: 'Android',
      osVersion: '15',
      userPrincipalName: USER,
    });
  }
  const policies = await collect(graph.api(POLICIES));
  expect(policies.map(({ displayName }) => displayName)).toEqual(
    expect.arrayContaining(NUMBERS.map((number) => `Paged ${number}`)),
  );
  expect(new Set(policies.map(({ id }) => id)).size).toBe(policies.length);
  const devices = await collect(
    graph.api('/deviceManagement/managedDevices').filter(`userPrincipalName eq '${USER}'`),
  );
  expect(devices.map(({ id }) => String(id)).toSorted()).toEqual(
    NUMBERS.map((number) => `paged-${number}`),
  );
});
