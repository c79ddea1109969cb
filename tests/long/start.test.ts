import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { OuterClient } from '../../infra/local/demo/outerClient.ts';
import { freePort } from '../../infra/local/stack/freePort.ts';
import { startStack } from '../../infra/local/stack/startStack.ts';
import { PROJECT_ROOT } from '../../infra/node/projectRoot.ts';
import { eventually } from '../support/eventually.ts';
import { descendantsOf, haveEnded } from '../support/processes.ts';
import { SIZE } from '../support/size.ts';

/** The command of `npm start`, and one that starts processes that do nothing in the same way. */
const SMALL_SYSTEM = ['a small system', 'tests/support/smallSystem/main.ts'] as const;
const WHOLE_SYSTEM = ['the whole system', 'infra/local/start.ts'] as const;
const SYSTEMS = SIZE.startsWholeSystems ? [SMALL_SYSTEM, WHOLE_SYSTEM] : [SMALL_SYSTEM];

let folder: string;
let started: ChildProcess;
let output: string;
function start(
  [program = '', ...words]: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): void {
  started = spawn(program, words, {
    cwd: PROJECT_ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  for (const stream of [started.stdout, started.stderr])
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
}

const descendants = (): readonly number[] => descendantsOf(started.pid ?? 0);
const isReady = (): boolean => output.includes('is running');

/** Whether `stack.json`, which describes a running system, and `pid`, which names the owner of the folder, exist. */
const traces = (): readonly boolean[] =>
  ['stack.json', 'pid'].map((name) => existsSync(join(folder, name)));
const NO_TRACE = [false, false];

// Linux lists its processes in /proc.
describe.skipIf(!existsSync('/proc/self/stat')).each(SYSTEMS)('the start of %s', (_, file) => {
  beforeEach(() => {
    folder = mkdtempSync(join(inject('runFolder'), 'start-'));
    output = '';
  });
  afterEach(() => void started.kill('SIGKILL'));

  const command = (): readonly string[] => [
    process.execPath,
    'infra/node/requireNode.cjs',
    file,
    '--folder',
    folder,
  ];

  /** Starts it as npm does: through a shell, which stays and passes no signal on. */
  function startThroughShell(): void {
    const script = `${command().join(' ')}; exit $?`;
    const npm = `require('node:child_process').spawn('sh', ['-c', ${JSON.stringify(script)}], { stdio: 'inherit' })`;
    start([process.execPath, '-e', npm], { npm_lifecycle_event: 'start' });
  }

  it.each(['SIGINT', 'SIGHUP'] as const)('ends all its processes on %s', async (signal) => {
    start(command());
    await eventually(isReady, Boolean);
    const before = descendants();
    expect(before.length).toBeGreaterThan(5);
    started.kill(signal);
    const [code] = (await once(started, 'exit')) as [number | null];
    expect([code, await haveEnded(before), traces()]).toEqual([0, true, NO_TRACE]);
  });

  it('stops in order after a Ctrl-C that arrives twice, from the terminal and from npm', async () => {
    start(command());
    await eventually(isReady, Boolean);
    const before = descendants();
    started.kill('SIGINT');
    await eventually(() => output.includes('stopping'), Boolean);
    started.kill('SIGINT');
    const [code] = (await once(started, 'exit')) as [number | null];
    expect([code, await haveEnded(before), traces()]).toEqual([0, true, NO_TRACE]);
  });

  it.each(['SIGTERM', 'SIGHUP', 'SIGKILL'] as const)(
    'ends with its npm when only npm receives %s',
    async (signal) => {
      startThroughShell();
      await eventually(isReady, Boolean);
      const before = descendants();
      started.kill(signal);
      await once(started, 'exit');
      expect([await haveEnded(before), traces()]).toEqual([true, NO_TRACE]);
    },
  );

  it.each([2, 5])('ends the %i processes that run when it is stopped early', async (count) => {
    start(command());
    const before = await eventually(descendants, (found) => found.length >= count);
    started.kill('SIGINT');
    const [code] = (await once(started, 'exit')) as [number | null];
    expect([code, isReady()]).toEqual([0, false]);
    expect([await haveEnded(before), traces()]).toEqual([true, NO_TRACE]);
  });

  it('ends all its processes when it is killed, and starts again in its folder', async () => {
    start(command());
    await eventually(isReady, Boolean);
    const before = descendants();
    started.kill('SIGKILL');
    await once(started, 'exit');
    expect(await haveEnded(before)).toBe(true);
    // Nothing is left that could delete `pid`, and the next start ignores it.
    expect(traces()).toEqual([false, true]);
    output = '';
    start(command());
    await eventually(isReady, Boolean);
    started.kill('SIGINT');
    expect(await once(started, 'exit')).toEqual([0, null]);
  });

  it('ends all its processes when it is killed while they start', async () => {
    start(command());
    const before = await eventually(descendants, (found) => found.length >= 4);
    started.kill('SIGKILL');
    await once(started, 'exit');
    expect(await haveEnded(before)).toBe(true);
  });
});

it.each(SIZE.startsWholeSystems ? [[1, 2, 3]] : [])(
  'finds ports for three systems that start at once and want the same one',
  async (...numbers) => {
    const apiPort = await freePort();
    const parent = mkdtempSync(join(inject('runFolder'), 'start-'));
    const stacks = await Promise.all(
      numbers.map((number) => startStack({ stateFolder: join(parent, String(number)), apiPort })),
    );
    const answers = await Promise.all(
      stacks.map(({ description }) => new OuterClient(description).request('GET', 'health/ready')),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(new Set(stacks.map(({ description }) => description.api)).size).toBe(3);
    await Promise.all(stacks.map((stack) => stack.stop()));
  },
);
