import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { descendantsOf, haveEnded } from '../../../support/processes.ts';
import { eventually } from '../../../support/eventually.ts';

const ROOT = resolve(import.meta.dirname, '../../../..');

let temporary: string;
let demo: ChildProcess;
let output: string;
beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), 'mtd-demos-'));
  output = '';
  demo = spawn(process.execPath, ['infra/node/requireNode.cjs', 'infra/local/demo/main.ts'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, TMPDIR: temporary },
  });
  demo.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
});
afterEach(() => {
  demo.kill('SIGKILL');
  rmSync(temporary, { recursive: true, force: true });
});

const parts = (): readonly number[] => descendantsOf(demo.pid ?? 0);

describe.skipIf(!existsSync('/proc/self/stat'))('the demo', () => {
  it('leaves nothing behind when it is stopped', async () => {
    const before = await eventually(parts, ({ length }) => length >= 3);
    demo.kill('SIGINT');
    expect(await once(demo, 'exit')).toEqual([1, null]);
    expect([await haveEnded(before), readdirSync(temporary)]).toEqual([true, []]);
  });

  it('keeps its logs if its system does not start, and prints where they are', async () => {
    const [part = 0, ...others] = await eventually(parts, ({ length }) => length >= 3);
    process.kill(part, 'SIGKILL');
    expect(await once(demo, 'close')).toEqual([1, null]);
    expect([await haveEnded(others), readdirSync(temporary)]).toEqual([true, []]);
    const [, kept = ''] = /logs are in (.+)/.exec(output) ?? [];
    expect(readdirSync(kept)).toContain('cosmos.log');
    rmSync(kept, { recursive: true });
  });
});
