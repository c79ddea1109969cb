import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const GUARD = resolve(import.meta.dirname, '../../../../infra/node/requireNode.cjs');

let folder: string;
let program: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mtd-guard-'));
  program = join(folder, 'program.ts');
  const said = '[process.pid, ...process.argv.slice(1)] as readonly unknown[]';
  writeFileSync(program, `console.log(JSON.stringify(${said}));`);
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Run {
  readonly pid: number | undefined;
  readonly code: unknown;
  readonly output: string;
  readonly errors: string;
}

async function run(...words: readonly string[]): Promise<Run> {
  const child = spawn(process.execPath, words);
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const [code] = (await once(child, 'close')) as [unknown];
  return { pid: child.pid, code, output, errors };
}

describe('the guard', () => {
  it('runs a program in its own process, as if that had been named to Node.js', async () => {
    const { pid, code, output, errors } = await run(GUARD, program, '--api', 'x');
    expect([code, errors]).toEqual([0, '']);
    expect(JSON.parse(output)).toEqual([pid, program, '--api', 'x']);
  });

  it('says what to do where Node.js is too old, and runs nothing', async () => {
    const old = "Object.defineProperty(process, 'versions', { value: { node: '18.20.8' } });";
    const start = `${old} process.argv.splice(1, 0, 'guard'); require(${JSON.stringify(GUARD)});`;
    const { code, output, errors } = await run('-e', start, program);
    expect([code, output]).toEqual([1, '']);
    expect(errors).toContain('Node.js 22.18 or later is needed, this is 18.20.8');
  });
});
