import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { OuterClient } from '../../../infra/local/demo/outerClient.ts';
import type { Stack } from '../../../infra/local/stack/startStack.ts';
import { eventually } from '../../support/eventually.ts';
import { startTestStack } from '../../support/startTestStack.ts';
import { WITHOUT_TIMERS } from '../../support/withoutTimers.ts';

const COMMAND = join(import.meta.dirname, '../../../infra/ops/setup.ts');

const stateFolder = mkdtempSync(join(tmpdir(), 'mtd-setup-'));
let stack: Stack;
let client: OuterClient;
beforeAll(async () => {
  stack = await startTestStack({
    stateFolder,
    settings: {
      ...WITHOUT_TIMERS,
      SEP_MOBILE_APP_SETTINGS: 'udid={{AzureADDeviceId}}, tenant=contoso',
    },
  });
  client = new OuterClient(stack.description);
});
afterAll(async () => {
  await stack.stop();
  rmSync(stateFolder, { recursive: true });
});

interface Step {
  readonly id: string;
  readonly isDone: boolean;
  readonly doneDateTime?: string;
  readonly todo?: string;
}

async function openSteps(): Promise<readonly Step[]> {
  const { body } = await client.request('GET', 'setup', { as: 'admin' });
  return (body['steps'] as Step[]).filter(({ isDone }) => !isDone);
}

/** The command as an operator of a deployed system runs it. */
async function runCommand(): Promise<{ readonly code: number; readonly output: string }> {
  const { status, output } = await promisify(execFile)(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', COMMAND, '--api', stack.description.api],
    { env: { MTD_TOKEN: await client.token('admin') } },
  ).then(
    ({ stdout }) => ({ status: 0, output: stdout }),
    (error: unknown) => {
      const { code, stdout } = error as { code: number; stdout: string };
      return { status: code, output: stdout };
    },
  );
  return { code: status, output };
}

it('ticks each step of the setup once the system has seen it, and says what to do about the others', async () => {
  // A forged event is not the first.
  const forged = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
  await client.sendEvents([{ type: 'sepmobile.connector.heartbeat', data: {} }], forged);
  const open = await openSteps();
  expect(open.map(({ id }) => id)).toEqual([
    'firstSignedEvent',
    'firstHeartbeat',
    'deviceEnrolled',
    'firstCaller',
  ]);
  for (const { todo } of open) expect(todo).toBeTruthy();
  const before = await runCommand();
  expect(before.code).toBe(1);
  expect(before.output).toContain('[x] The connector is enabled for a platform');
  expect(before.output).toContain('[ ] A device is enrolled');

  await client.enrol('first', { operatingSystem: 'iOS', osVersion: '18' });
  expect((await openSteps()).map(({ id }) => id)).not.toContain('deviceEnrolled');
  await client.sendEvents([{ type: 'sepmobile.device.heartbeat', data: { deviceId: 'first' } }]);
  expect((await openSteps()).map(({ id }) => id)).not.toContain('firstSignedEvent');
  await client.decide({ deviceId: 'first' }, 'exchangeOnline');
  await eventually(openSteps, (steps) => steps.length === 0);
  const after = await runCommand();
  expect(after.code).toBe(0);
  expect(after.output).toMatch(/\[x\] A caller has asked about a device, since 20\d\d-/);
});

it('gives the app configuration policies as Graph takes them, with the keys of the setting', async () => {
  const ios = await client.request('GET', 'setup/appConfigurations/ios', { as: 'admin' });
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
  const android = await client.request('GET', 'setup/appConfigurations/android', { as: 'admin' });
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
  const other = await client.request('GET', 'setup/appConfigurations/windows', { as: 'admin' });
  expect(other.status).toBe(404);
});
