import { randomUUID } from 'node:crypto';
import { CosmosClient } from '@azure/cosmos';
import { expect, it } from 'vitest';
import { quietStack } from '../../support/sharedStacks.ts';
import { DATABASE_NAME, DEVICES_CONTAINER } from '../../../shared/resources.ts';

const system = quietStack();
const newName = (): string => `Ada.Lovelace.${randomUUID()}@Contoso.Example`;

async function namesFound(userPrincipalName: string): Promise<readonly unknown[]> {
  const filter = encodeURIComponent(`userPrincipalName eq '${userPrincipalName}'`);
  const path = `deviceManagement/managedDevices?$filter=${filter}`;
  const { body } = await system.client.request('GET', path, { as: 'admin' });
  const devices = body['value'] as readonly { readonly userPrincipalName: string }[];
  return devices.map((each) => each.userPrincipalName);
}

it('finds the devices of a user in any spelling of the name, and returns the enrolled spelling', async () => {
  const name = newName();
  const device = { operatingSystem: 'iOS', osVersion: '18' };
  await system.client.enrol(randomUUID(), { ...device, userPrincipalName: name });
  await system.client.enrol(randomUUID(), { ...device, userPrincipalName: name.toUpperCase() });
  for (const asked of [name, name.toLowerCase(), name.toUpperCase()]) {
    const found = await namesFound(asked);
    expect(found).toHaveLength(2);
    expect(new Set(found)).toEqual(new Set([name, name.toUpperCase()]));
  }
  expect(await namesFound(name.slice(1))).toEqual([]);
});

it('finds an old document by its exact spelling, and by any after its next change', async () => {
  const name = newName();
  const deviceId = randomUUID();
  const device = { operatingSystem: 'iOS', osVersion: '18', userPrincipalName: name };
  await system.client.enrol(deviceId, device);
  const { endpoint, key } = system.stack.description.cosmos;
  const connectionPolicy = { enableEndpointDiscovery: false };
  const cosmos = new CosmosClient({ endpoint, key, connectionPolicy });
  await cosmos
    .database(DATABASE_NAME)
    .container(DEVICES_CONTAINER.id)
    .item(deviceId, deviceId)
    .patch([{ op: 'set', path: '/userPrincipalName', value: name }]);
  cosmos.dispose();
  expect(await namesFound(name)).toEqual([name]);
  await system.client.enrol(deviceId, { ...device, osVersion: '18.1' });
  expect(await namesFound(name.toLowerCase())).toEqual([name]);
});
