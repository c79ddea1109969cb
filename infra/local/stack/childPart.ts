import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { PORT_TAKEN_EXIT_CODE, STOP_MESSAGE, type PartReady } from '../runPart.ts';

const READY_TIMEOUT_IN_MILLISECONDS = 60_000;

export interface ChildOptions {
  readonly name: string;
  /** The file to run. */
  readonly entry: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly logFile: string;
  readonly nodeOptions?: readonly string[];
  /** Kills the part if it is not ready yet. */
  readonly signal?: AbortSignal;
}

/** Another process uses the port of a part. */
export class PortTakenError extends Error {
  constructor(name: string) {
    super(`the port of ${name} is taken`);
    this.name = 'PortTakenError';
  }
}

/** A part that runs as a child process. */
export interface ChildPart {
  readonly name: string;
  readonly address: string;
  readonly pid: number;
  readonly process: ChildProcess;
  /** Stops the part; kills it if it has not ended after the grace period. */
  stop(graceInMilliseconds: number): Promise<void>;
}

/** Starts a part and resolves once it is ready. @throws Error naming the part and its log; PortTakenError. */
export async function startChildPart(options: ChildOptions): Promise<ChildPart> {
  const { name, entry, environment, logFile, nodeOptions = [], signal } = options;
  signal?.throwIfAborted();
  const log = openSync(logFile, 'a');
  const child = fork(entry, {
    env: { ...inheritedEnvironment(), ...environment },
    execArgv: ['--disable-warning=ExperimentalWarning', ...nodeOptions],
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  const kill = (): void => void child.kill('SIGKILL');
  signal?.addEventListener('abort', kill);
  const address = await untilReady(child, name, logFile).finally(() =>
    signal?.removeEventListener('abort', kill),
  );
  return {
    name,
    address,
    pid: child.pid ?? 0,
    process: child,
    async stop(graceInMilliseconds) {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      if (child.connected) child.send(STOP_MESSAGE);
      const timer = setTimeout(() => child.kill('SIGKILL'), graceInMilliseconds);
      await ended;
      clearTimeout(timer);
    },
  };
}

/**
 * The variables that a process needs from its parent. No others, so a developer's settings cannot affect the system.
 */
function inheritedEnvironment(): Record<string, string> {
  const names = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ', 'SystemRoot'];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** Resolves with the address of the part. */
async function untilReady(child: ChildProcess, name: string, logFile: string): Promise<string> {
  const failure = (reason: string): Error => new Error(`${name} ${reason}; see ${logFile}`);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(failure('did not become ready'));
    }, READY_TIMEOUT_IN_MILLISECONDS);
    child.once('message', (message) => {
      clearTimeout(timer);
      resolve((message as PartReady).address);
    });
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      const isTaken = code === PORT_TAKEN_EXIT_CODE;
      reject(isTaken ? new PortTakenError(name) : failure(`ended with ${String(code ?? signal)}`));
    });
    child.once('error', reject);
  });
}
