import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { PORT_TAKEN_EXIT_CODE, STOP_MESSAGE, type PartReady } from '../runPart.ts';

const READY_TIMEOUT_IN_MILLISECONDS = 60_000;

export interface ChildOptions {
  readonly name: string;
  /** The file that runs the part. */
  readonly entry: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly logFile: string;
  readonly nodeOptions?: readonly string[];
  /** Ends it where it is not ready yet. */
  readonly signal?: AbortSignal;
}

/** Another has the port that a part was given. */
export class PortTakenError extends Error {
  constructor(name: string) {
    super(`the port of ${name} is taken`);
    this.name = 'PortTakenError';
  }
}

/** A part that runs as a process of its own. */
export interface ChildPart {
  readonly name: string;
  readonly address: string;
  readonly pid: number;
  readonly process: ChildProcess;
  /** Asks it to stop, and ends it where it has not by then. */
  stop(graceInMilliseconds: number): Promise<void>;
}

/** Starts a part; resolves once it is ready. @throws Error naming the part and its log where it is not. */
export async function startChildPart(options: ChildOptions): Promise<ChildPart> {
  const { name, entry, environment, logFile, nodeOptions = [], signal } = options;
  signal?.throwIfAborted();
  const log = openSync(logFile, 'a');
  const child = fork(entry, {
    env: { ...inherited(), ...environment },
    execArgv: ['--disable-warning=ExperimentalWarning', ...nodeOptions],
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  const abandon = (): void => void child.kill('SIGKILL');
  signal?.addEventListener('abort', abandon);
  const address = await readiness(child, name, logFile).finally(() =>
    signal?.removeEventListener('abort', abandon),
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

/** What a process needs of its parent's environment; no setting of a developer's leaks into the system. */
function inherited(): Record<string, string> {
  const names = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ', 'SystemRoot'];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

async function readiness(child: ChildProcess, name: string, logFile: string): Promise<string> {
  const failure = (what: string): Error => new Error(`${name} ${what}, see ${logFile}`);
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
