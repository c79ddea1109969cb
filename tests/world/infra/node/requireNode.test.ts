import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

const GUARD = resolve(import.meta.dirname, '../../../../infra/node/requireNode.cjs');

/** Writes a program that prints its process id and arguments. */
function writeProgram(): string {
  const program = join(temporaryFolder('guard'), 'program.ts');
  const printed = '[process.pid, ...process.argv.slice(1)] as readonly unknown[]';
  writeFileSync(program, `console.log(JSON.stringify(${printed}));`);
  return program;
}

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

describe('requireNode', () => {
  it('runs a program in its own process with its arguments, as Node.js itself does', async () => {
    const program = writeProgram();
    const { pid, code, output, errors } = await run(GUARD, program, '--api', 'x');
    expect([code, errors]).toEqual([0, '']);
    expect(JSON.parse(output)).toEqual([pid, program, '--api', 'x']);
  });

  it('names the required version if Node.js is too old, and runs nothing', async () => {
    const program = writeProgram();
    const old = "Object.defineProperty(process, 'versions', { value: { node: '18.20.8' } });";
    const start = `${old} process.argv.splice(1, 0, 'guard'); require(${JSON.stringify(GUARD)});`;
    const { code, output, errors } = await run('-e', start, program);
    expect([code, output]).toEqual([1, '']);
    expect(errors).toContain('Node.js 22.18 or later is needed, this is 18.20.8');
  });
});
