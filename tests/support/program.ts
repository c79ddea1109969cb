import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { eventually } from './eventually.ts';

/** The names of the Debian packages whose programs are not there. */
export function missingPackages(programs: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(programs)
    .filter(([, file]) => !existsSync(file))
    .map(([name]) => name);
}

/** What the title of a skipped test says; nothing where nothing is missing. */
export function toRemark(packages: readonly string[]): string {
  return packages.map((name) => `, without the Debian package ${name}`).join('');
}

/** A program that runs until it is stopped. */
export interface Program {
  /** What it has written so far. */
  output(): string;
  /** Ends it, and resolves when it has ended. */
  stop(): Promise<void>;
}

/** Starts a program in the foreground and waits until `isReady`. @throws Error with its output where it ends before. */
export async function startProgram(
  [command = '', ...parameters]: readonly string[],
  isReady: (output: string) => boolean | Promise<boolean>,
): Promise<Program> {
  const child = spawn(command, parameters, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  await eventually(async () => {
    if (await isReady(output)) return true;
    if (!isRunning(child)) throw new Error(`\`${command}\` ended: ${output}`);
    return false;
  }, Boolean);
  return {
    output: () => output,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

/** Whether something listens on the port of this machine. */
export async function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
