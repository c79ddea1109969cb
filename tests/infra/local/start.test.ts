import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../support/world.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

let folder: string;
let started: ChildProcess;
let output: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mtd-start-'));
  output = '';
  started = spawn(
    process.execPath,
    ['infra/requireNode.cjs', 'infra/local/start.ts', '--folder', folder],
    { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  for (const stream of [started.stdout, started.stderr])
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
});
afterEach(() => {
  started.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** The processes that run, each with its parent; one that has ended and waits for its parent does not. */
function processes(): ReadonlyMap<number, number> {
  const found = readdirSync('/proc').flatMap((name): readonly [number, number][] => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const [state = '', parent = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return state === 'Z' ? [] : [[Number(name), Number(parent)]];
    } catch {
      return [];
    }
  });
  return new Map(found);
}

/** What was started by what was started. */
function descendants(): readonly number[] {
  const all = [...processes()];
  const below = (pid: number): readonly number[] =>
    all.filter(([, parent]) => parent === pid).flatMap(([child]) => [child, ...below(child)]);
  return below(started.pid ?? 0);
}

const isReady = (): boolean => output.includes('is running');

/** The process has ended, and so has every other that was there before, or was made meanwhile. */
async function expectNothingLeft(before: readonly number[]): Promise<void> {
  await eventually(
    () => {
      const running = processes();
      return before.filter((pid) => running.has(pid));
    },
    (left) => left.length === 0,
  );
  expect([existsSync(join(folder, 'stack.json')), existsSync(join(folder, 'pid'))]).toEqual([
    false,
    false,
  ]);
}

// What is looked at is what Linux keeps in /proc.
describe.skipIf(!existsSync('/proc/self/stat'))('the command that starts the system', () => {
  it.each(['SIGINT', 'SIGHUP'] as const)(
    'ends all of it on %s, to itself alone',
    async (signal) => {
      await eventually(isReady, Boolean);
      const before = descendants();
      expect(before.length).toBeGreaterThan(5);
      started.kill(signal);
      const [code] = (await once(started, 'exit')) as [number | null];
      expect(code).toBe(0);
      await expectNothingLeft(before);
    },
  );

  it.each([2, 5])('ends what runs already when it is stopped with %i of its parts', async (n) => {
    const before = await eventually(descendants, (found) => found.length >= n);
    started.kill('SIGINT');
    const [code] = (await once(started, 'exit')) as [number | null];
    expect([code, isReady()]).toEqual([0, false]);
    await expectNothingLeft(before);
  });

  it('takes all of it along when it is killed', async () => {
    await eventually(isReady, Boolean);
    const before = descendants();
    started.kill('SIGKILL');
    await once(started, 'exit');
    await eventually(
      () => {
        const running = processes();
        return before.filter((pid) => running.has(pid));
      },
      (left) => left.length === 0,
    );
  });
});
