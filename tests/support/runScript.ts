import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../infra/node/projectRoot.ts';
import type { AzCall } from './az/readAzCall.ts';
import type { CommandOutcome } from './commandIo.ts';

export interface ScriptOptions {
  readonly environment: Readonly<Record<string, string>>;
  /** The npm scripts that run, with their files. Every other one is recorded and succeeds. */
  readonly scripts?: Readonly<Record<string, string>>;
}

/** The outcome of a script, with its calls of the Azure CLI and of recorded npm scripts. */
export interface ScriptOutcome extends CommandOutcome {
  readonly azCalls: readonly AzCall[];
  /** `run`, the name, `--`, and its arguments. */
  readonly npmCalls: readonly (readonly string[])[];
}

/** The scripts of a page below a heading. */
export function scriptsBelow(page: string, heading: string): readonly string[] {
  const text = readFileSync(join(PROJECT_ROOT, page), 'utf8');
  const [, after = ''] = text.split(`# ${heading}\n`);
  const [section = ''] = after.split(/^##+ /m);
  return [...section.matchAll(/^ *```sh\n([^]*?)^ *```$/gm)].map(([, script = '']) => script);
}

/** Runs a script of a page as an operator would, in the folder of the project. `az` is the stand-in. */
export async function runScript(
  script: string,
  folder: string,
  { environment, scripts = {} }: ScriptOptions,
): Promise<ScriptOutcome> {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  const azLog = join(folder, 'az.log');
  const npmLog = join(folder, 'npm.log');
  const cases = Object.entries(scripts).map(
    ([name, file]) => `${name}) shift 3; ${toNode(file)};;`,
  );
  const record = `require('node:fs').appendFileSync('${npmLog}', JSON.stringify(process.argv.slice(1)) + '\\n')`;
  write(bin, 'az', toNode('tests/support/az/main.ts'));
  write(
    bin,
    'npm',
    `case "$2" in\n${cases.join('\n')}\nesac\nexec '${process.execPath}' -e "${record}" -- "$@"`,
  );
  const path = `${bin}:${process.env['PATH'] ?? ''}`;
  const env = { ...process.env, AZ_LOG: azLog, ...environment, PATH: path };
  const outcome = await run(script, env);
  return {
    ...outcome,
    azCalls: readLines(azLog) as readonly AzCall[],
    npmCalls: readLines(npmLog) as readonly (readonly string[])[],
  };
}

function toNode(file: string): string {
  const path = join(PROJECT_ROOT, file);
  return `exec '${process.execPath}' --disable-warning=ExperimentalWarning '${path}' "$@"`;
}

function write(bin: string, name: string, script: string): void {
  writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

function run(script: string, env: NodeJS.ProcessEnv): Promise<CommandOutcome> {
  return new Promise((resolve) => {
    const argv = ['-euo', 'pipefail', '-c', script];
    // Bash reads its start-up files if its input is a socket, as from Node.js.
    execFile('bash', ['--norc', ...argv], { cwd: PROJECT_ROOT, env }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), out, err });
    });
  });
}

function readLines(file: string): readonly unknown[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as unknown);
}
