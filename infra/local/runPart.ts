import { rmSync } from 'node:fs';

/**
 * A running part of the local system.
 * `stop` resolves when in-flight work is finished and the port is free; calling it twice is harmless.
 */
export interface LocalPart {
  /** The address for clients, in the part's own format: `http://…`, a connection string, … */
  readonly address: string;
  stop(): Promise<void>;
}

/** The one message that a part sends to its parent process. */
export interface PartReady {
  readonly ready: true;
  readonly address: string;
}

/** The exit code of a part whose port is taken; the parent may start it again on another port. */
export const PORT_TAKEN_EXIT_CODE = 98;

/** The message that stops a part. If the connection closes without it, the parent has ended. */
export const STOP_MESSAGE = 'stop';

/** A part whose parent has ended exits after this time at the latest, even with work in progress. */
const MAX_ORPHANED_IN_MILLISECONDS = 1500;

/**
 * Runs one local part as a process: starts it, sends its address to the parent, and stops it on the parent's message or
 * when the parent ends (without a parent: on a signal), so no process outlives its parent. A part that is stopped
 * before it has started exits at once.
 */
export async function runPart(start: () => Promise<LocalPart>): Promise<void> {
  let part: LocalPart | undefined;
  let isStopping = false;
  const stop = (): void => {
    if (isStopping) return;
    isStopping = true;
    if (part === undefined) process.exit(0);
    part.stop().then(() => process.exit(0), fail);
  };
  const endOrphaned = (): void => {
    setTimeout(() => process.exit(1), MAX_ORPHANED_IN_MILLISECONDS).unref();
    // The parent cannot delete the description of its system any more.
    const { LOCAL_STACK_FILE } = process.env;
    if (LOCAL_STACK_FILE) rmSync(LOCAL_STACK_FILE, { force: true });
    stop();
  };
  // Signals reach every process of a group at once. If there is a parent, it decides the order in which parts stop.
  const onSignal = process.send ? (): void => undefined : stop;
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(name, onSignal);
  process.on('message', (message) => {
    if (message === STOP_MESSAGE) stop();
  });
  process.on('disconnect', endOrphaned);
  if (process.send && !process.connected) endOrphaned();
  try {
    part = await start();
  } catch (error) {
    fail(error);
  }
  const ready: PartReady = { ready: true, address: part.address };
  if (process.send) process.send(ready);
  else console.log(`listening on ${part.address}`);
}

function fail(error: unknown): never {
  console.error(error);
  const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  process.exit(isTaken ? PORT_TAKEN_EXIT_CODE : 1);
}
