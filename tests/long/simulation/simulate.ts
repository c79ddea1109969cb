import { sweepDueDevices } from '../../../shared/core/devices/sweepDueDevices.ts';
import { ingestRequest } from '../../../shared/core/ingest/ingestRequest.ts';
import { publishBatch } from '../../../shared/core/publishing/publishBatch.ts';
import { retryDuePublications } from '../../../shared/core/publishing/retryDuePublications.ts';
import type { Delivery, Target } from '../../../shared/core/ports/target.ts';
import { recomputeBatch } from '../../../shared/core/devices/recomputeBatch.ts';
import { recomputeDevice } from '../../../shared/core/devices/recomputeDevice.ts';
import { runReevaluation } from '../../../shared/core/devices/runReevaluation.ts';
import { createDice } from '../../support/createDice.ts';
import { findProblems, SOURCE, TARGETS, type Delivered } from './findProblems.ts';
import { ACTIVE_PERIOD, BEGINNING, type History, type SimulatedEvent } from './history.ts';
import { MemoryQueue } from './memoryQueue.ts';
import { MemoryStore } from './memoryStore.ts';
import { createPorts, type Shared, type WorkerPorts } from './ports.ts';
import { Scheduler, type Actor } from './scheduler.ts';
import { policyOf, writeConfiguration } from './writeConfiguration.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** The interval of the timers after the active period. */
const RARELY = 26 * HOUR;
/** Time for the sweep to mark silent devices, and for the retries to deliver the rest. */
const TWO_ROUNDS = 53 * HOUR;
const STORM = { crash: 0.006, stall: 0.004 };
const CALM = { crash: 0, stall: 0 };
const FAULTS = { away: 0.05, ambiguous: 0.03, twice: 0.1 };
const MAX_BATCH = 4;
/** Targets here always answer faster. */
const TIMEOUT_IN_MILLISECONDS = 5000;

/** The result of a history; `problems` is empty if nothing went wrong. */
export interface Outcome {
  readonly problems: readonly string[];
  readonly delivered: readonly Delivered[];
  readonly steps: number;
}

/**
 * Plays a history against the handlers of the product: two workers per queue, the timers, senders and operators, in one
 * thread and in an order that depends only on the seed. Days later it repeats everything.
 */
export async function simulate(history: History): Promise<Outcome> {
  const random = createDice(history.seed ^ 0x5eed);
  const scheduler = new Scheduler(BEGINNING, random, { ...STORM });
  const delivered: Delivered[] = [];
  const problems: string[] = [];
  const shared: Shared = {
    scheduler,
    random,
    devices: new MemoryStore(),
    publications: new MemoryStore(),
    documents: new MemoryStore(),
    signals: new MemoryQueue(random),
    changes: new MemoryQueue(random),
    faults: { ...FAULTS },
    partner: { lastSeen: undefined },
    targets: (actor) => TARGETS.map((id) => createTarget(id, actor, scheduler, random, delivered)),
  };
  writeConfiguration(shared, history.conditions);
  startWorkers(shared, problems);
  startSenders(shared, history, problems);
  startOperators(shared, history);
  const check = (when: string): void => {
    problems.push(...findProblems(shared, history, delivered, when));
  };

  await scheduler.run(BEGINNING + ACTIVE_PERIOD + 5 * MINUTE);
  calm(shared);
  await scheduler.run(BEGINNING + ACTIVE_PERIOD + 20 * MINUTE);
  check('in the end');

  const { lastWord } = history;
  if (lastWord !== undefined) {
    await scheduler.run(lastWord);
    await sendHeartbeat(shared);
    // Only devices whose deadline was before the partner's silence become silent.
    await scheduler.run(lastWord + TWO_ROUNDS);
    check('while the partner is silent');
  }

  // Days later everything is repeated: nothing may change, and nothing may be delivered.
  await scheduler.run(BEGINNING + 3 * DAY);
  const before = delivered.length;
  await repeat(shared, history);
  await scheduler.run(scheduler.now + (lastWord === undefined ? 27 * HOUR : TWO_ROUNDS));
  // After an outage the repeat ends the partner's silence, so devices may become silent.
  if (lastWord === undefined && delivered.length !== before)
    problems.push('a late repeat was delivered as if it were new');
  check('after a late repeat');

  // Then the devices are silent for longer than their window: first with the partner, then without.
  if (lastWord === undefined) {
    const window = history.conditions.windowInMilliseconds;
    await scheduler.run(BEGINNING + window + DAY);
    check('while every device is silent');
    await sendHeartbeat(shared);
    await scheduler.run(BEGINNING + window + DAY + TWO_ROUNDS);
    check('after a long silence');
  }
  const letters = [...shared.signals.deadLetters, ...shared.changes.deadLetters];
  for (const { code } of letters) problems.push(`a message was dead-lettered: ${code}`);
  return { problems, delivered, steps: scheduler.steps };
}

