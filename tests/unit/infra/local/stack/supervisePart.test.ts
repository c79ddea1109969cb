import { spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import type { ChildPart } from '../../../../../infra/local/stack/childPart.ts';
import { supervisePart } from '../../../../../infra/local/stack/supervisePart.ts';

/** A part without a process, which ends at once when it is stopped. */
function createPart(): ChildPart {
  const state = { exitCode: null as number | null, signalCode: null };
  const process = Object.assign(new EventEmitter(), state);
  const stop = (): Promise<void> => {
    process.exitCode = 0;
    process.emit('exit', 0, null);
    return Promise.resolve();
  };
  return {
    name: 'worker',
    address: 'http://127.0.0.1:7071',
    pid: 0,
    process: process as unknown as ChildPart['process'],
    stop,
  };
}

it('logs the reason of a replacement, and only an unexpected end as one', async () => {
  const logged: string[] = [];
  let restarted = Promise.withResolvers<undefined>();
  const first = createPart();
  const part = supervisePart(first, {
    start: () => Promise.resolve(createPart()),
    isRestarted: true,
    isStopping: () => false,
    log: (message) => logged.push(message),
    onRestarted: () => restarted.resolve(undefined),
    onFailure: (reason) => restarted.reject(new Error(reason)),
  });
  part.replace('the worker restarts with the new secrets', 1000);
  await restarted.promise;
  expect(logged).toEqual(['the worker restarts with the new secrets']);
  expect(part.current()).not.toBe(first);

  restarted = Promise.withResolvers<undefined>();
  await part.current().stop(0);
  await restarted.promise;
  expect(logged[1]).toBe('worker ended with 0; restarting it');
});

it('tells who killed a part that it has no successor', async () => {
  const sleeper = spawn('sleep', ['600']);
  const first = { ...createPart(), pid: sleeper.pid ?? 0, process: sleeper };
  const failures: string[] = [];
  const part = supervisePart(first, {
    start: () => Promise.reject(new Error('worker did not become ready')),
    isRestarted: true,
    isStopping: () => false,
    log: () => undefined,
    onFailure: (reason) => failures.push(reason),
  });
  await expect(part.kill()).rejects.toThrow('worker did not become ready');
  expect(failures).toEqual(['Error: worker did not become ready']);
});
