import { setTimeout as pause } from 'node:timers/promises';
import { PortTakenError, type ChildPart } from './childPart.ts';

const QUICK_DEATH_IN_MILLISECONDS = 2000;
const FIRST_RESTART_DELAY_IN_MILLISECONDS = 100;
const MAX_RESTART_DELAY_IN_MILLISECONDS = 5000;
const MAX_PORT_TRIES = 20;
const PORT_RETRY_IN_MILLISECONDS = 200;

export interface Supervision {
  readonly start: (port: string) => Promise<ChildPart>;
  /** Whether it is started again where it ends by itself; where not, that is a failure. */
  readonly isRestarted: boolean;
  readonly isStopping: () => boolean;
  /** Told of what nobody asked for. */
  readonly log: (message: string) => void;
  readonly onRestarted?: () => void;
  /** Told when it has ended for good. */
  readonly onFailure: (what: string) => void;
}

/** A part and its successors, each where the one before was. */
export interface SupervisedPart {
  /** The process that runs it now. */
  current(): ChildPart;
  /** Kills its process and resolves when its successor is ready. */
  kill(): Promise<void>;
}

/** Watches `first`, and starts it again on its port: its address has been given away. */
export function supervisePart(first: ChildPart, supervision: Supervision): SupervisedPart {
  const { start, isRestarted, isStopping, log, onRestarted, onFailure } = supervision;
  const { port } = new URL(first.address.replace(/^Endpoint=|;.*$/g, ''));
  let part = first;
  let isKilled = false;
  let restarted = Promise.withResolvers<undefined>();

  const watch = (delay: number): void => {
    const startedAt = performance.now();
    part.process.once('exit', (code, signal) => {
      if (isStopping()) return;
      const how = `${part.name} ended with ${String(code ?? signal)}`;
      const wasKilled = isKilled;
      isKilled = false;
      if (!wasKilled && !isRestarted) {
        onFailure(how);
        return;
      }
      if (!wasKilled) log(`${how} and is started again`);
      const isQuick = !wasKilled && performance.now() - startedAt < QUICK_DEATH_IN_MILLISECONDS;
      const next = isQuick
        ? Math.min(MAX_RESTART_DELAY_IN_MILLISECONDS, delay * 2)
        : FIRST_RESTART_DELAY_IN_MILLISECONDS;
      startAgain(isQuick ? delay : 0, next).catch((error: unknown) => {
        if (!isStopping()) onFailure(String(error));
      });
    });
  };
  const startAgain = async (delay: number, next: number): Promise<void> => {
    await pause(delay);
    part = await startWhereItWas(start, port);
    watch(next);
    onRestarted?.();
    const { resolve: tell } = restarted;
    restarted = Promise.withResolvers<undefined>();
    tell(undefined);
  };
  watch(FIRST_RESTART_DELAY_IN_MILLISECONDS);

  return {
    current: () => part,
    async kill() {
      const successor = restarted.promise;
      process.kill(part.pid, 'SIGKILL');
      isKilled = true;
      await successor;
    },
  };
}

/** Once its port is free again. */
async function startWhereItWas(
  start: (port: string) => Promise<ChildPart>,
  port: string,
): Promise<ChildPart> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(port);
    } catch (error) {
      if (!(error instanceof PortTakenError) || attempt === MAX_PORT_TRIES) throw error;
      await pause(PORT_RETRY_IN_MILLISECONDS);
    }
  }
}
