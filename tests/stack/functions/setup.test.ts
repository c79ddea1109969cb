import { expect, it } from 'vitest';
import { runSetup } from '../../../infra/ops/runSetup.ts';
import { callCommand, type CommandOutcome } from '../../support/commandIo.ts';
import { eventually } from '../../support/eventually.ts';
import { ownStack } from '../../support/ownStack.ts';
import { spawnCommand } from '../../support/spawnCommand.ts';

const system = ownStack({
  settings: { SEP_MOBILE_APP_SETTINGS: 'udid={{AzureADDeviceId}}, tenant=contoso' },
});

interface Step {
  readonly id: string;
  readonly isDone: boolean;
  readonly doneDateTime?: string;
  readonly todo?: string;
}

async function openSteps(): Promise<readonly Step[]> {
  const { body } = await system.client.request('GET', 'setup', { as: 'admin' });
  return (body['steps'] as Step[]).filter(({ isDone }) => !isDone);
}

/** `npm run setup` by the operator of a deployed system. */
async function setUp(run: typeof spawnSetup): Promise<CommandOutcome> {
  const argv = ['--api', system.stack.description.api];
  return run(argv, { MTD_TOKEN: await system.client.token('admin') });
}
const spawnSetup = (
  argv: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<CommandOutcome> => spawnCommand('infra/ops/setup.ts', argv, environment);
const callSetup: typeof spawnSetup = (argv, environment) =>
  callCommand(runSetup, argv, { environment });

it('ticks each setup step when the system has seen it, and explains the open ones', async () => {
  // A forged event does not count.
  const forged = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
  await system.client.sendEvents([{ type: 'sepmobile.connector.heartbeat', data: {} }], forged);
  const open = await openSteps();
  expect(open.map(({ id }) => id)).toEqual([
    'sourcesHeard',
    'firstSignedEvent',
    'firstHeartbeat',
    'deviceEnrolled',
    'firstCaller',
  ]);
  for (const { todo } of open) expect(todo).toBeTruthy();
  const before = await setUp(callSetup);
  expect(before.code).toBe(1);
  expect(before.out).toContain('[x] The connector is enabled for a platform');
  expect(before.out).toContain('[ ] A device is enrolled');

  await system.client.enrol('first', { operatingSystem: 'iOS', osVersion: '18' });
  expect((await openSteps()).map(({ id }) => id)).not.toContain('deviceEnrolled');
  await system.client.sendEvents([
    { type: 'sepmobile.device.heartbeat', data: { deviceId: 'first' } },
  ]);
  expect((await openSteps()).map(({ id }) => id)).not.toContain('firstSignedEvent');
  await system.client.decide({ deviceId: 'first' }, 'exchangeOnline');
  await eventually(openSteps, (steps) => steps.length === 0);
  const after = await setUp(spawnSetup);
  expect(after.code).toBe(0);
  expect(after.out).toMatch(/\[x\] A caller has asked about a device, since 20\d\d-/);
});

it('returns the app configuration policies in Graph’s format, with the keys of the setting', async () => {
  const ios = await system.client.request('GET', 'setup/appConfigurations/ios', { as: 'admin' });
  expect(ios.body).toMatchObject({
    '@odata.type': '#microsoft.graph.iosMobileAppConfiguration',
    settings: [
      {
        appConfigKey: 'udid',
        appConfigKeyType: 'stringType',
        appConfigKeyValue: '{{AzureADDeviceId}}',
      },
      { appConfigKey: 'tenant', appConfigKeyType: 'stringType', appConfigKeyValue: 'contoso' },
    ],
  });
  const android = await system.client.request('GET', 'setup/appConfigurations/android', {
    as: 'admin',
  });
  expect(android.body).toMatchObject({
    '@odata.type': '#microsoft.graph.androidManagedStoreAppConfiguration',
    packageId: 'app:com.skycure.skycure',
  });
  const payload = Buffer.from(String(android.body['payloadJson']), 'base64').toString();
  expect(JSON.parse(payload)).toEqual({
    kind: 'androidenterprise#managedConfiguration',
    productId: 'app:com.skycure.skycure',
    managedProperty: [
      { key: 'udid', valueString: '{{AzureADDeviceId}}' },
      { key: 'tenant', valueString: 'contoso' },
    ],
  });
  const other = await system.client.request('GET', 'setup/appConfigurations/windows', {
    as: 'admin',
  });
  expect(other.status).toBe(404);
});
