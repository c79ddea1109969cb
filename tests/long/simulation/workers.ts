import { recomputeBatch } from '../../../shared/core/devices/recomputeBatch.ts';
import { runReevaluation } from '../../../shared/core/devices/runReevaluation.ts';
import { sweepDueDevices } from '../../../shared/core/devices/sweepDueDevices.ts';
import { publishBatch } from '../../../shared/core/publishing/publishBatch.ts';
import { retryDuePublications } from '../../../shared/core/publishing/retryDuePublications.ts';
import { ACTIVE_PERIOD, BEGINNING, MINUTE, SECOND } from './histories/history.ts';
import type { MemoryQueue } from './system/memoryQueue.ts';
import { pullAll } from './sourcePulls.ts';
import { createPorts, type Shared, type WorkerPorts } from './system/ports.ts';
import type { Actor } from './system/scheduler.ts';

/** The interval of the timers after the active period. */
const RARELY = 26 * 60 * MINUTE;
const MAX_BATCH = 4;
/** Targets here always answer faster. */
const TIMEOUT_IN_MILLISECONDS = 5000;

type Work = (ports: WorkerPorts, actor: Actor) => Promise<void>;

/** Starts two workers per queue, and the timers. */
export function startWorkers(shared: Shared, problems: string[]): void {
  const { signals, changes } = shared;
  const work = consume(shared, signals, (ports, bodies) =>
    recomputeBatch({ ...ports, retry: ports.signalRetry }, bodies, ports.now().toISOString()),
  );
  const publish = consume(shared, changes, (ports, bodies) =>
    publishBatch(
      { ...ports, retry: ports.announcementRetry, timeoutInMilliseconds: TIMEOUT_IN_MILLISECONDS },
      bodies,
    ),
  );
  for (const each of [1, 2]) {
    repeatWork(shared, `signals-${String(each)}`, work);
    repeatWork(shared, `changes-${String(each)}`, publish);
  }
  startTimers(shared, problems);
}

function startTimers(shared: Shared, problems: string[]): void {
  startTimer(shared, problems, { name: 'sweep', every: 4 * MINUTE }, (ports) =>
    sweepDueDevices(ports, ports.now().toISOString()),
  );
  startTimer(shared, problems, { name: 'reevaluation', every: 3 * MINUTE }, (ports) =>
    runReevaluation(ports, {
      devicesPerSecond: 1e9,
      runInMilliseconds: 30_000,
      cacheInSeconds: 5,
    }),
  );
  if (shared.ses.events.length > 0)
    startTimer(shared, problems, { name: 'pull', every: 40 * SECOND }, pullAll);
  startTimer(shared, problems, { name: 'retries', every: 75 * SECOND }, (ports) =>
    retryDuePublications({
      ...ports,
      retry: ports.announcementRetry,
      timeoutInMilliseconds: TIMEOUT_IN_MILLISECONDS,
      runInMilliseconds: 5000,
    }),
  );
}

function startTimer(
  shared: Shared,
  problems: string[],
  { name, every }: { readonly name: string; readonly every: number },
  act: (ports: WorkerPorts) => Promise<unknown>,
): void {
  const { scheduler } = shared;
  repeatWork(shared, name, async (ports, actor) => {
    const isActive = scheduler.now < BEGINNING + ACTIVE_PERIOD + 15 * MINUTE;
    await scheduler.sleep(actor, isActive ? every : RARELY);
    // The next run of the timer retries after an error.
    await act(ports).catch((error: unknown) => {
      if (error instanceof TypeError) problems.push(`${name}: ${String(error)}`);
    });
  });
}

/** Repeats the work endlessly. After the actor's death a successor starts within seconds. */
function repeatWork(shared: Shared, name: string, work: Work): void {
  const { scheduler, random } = shared;
  const live = async (): Promise<void> => {
    const actor: Actor = {
      name,
      isDead: false,
      onDeath: () => {
        const successor: Actor = { name: `${name}-supervisor`, isDead: false };
        void scheduler.sleep(successor, random() * 5 * SECOND).then(live);
      },
    };
    const ports = createPorts(shared, actor);
    for (;;) await work(ports, actor);
  };
  void live();
}

function consume(
  { scheduler, random }: Shared,
  queue: MemoryQueue,
  handle: (ports: WorkerPorts, bodies: readonly unknown[]) => Promise<void>,
): Work {
  return async (ports, actor) => {
    const deliveries = queue.take(scheduler.now, 1 + Math.floor(random() * MAX_BATCH));
    if (deliveries.length === 0) {
      const next = queue.nextAt();
      if (next === undefined) {
        await new Promise<void>((wake) => queue.onPut(wake));
        await scheduler.step(actor);
      } else await scheduler.sleep(actor, Math.max(50, next - scheduler.now));
      return;
    }
    try {
      await handle(
        ports,
        deliveries.map(({ body }) => body),
      );
    } catch {
      // The runtime abandons the batch, so it is delivered again when its locks expire.
      return;
    }
    await scheduler.step(actor);
    for (const delivery of deliveries) delivery.complete(scheduler.now);
  };
}
