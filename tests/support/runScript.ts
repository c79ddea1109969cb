import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../infra/node/projectRoot.ts';
import type { AzCall } from './az/readAzCall.ts';
import type { CommandOutcome } from './commandIo.ts';

/** The outcome of a script, and the calls of the Azure CLI in it. */
export interface ScriptOutcome extends CommandOutcome {
  readonly azCalls: readonly AzCall[];
}

/** The scripts of a page below a heading. */
export function scriptsBelow(page: string, heading: string): readonly string[] {
  const text = readFileSync(join(PROJECT_ROOT, page), 'utf8');
  const [, ...after] = text.split(`# ${heading}\n`);
  const [section = ''] = after.join('').split(/^#+ /m);
  return [...section.matchAll(/^ *```sh\n([^]*?)^ *```$/gm)].map(([, script = '']) => script);
}

/**
 * Runs a script of a page as an operator would, from the folder of the project: `az` is the stand-in, and `npm run` runs
 * the files that `scripts` names.
 */
export async function runScript(
  script: string,
  folder: string,
  {
    environment,
    scripts = {},
  }: {
    readonly environment: Readonly<Record<string, string>>;
    readonly scripts?: Readonly<Record<string, string>>;
  },
): Promise<ScriptOutcome> {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  const node = `exec '${process.execPath}' --disable-warning=ExperimentalWarning`;
  const cases = Object.entries(scripts).map(
    ([name, file]) => `${name}) ${node} '${join(PROJECT_ROOT, file)}' "$@";;`,
  );
  write(bin, 'az', `${node} '${join(PROJECT_ROOT, 'tests/support/az/main.ts')}' "$@"`);
  write(bin, 'npm', `name=$2; shift 3\ncase "$name" in\n${cases.join('\n')}\nesac\nexit 64`);
  const log = join(folder, 'az.log');
  const env = {
    ...process.env,
    AZ_LOG: log,
    ...environment,
    PATH: `${bin}:${process.env['PATH'] ?? ''}`,
  };
  const outcome = await run(script, env);
  const lines = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
  return { ...outcome, azCalls: lines.map((line) => JSON.parse(line) as AzCall) };
}

function write(bin: string, name: string, script: string): void {
  writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

function run(script: string, env: NodeJS.ProcessEnv): Promise<CommandOutcome> {
  return new Promise((resolve) => {
    const argv = ['-euo', 'pipefail', '-c', script];
    execFile('bash', argv, { cwd: PROJECT_ROOT, env }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), out, err });
    });
  });
}
