import { execFile, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../infra/node/projectRoot.ts';
import type { CommandOutcome } from './commandIo.ts';

/** A command line that runs as a process of its own; its code is -1 if a signal ended it. */
export interface SpawnedCommand {
  readonly process: ChildProcess;
  readonly outcome: Promise<CommandOutcome>;
}

/** Runs the file of a command line as npm does, and waits for its end. */
export function spawnCommand(
  file: string,
  argv: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<CommandOutcome> {
  return startCommand(file, argv, environment).outcome;
}

/** Starts the file of a command line as npm does. */
export function startCommand(
  file: string,
  argv: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): SpawnedCommand {
  const { promise: outcome, resolve } = Promise.withResolvers<CommandOutcome>();
  const args = ['--disable-warning=ExperimentalWarning', join(PROJECT_ROOT, file), ...argv];
  const env = { ...process.env, ...environment };
  const child = execFile(process.execPath, args, { env }, (error, out, err) => {
    const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
    resolve({ code, out, err });
  });
  return { process: child, outcome };
}
