import { rmSync } from 'node:fs';

/**
 * What a local part is once it runs: where it answers, and how it ends.
 * `stop` resolves when in-flight work is finished and the port is free; calling it twice is harmless.
 */
export interface LocalPart {
  /** Where clients reach the part, as its own kind of address (`http://…`, a connection string, …). */
  readonly address: string;
  stop(): Promise<void>;
}

/** The one message a part sends to the process that started it. */
export interface PartReady {
  readonly ready: true;
  readonly address: string;
}

/** How a part ends whose port somebody else has taken: it may be started again on another. */
export const PORT_TAKEN_EXIT_CODE = 98;

/** What a part is sent to stop it; without it the end of the connection says that the parent has gone. */
export const STOP_MESSAGE = 'stop';

/** A part whose parent has gone ends by then, whatever is still under way in it. */
const MAX_ORPHANED_IN_MILLISECONDS = 1500;

/**
 * Runs one local part as a process of its own: starts it, tells the parent where it is, and stops it when the parent
 * says so or has gone (without a parent: on a signal), so that nothing outlives the tree. One that is told to stop
 * before it has started does not start.
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
    // It says where the system is, which nobody else can take back any more.
    const { LOCAL_STACK_FILE } = process.env;
    if (LOCAL_STACK_FILE) rmSync(LOCAL_STACK_FILE, { force: true });
    stop();
  };
  // Signals reach every process of a group at once; where there is a parent, it decides the order in which parts end.
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
