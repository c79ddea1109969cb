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

/**
 * Runs one local part as a process of its own: starts it, tells the parent where it is, and stops it when the
 * parent hangs up or has gone (without a parent: on SIGTERM and SIGINT), so that nothing outlives the tree.
 */
export async function runPart(start: () => Promise<LocalPart>): Promise<void> {
  const part = await start();
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    part.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  // Signals reach every process of a group at once; where there is a parent, it decides the order in which parts end
  // by hanging up, and so does its death.
  const onSignal = process.send ? (): void => undefined : stop;
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  process.on('disconnect', stop);
  const ready: PartReady = { ready: true, address: part.address };
  if (process.send) process.send(ready);
  else console.log(`listening on ${part.address}`);
}
