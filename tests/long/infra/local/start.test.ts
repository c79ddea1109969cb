import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { descendantsOf, haveEnded } from '../../../support/processes.ts';
import { eventually } from '../../../support/eventually.ts';

const ROOT = resolve(import.meta.dirname, '../../../..');

let folder: string;
let started: ChildProcess;
let output: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mtd-start-'));
  output = '';
});
afterEach(() => {
  started.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const command = (): readonly string[] => [
  process.execPath,
  'infra/node/requireNode.cjs',
  'infra/local/start.ts',
  '--folder',
  folder,
];

function start(
  [program = '', ...words]: readonly string[] = command(),
  environment: Readonly<Record<string, string>> = {},
): void {
  started = spawn(program, words, {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  for (const stream of [started.stdout, started.stderr])
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
}

/** As npm does it: a shell in between, which stays and hands no signal on. */
function startThroughShell(): void {
  const script = `${command().join(' ')}; exit $?`;
  const npm = `require('node:child_process').spawn('sh', ['-c', ${JSON.stringify(script)}], { stdio: 'inherit' })`;
  start([process.execPath, '-e', npm], { npm_lifecycle_event: 'start' });
}

const descendants = (): readonly number[] => descendantsOf(started.pid ?? 0);
const isReady = (): boolean => output.includes('is running');

/** What tells others where the system is, and that the folder is taken. */
const traces = (): readonly boolean[] =>
  ['stack.json', 'pid'].map((name) => existsSync(join(folder, name)));

// What is looked at is what Linux keeps in /proc.
describe.skipIf(!existsSync('/proc/self/stat'))('the command that starts the system', () => {
  it.each(['SIGINT', 'SIGHUP'] as const)(
    'ends all of it on %s, to itself alone',
    async (signal) => {
      start();
      await eventually(isReady, Boolean);
      const before = descendants();
      expect(before.length).toBeGreaterThan(5);
      started.kill(signal);
      const [code] = (await once(started, 'exit')) as [number | null];
      expect([code, await haveEnded(before), traces()]).toEqual([0, true, [false, false]]);
    },
  );

  it('ends in its order on a Ctrl-C that reaches it twice, from the terminal and from npm', async () => {
    start();
    await eventually(isReady, Boolean);
    const before = descendants();
    started.kill('SIGINT');
    await eventually(
      () => output.includes('stopping'),
      (isStopping) => isStopping,
    );
    started.kill('SIGINT');
    const [code] = (await once(started, 'exit')) as [number | null];
    expect([code, await haveEnded(before), traces()]).toEqual([0, true, [false, false]]);
  });

  it.each(['SIGTERM', 'SIGHUP', 'SIGKILL'] as const)(
    'ends with the npm that runs it, ended by %s to npm alone',
    async (signal) => {
      startThroughShell();
      await eventually(isReady, Boolean);
      const before = descendants();
      started.kill(signal);
      await once(started, 'exit');
      expect([await haveEnded(before), traces()]).toEqual([true, [false, false]]);
    },
  );

  it.each([2, 5])('ends what runs already when it is stopped with %i of its parts', async (n) => {
    start();
    const before = await eventually(descendants, (found) => found.length >= n);
    started.kill('SIGINT');
    const [code] = (await once(started, 'exit')) as [number | null];
    expect([code, isReady()]).toEqual([0, false]);
    expect([await haveEnded(before), traces()]).toEqual([true, [false, false]]);
  });

  it('takes all of it along when it is killed', async () => {
    start();
    await eventually(isReady, Boolean);
    const before = descendants();
    started.kill('SIGKILL');
    await once(started, 'exit');
    expect(await haveEnded(before)).toBe(true);
    // Nobody is left who could take back that the folder is taken; nobody believes it.
    expect(traces()).toEqual([false, true]);
    start();
    await eventually(() => output.split('is running').length > 2, Boolean);
    started.kill('SIGINT');
    expect(await once(started, 'exit')).toEqual([0, null]);
  });

  it('leaves nothing where it is killed while its parts start', async () => {
    start();
    const before = await eventually(descendants, (found) => found.length >= 4);
    started.kill('SIGKILL');
    await once(started, 'exit');
    expect(await haveEnded(before)).toBe(true);
  });
});
