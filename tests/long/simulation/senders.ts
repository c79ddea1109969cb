import { ConnectorError } from '../../../shared/base/connectorError.ts';
import { ingestRequest } from '../../../shared/core/ingest/ingestRequest.ts';
import { MINUTE, SECOND, type History } from './histories/history.ts';
import { isByOperator, type SimulatedEvent } from './histories/simulatedEvent.ts';
import { toCloudEvent } from './histories/toCloudEvent.ts';
import { createPorts, type Shared, type WorkerPorts } from './system/ports.ts';
import { toRequestId } from './system/progress.ts';
import type { Actor } from './system/scheduler.ts';

/** Events that one request reports. */
interface Request {
  readonly source: 'webhook' | 'telemetry';
  readonly requestId: string;
  readonly events: readonly SimulatedEvent[];
  readonly body: unknown;
}

/** The most events of one request. More incidents come at once. */
const MAX_BATCH = { usual: 3, overflow: 24 };

/** The requests that report these events, in this order, as far as one request can. */
function toRequests(events: readonly SimulatedEvent[], requestId?: string): readonly Request[] {
  const alone = events.filter((each) => each.isAlone === true);
  const telemetry = events.filter(({ type }) => type === 'telemetry');
  const others = events.filter((each) => !alone.includes(each) && !telemetry.includes(each));
  const batches = [
    { source: 'webhook', events: others },
    { source: 'telemetry', events: telemetry },
  ] as const;
  return [
    ...batches.flatMap((batch): readonly Request[] => {
      const [first] = batch.events;
      if (first === undefined) return [];
      return [
        { ...batch, requestId: requestId ?? toRequestId(first), body: batch.events.map(toWire) },
      ];
    }),
    ...alone.map((event): Request => ({
      source: 'webhook',
      requestId: toRequestId(event),
      events: [event],
      body: toWire(event),
    })),
  ];
}

function toWire(event: SimulatedEvent): object {
  return event.wire ?? toCloudEvent(event);
}

async function deliver(
  { partner, progress, scheduler }: Shared,
  ports: WorkerPorts,
  actor: Actor,
  { source, requestId, events, body }: Request,
): Promise<void> {
  const received = scheduler.now;
  progress.begin(actor, events, received);
  try {
    await ingestRequest(ports, {
      source,
      body: Buffer.from(JSON.stringify(body)),
      contentType: 'application/json',
      requestId,
      receivedDateTime: new Date(received).toISOString(),
    });
  } catch (error) {
    // The sender has an answer. What the request says counts as far as it can be read.
    if (!(error instanceof ConnectorError) || error.code !== 'invalidRequest') throw error;
  }
  if (events.some((event) => progress.isTaken(event)))
    partner.lastSeen = Math.max(partner.lastSeen ?? received, received);
}

/** Sends until each request is acknowledged, and some requests twice. */
export function startSenders(
  shared: Shared,
  { events, conditions }: History,
  problems: string[],
): void {
  const { random } = shared;
  const reported = events.filter(isOwn);
  const most = conditions.subject === 'overflow' ? MAX_BATCH.overflow : MAX_BATCH.usual;
  for (let at = 0; at < reported.length;) {
    const batch = reported.slice(at, at + 1 + Math.floor(random() * most));
    at += batch.length;
    for (const request of toRequests(batch)) void send(shared, request, problems);
  }
}

/** Whether SEP Mobile's own webhook or telemetry reports it. */
function isOwn(event: SimulatedEvent): boolean {
  return !isByOperator(event) && event.sourceId === undefined;
}

async function send(shared: Shared, request: Request, problems: string[]): Promise<void> {
  const { scheduler, random } = shared;
  const actor: Actor = { name: 'sender', isDead: false };
  const due = Math.max(...request.events.map((each) => each.reported));
  await scheduler.sleep(actor, due - scheduler.now);
  const again = random() < 0.2 ? 2 : 1;
  for (let times = 0; times < again;) {
    // The function may die, but not the sender, which gets no answer and sends again.
    const server: Actor = { name: 'ingest', isDead: false };
    const ports = createPorts(shared, server);
    let isAccepted = false;
    void deliver(shared, ports, server, request).then(
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

/** Sends everything again, in reverse order. */
export async function repeatAll(shared: Shared, { events }: History): Promise<void> {
  const reported = events.filter(isOwn);
  const done = toRequests(reported.toReversed(), 'repeat').map((request) => {
    const actor: Actor = { name: 'repeater', isDead: false };
    return deliver(shared, createPorts(shared, actor), actor, request);
  });
  await shared.scheduler.run(shared.scheduler.now + MINUTE);
  await Promise.all(done);
}
