import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { eventually } from './eventually.ts';

/** The Debian packages, by the file of their program, that are not installed. */
export function missingPackages(programs: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(programs)
    .filter(([, file]) => !existsSync(file))
    .map(([name]) => name);
}

/** A remark for the titles of skipped tests; empty if nothing is missing. */
export function toRemark(packages: readonly string[]): string {
  return packages.map((name) => `, without the Debian package ${name}`).join('');
}

/** A running program. */
export interface Program {
  /** Its output so far. */
  output(): string;
  /** Ends the program and resolves when it has ended. */
  stop(): Promise<void>;
}

/** Starts a program in the foreground and waits until `isReady`. @throws Error with its output if it ends before. */
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

/** Whether a program listens on this port on loopback. */
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
