import { ConnectorError } from '../../../shared/base/connectorError.ts';
import { ingestSourceRequest } from '../../../shared/core/eventSources/ingestSourceRequest.ts';
import { SIEM_SOURCE } from './histories/eventSources.ts';
import { MINUTE, SECOND, type History } from './histories/history.ts';
import type { SimulatedEvent } from './histories/simulatedEvent.ts';
import { createPorts, type Shared, type WorkerPorts } from './system/ports.ts';
import type { Actor } from './system/scheduler.ts';

/** How often a request is repeated although it was answered. */
const REPEATED_SHARE = 0.2;
const MAX_BATCH = 3;
const SYSLOG_HEADER = '<134>Jan  1 12:00:00 collector sepm: ';

/** Vendors that push their events, each until it is acknowledged, some of them twice. */
export function startSourceSenders(shared: Shared, history: History, problems: string[]): void {
  const { random } = shared;
  const events = pushedEvents(history);
  for (let at = 0; at < events.length;) {
    const batch = events.slice(at, at + 1 + Math.floor(random() * MAX_BATCH));
    at += batch.length;
    void send(shared, batch, problems);
  }
}

/** Pushes everything again, in reverse order. */
export async function repeatSources(shared: Shared, history: History): Promise<void> {
  const actor: Actor = { name: 'repeater', isDead: false };
  const events = pushedEvents(history).toReversed();
  const done = push(shared, createPorts(shared, actor), events);
  await shared.scheduler.run(shared.scheduler.now + MINUTE);
  await done;
}

function pushedEvents({ events }: History): readonly SimulatedEvent[] {
  return events.filter(({ sourceId }) => sourceId === SIEM_SOURCE);
}

async function send(
  shared: Shared,
  events: readonly SimulatedEvent[],
  problems: string[],
): Promise<void> {
  const { scheduler, random } = shared;
  const actor: Actor = { name: 'vendor', isDead: false };
  await scheduler.sleep(actor, Math.max(...events.map((each) => each.reported)) - scheduler.now);
  const again = random() < REPEATED_SHARE ? 2 : 1;
  for (let times = 0; times < again;) {
    const server: Actor = { name: 'receive', isDead: false };
    let isAccepted = false;
    void push(shared, createPorts(shared, server), events).then(
      () => {
        isAccepted = true;
      },
      (error: unknown) => {
        if (!(error instanceof ConnectorError)) problems.push(String(error));
      },
    );
    await scheduler.sleep(actor, 10 * SECOND);
    if (isAccepted) times += 1;
  }
}

/** One request: the events as lines, some with a syslog header. The vendor has its answer once this returns. */
async function push(
  shared: Shared,
  ports: WorkerPorts,
  events: readonly SimulatedEvent[],
): Promise<void> {
  const { scheduler, progress, random } = shared;
  const received = scheduler.now;
  const receivedDateTime = new Date(received).toISOString();
  const attempt: Actor = { name: 'attempt', isDead: false };
  progress.begin(attempt, events, received);
  const { eventSources } = await ports.configuration.load();
  const source = eventSources.find(({ id }) => id === SIEM_SOURCE);
  if (source === undefined || events.length === 0) return;
  const header = random() < 0.5 ? SYSLOG_HEADER : '';
  const lines = events.map(({ wire }) => `${header}${JSON.stringify(wire)}`);
  await ingestSourceRequest(ports, source, {
    body: Buffer.from(lines.join('\n')),
    contentType: 'application/x-ndjson',
    requestId: 'request',
    receivedDateTime,
  });
  progress.take(attempt);
}
