import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { OuterClient } from '../../../../../infra/local/demo/outerClient.ts';
import { freePort } from '../../../../../infra/local/stack/freePort.ts';
import { startStack } from '../../../../../infra/local/stack/startStack.ts';
import { eventually } from '../../../../support/eventually.ts';

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

it('writes where everything is, keeps what it was told across a restart, and leaves no process behind', async () => {
  const stateFolder = mkdtempSync(join(tmpdir(), 'mtd-stack-'));
  const file = join(stateFolder, 'stack.json');
  const first = await startStack({ stateFolder });
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(first.description);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const client = new OuterClient(first.description);
  await client.enrol('kept', { operatingSystem: 'Android', osVersion: '15' });
  await client.sendEvents([
    { type: 'sepmobile.device.activated', data: { deviceId: 'kept' } },
    { type: 'sepmobile.device.risk', data: { deviceId: 'kept', riskLevel: 'minimal' } },
  ]);
  const worker = first.workerPid();
  await first.stop();
  expect([isRunning(worker), existsSync(file)]).toEqual([false, false]);

  const second = await startStack({ stateFolder });
  const { body } = await eventually(
    () => new OuterClient(second.description).compliance('kept'),
    (answer) => answer.body['complianceState'] === 'compliant',
  );
  expect(body['isManaged']).toBe(true);
  expect(second.description.webhookSecret).toBe(first.description.webhookSecret);
  await second.stop();
  rmSync(stateFolder, { recursive: true });
});

it('finds ports for three systems that start at once and want the same one', async () => {
  const apiPort = await freePort();
  const folders = [1, 2, 3].map(() => mkdtempSync(join(tmpdir(), 'mtd-stack-')));
  const stacks = await Promise.all(
    folders.map((stateFolder) => startStack({ stateFolder, apiPort })),
  );
  const answers = await Promise.all(
    stacks.map(({ description }) =>
      new OuterClient(description).request('GET', 'health/ready').then(({ status }) => status),
    ),
  );
  expect(answers).toEqual([200, 200, 200]);
  expect(new Set(stacks.map(({ description }) => description.api)).size).toBe(3);
  await Promise.all(stacks.map((stack) => stack.stop()));
  for (const folder of folders) rmSync(folder, { recursive: true });
});
