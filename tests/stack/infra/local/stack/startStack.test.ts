import { existsSync, mkdtempSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { OuterClient } from '../../../../../infra/local/demo/outerClient.ts';
import { startStack } from '../../../../../infra/local/stack/startStack.ts';
import { eventually } from '../../../../support/eventually.ts';
import { WITHOUT_TIMERS } from '../../../../support/withoutTimers.ts';

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

it('describes a system that runs the sources, keeps its state across a restart, and leaves no process behind', async () => {
  const stateFolder = mkdtempSync(join(inject('runFolder'), 'stack-'));
  const file = join(stateFolder, 'stack.json');
  const first = await startStack({ stateFolder, settings: WITHOUT_TIMERS });
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

  const second = await startStack({ stateFolder, settings: WITHOUT_TIMERS });
  const { body } = await eventually(
    () => new OuterClient(second.description).compliance('kept'),
    (answer) => answer.body['complianceState'] === 'compliant',
  );
  expect(body['isManaged']).toBe(true);
  expect(second.description.webhookSecret).toBe(first.description.webhookSecret);
  await second.stop();
});
