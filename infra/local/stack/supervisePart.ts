import { setTimeout as pause } from 'node:timers/promises';
import { PortTakenError, type ChildPart } from './childPart.ts';

/** A part that ends within this time after its start is restarted with a growing delay. */
const QUICK_EXIT_IN_MILLISECONDS = 2000;
const FIRST_RESTART_DELAY_IN_MILLISECONDS = 100;
const MAX_RESTART_DELAY_IN_MILLISECONDS = 5000;
const MAX_PORT_TRIES = 20;
const PORT_RETRY_IN_MILLISECONDS = 200;

export interface Supervision {
  readonly start: (port: string) => Promise<ChildPart>;
  /** Whether the part is restarted if it ends by itself. Otherwise its end is a failure. */
  readonly isRestarted: boolean;
  readonly isStopping: () => boolean;
  /** Receives unrequested restarts. */
  readonly log: (message: string) => void;
  readonly onRestarted?: () => void;
  /** Called with the reason when the part has ended and is not restarted. */
  readonly onFailure: (reason: string) => void;
}

/** A part and its successors, all at the same address. */
export interface SupervisedPart {
  /** The current process. */
  current(): ChildPart;
  /** Kills the current process and resolves when its successor is ready. @throws Error if there is none. */
  kill(): Promise<void>;
  /** Stops the current process in order, so a successor starts, and logs the reason. */
  replace(reason: string, graceInMilliseconds: number): void;
}

/** Watches `first` and restarts it on its port, because clients already know its address. */
export function supervisePart(first: ChildPart, supervision: Supervision): SupervisedPart {
  return new Supervisor(first, supervision);
}

class Supervisor implements SupervisedPart {
  private readonly supervision: Supervision;
  private readonly port: string;
  private part: ChildPart;
  private isEndWanted = false;
  private restarted = untilRestarted();

  constructor(first: ChildPart, supervision: Supervision) {
    this.supervision = supervision;
    this.port = new URL(first.address.replace(/^Endpoint=|;.*$/g, '')).port;
    this.part = first;
    this.watch(FIRST_RESTART_DELAY_IN_MILLISECONDS);
  }

  current(): ChildPart {
    return this.part;
  }

  async kill(): Promise<void> {
    const successor = this.restarted.promise;
    process.kill(this.part.pid, 'SIGKILL');
    this.isEndWanted = true;
    await successor;
  }

  replace(reason: string, graceInMilliseconds: number): void {
    this.supervision.log(reason);
    const { exitCode, signalCode } = this.part.process;
    // A part that has already ended is about to be restarted.
    this.isEndWanted = exitCode === null && signalCode === null;
    void this.part.stop(graceInMilliseconds);
  }

  /** Watches the current process; `delay` is the delay of a restart after a quick exit. */
  private watch(delay: number): void {
    const { isStopping, onFailure } = this.supervision;
    const startedAt = performance.now();
    this.part.process.once('exit', (code, signal) => {
      if (isStopping()) return;
      const isQuick = performance.now() - startedAt < QUICK_EXIT_IN_MILLISECONDS;
      this.onExit(String(code ?? signal), isQuick, delay).catch((error: unknown) => {
        if (isStopping()) return;
        this.restarted.reject(error);
        onFailure(String(error));
      });
    });
  }

  private async onExit(status: string, isQuick: boolean, delay: number): Promise<void> {
    const { isRestarted, log, onFailure } = this.supervision;
    const reason = `${this.part.name} ended with ${status}`;
    const wasWanted = this.isEndWanted;
    this.isEndWanted = false;
    if (wasWanted) {
      await this.restart(0, FIRST_RESTART_DELAY_IN_MILLISECONDS);
      return;
    }
    if (!isRestarted) {
      onFailure(reason);
      return;
    }
    log(`${reason}; restarting it`);
    const nextDelay = Math.min(MAX_RESTART_DELAY_IN_MILLISECONDS, delay * 2);
    if (isQuick) await this.restart(delay, nextDelay);
    else await this.restart(0, FIRST_RESTART_DELAY_IN_MILLISECONDS);
  }

  private async restart(delay: number, nextDelay: number): Promise<void> {
    const { start, onRestarted } = this.supervision;
    await pause(delay);
    this.part = await startOnPort(start, this.port);
    this.watch(nextDelay);
    onRestarted?.();
    const { resolve } = this.restarted;
    this.restarted = untilRestarted();
    resolve(undefined);
  }
}

function untilRestarted(): PromiseWithResolvers<undefined> {
  const restarted = Promise.withResolvers<undefined>();
  // Often nobody waits for it.
  restarted.promise.catch(() => undefined);
  return restarted;
}

/** Starts a part once its port is free again. */
async function startOnPort(start: Supervision['start'], port: string): Promise<ChildPart> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(port);
    } catch (error) {
      if (!(error instanceof PortTakenError) || attempt === MAX_PORT_TRIES) throw error;
      await pause(PORT_RETRY_IN_MILLISECONDS);
    }
  }
}