/** A target that fails every fifth time, before or after receipt, and has an outage of some minutes. */
function createTarget(
  id: string,
  actor: Actor,
  scheduler: Scheduler,
  random: () => number,
  delivered: Delivered[],
): Target {
  const failed: Delivery = { outcome: 'failed', code: 'unreachable', reason: 'away' };
  const outage = BEGINNING + 10 * MINUTE;
  return {
    id,
    isPaused: false,
    async deliver(announcement) {
      await scheduler.step(actor);
      const isStormy = scheduler.weather.crash > 0;
      if (isStormy && scheduler.now > outage && scheduler.now < outage + 5 * MINUTE) return failed;
      const fate = isStormy ? random() : 1;
      if (fate < 0.1) return failed;
      delivered.push({ target: id, announcement });
      await scheduler.step(actor);
      return fate < 0.2 ? failed : { outcome: 'delivered' };
    },
  };
}

type Work = (ports: WorkerPorts, actor: Actor) => Promise<void>;

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

function startWorkers(shared: Shared, problems: string[]): void {
  const { scheduler, random, signals, changes } = shared;
  const consume =
    (
      queue: MemoryQueue,
      handle: (ports: WorkerPorts, bodies: readonly unknown[]) => Promise<void>,
    ): Work =>
    async (ports, actor) => {
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
  const work = consume(signals, (ports, bodies) =>
    recomputeBatch({ ...ports, retry: ports.signalRetry }, bodies, ports.now().toISOString()),
  );
  const publish = consume(changes, (ports, bodies) =>
    publishBatch(
      { ...ports, retry: ports.announcementRetry, timeoutInMilliseconds: TIMEOUT_IN_MILLISECONDS },
      bodies,
    ),
  );
  for (const each of [1, 2]) {
    repeatWork(shared, `signals-${String(each)}`, work);
    repeatWork(shared, `changes-${String(each)}`, publish);
  }
  const timer = (
    name: string,
    every: number,
    later: number,
    act: (ports: WorkerPorts) => Promise<unknown>,
  ): void =>
    repeatWork(shared, name, async (ports, actor) => {
      await scheduler.sleep(
        actor,
        scheduler.now < BEGINNING + ACTIVE_PERIOD + 15 * MINUTE ? every : later,
      );
      // The next run of the timer retries after an error.
      await act(ports).catch((error: unknown) => {
        if (error instanceof TypeError) problems.push(`${name}: ${String(error)}`);
      });
    });
  timer('sweep', 4 * MINUTE, RARELY, (ports) => sweepDueDevices(ports, ports.now().toISOString()));
  timer('reevaluation', 3 * MINUTE, RARELY, (ports) =>
    runReevaluation(ports, {
      devicesPerSecond: 1e9,
      runInMilliseconds: 30_000,
      cacheInSeconds: 5,
    }),
  );
  timer('retries', 40 * SECOND, RARELY, (ports) =>
    retryDuePublications({
      ...ports,
      retry: ports.announcementRetry,
      timeoutInMilliseconds: TIMEOUT_IN_MILLISECONDS,
      runInMilliseconds: 5000,
    }),
  );
}

function toCloudEvent(event: SimulatedEvent): object {
  const { id, deviceId, observed, type } = event;
  const base = {
    specversion: '1.0',
    id,
    source: SOURCE,
    time: new Date(observed).toISOString(),
    datacontenttype: 'application/json',
  };
  if (type === 'risk')
    return {
      ...base,
      type: 'sepmobile.device.risk',
      data: { deviceId, riskLevel: event.riskLevel },
    };
  if (type === 'incident')
    return {
      ...base,
      type: `sepmobile.incident.${event.status === 'open' ? 'opened' : 'resolved'}`,
      data: {
        deviceId,
        incidentId: event.incidentId,
        category: 'application',
        threatType: 'somethingNew',
        severity: event.severity,
        detectedDateTime: base.time,
        ...(event.status === 'resolved' ? { resolvedDateTime: base.time } : {}),
      },
    };
  return { ...base, type: `sepmobile.device.${type}`, data: { deviceId } };
}

async function deliver(
  { partner, scheduler }: Shared,
  ports: WorkerPorts,
  requestId: string,
  events: readonly SimulatedEvent[],
): Promise<void> {
  const body = Buffer.from(JSON.stringify(events.map(toCloudEvent)));
  const received = scheduler.now;
  const receivedDateTime = new Date(received).toISOString();
  const contentType = 'application/cloudevents-batch+json';
  await ingestRequest(ports, { source: 'webhook', body, contentType, requestId, receivedDateTime });
  partner.lastSeen = Math.max(partner.lastSeen ?? received, received);
}

/** Sends until the request is acknowledged, and some requests twice. */
function startSenders(shared: Shared, { events }: History, problems: string[]): void {
  const { scheduler, random } = shared;
  const reported = events.filter(({ type }) => type !== 'enrolled' && type !== 'unenrolled');
  for (let at = 0; at < reported.length;) {
    const batch = reported.slice(at, at + 1 + Math.floor(random() * 3));
    at += batch.length;
    const actor: Actor = { name: 'sender', isDead: false };
    const send = async (): Promise<void> => {
      await scheduler.sleep(actor, Math.max(...batch.map((each) => each.reported)) - scheduler.now);
      const again = random() < 0.2 ? 2 : 1;
      for (let times = 0; times < again;) {
        // The function may die, but not the sender, which gets no answer and sends again.
        const server: Actor = { name: 'ingest', isDead: false };
        const ports = createPorts(shared, server);
        let isAccepted = false;
        void deliver(shared, ports, `request-${batch[0]?.id ?? ''}`, batch).then(
          () => {
            isAccepted = true;
          },
          (error: unknown) => {
            if (!(error instanceof Error) || error.name !== 'ConnectorError')
              problems.push(String(error));
          },
        );
        await scheduler.sleep(actor, 10 * SECOND);
        if (isAccepted) times += 1;
      }
    };
    void send();
  }
}

/** Enrols, unenrols and changes the policy, and repeats each until it succeeds. */
function startOperators(shared: Shared, { events, edits }: History): void {
  const { scheduler, documents } = shared;
  const actor: Actor = { name: 'operator', isDead: false };
  for (const event of events.filter(({ type }) => type === 'enrolled' || type === 'unenrolled')) {
    const enrol = async (): Promise<void> => {
      await scheduler.sleep(actor, event.reported - scheduler.now);
      const outcome = { isDone: false };
      while (!outcome.isDone) {
        const server: Actor = { name: 'management', isDead: false };
        void enrolOne(createPorts(shared, server), event).then(
          () => {
            outcome.isDone = true;
          },
          () => undefined,
        );
        await scheduler.sleep(actor, 5 * SECOND);
      }
    };
    void enrol();
  }
  edits.forEach(({ at, ceiling }, index) => {
    const edit = async (): Promise<void> => {
      await scheduler.sleep(actor, at - scheduler.now);
      const key = 'deviceCompliancePolicy/baseline';
      const found = documents.read(key);
      documents.write(key, policyOf(ceiling, index + 2, new Date(at).toISOString()), found?.etag);
    };
    void edit();
  });
}

async function enrolOne(ports: WorkerPorts, event: SimulatedEvent): Promise<void> {
  const { deviceId, id, observed } = event;
  const observedDateTime = new Date(observed).toISOString();
  const stamped = { deviceId, signalId: id, observedDateTime, receivedDateTime: observedDateTime };
  const properties = { operatingSystem: 'Android' as const, osVersion: '15' };
  await recomputeDevice(ports, {
    deviceId,
    signals: [
      event.type === 'enrolled'
        ? { ...stamped, type: 'enrolled', properties }
        : { ...stamped, type: 'unenrolled' },
    ],
    configuration: await ports.configuration.load(),
    now: ports.now().toISOString(),
  });
}

function calm(shared: Shared): void {
  shared.scheduler.weather = { ...CALM };
  Object.assign(shared.faults, { away: 0, ambiguous: 0, twice: 0 });
}

async function repeat(shared: Shared, { events }: History): Promise<void> {
  const actor: Actor = { name: 'repeater', isDead: false };
  const ports = createPorts(shared, actor);
  const reported = events.filter(({ type }) => type !== 'enrolled' && type !== 'unenrolled');
  const done =
    reported.length === 0
      ? Promise.resolve()
      : deliver(shared, ports, 'repeat', reported.toReversed());
  await shared.scheduler.run(shared.scheduler.now + MINUTE);
  await done;
}

async function sendHeartbeat(shared: Shared): Promise<void> {
  const ports = createPorts(shared, { name: 'partner', isDead: false });
  shared.partner.lastSeen = shared.scheduler.now;
  const now = ports.now().toISOString();
  const done = ports.configuration.recordPartnerActivity(now, now);
  await shared.scheduler.run(shared.scheduler.now + MINUTE);
  await done;
}
