import { createHash } from 'node:crypto';
import { isByOperator, type SimulatedEvent } from '../histories/simulatedEvent.ts';
import { SOURCE } from '../histories/toCloudEvent.ts';
import type { Actor } from './scheduler.ts';

/** One try to hand an event over. */
interface Attempt {
  /** When it arrived, by our clock. */
  readonly received: number;
  /** Whether the queue, or for an operator's change the store, may have it. */
  isTaken: boolean;
}

/** What was tried so far, so a question asked in the middle can be judged. */
export class Progress {
  private readonly attempts = new Map<string, Attempt[]>();
  private readonly takenBy = new WeakMap<Actor, () => void>();
  private readonly done = new Set<string>();

  /** The actor begins to hand these events over. */
  begin(actor: Actor, events: readonly SimulatedEvent[], received: number): void {
    const attempts = events.map(({ id }): Attempt => {
      const attempt: Attempt = { received, isTaken: false };
      const known = this.attempts.get(id);
      if (known === undefined) this.attempts.set(id, [attempt]);
      else known.push(attempt);
      return attempt;
    });
    this.takenBy.set(actor, () => {
      for (const attempt of attempts) attempt.isTaken = true;
    });
  }

  /** The queue has what the actor handed over. */
  take(actor: Actor): void {
    this.takenBy.get(actor)?.();
  }

  /** The operator has an answer. */
  finish({ id }: SimulatedEvent): void {
    this.done.add(id);
  }

  isTried({ id }: SimulatedEvent): boolean {
    return this.attempts.has(id);
  }

  /** Whether somebody has acknowledged it; it may still be in the queue. */
  isTaken(event: SimulatedEvent): boolean {
    if (isByOperator(event)) return this.done.has(event.id);
    return (this.attempts.get(event.id) ?? []).some(({ isTaken }) => isTaken);
  }

  /** When the event arrived, each time that the queue may have it. */
  arrivalsOf = ({ id }: SimulatedEvent): readonly number[] => [
    ...new Set(
      (this.attempts.get(id) ?? [])
        .filter(({ isTaken }) => isTaken)
        .map(({ received }) => Math.trunc(received)),
    ),
  ];
}

/** The id of the request of an event that is sent alone. */
export function toRequestId({ id }: SimulatedEvent): string {
  return `request-${id}`;
}

const signalIds = new WeakMap<SimulatedEvent, string>();

/**
 * A signal id is made from the sender and the sender's id. That of telemetry comes from its content, in a form of the
 * product's own, as do those of other event sources; no two such reports of a device have the same time, so the reference
 * needs only some id.
 */
export function toSignalId(event: SimulatedEvent): string {
  const known = signalIds.get(event);
  if (known !== undefined) return known;
  const signalId = createSignalId(event);
  signalIds.set(event, signalId);
  return signalId;
}

function createSignalId(event: SimulatedEvent): string {
  const { type, sourceId } = event;
  if (isByOperator(event) || type === 'telemetry' || sourceId !== undefined) return event.id;
  const parts =
    event.isAlone === true
      ? ['standardwebhooks', toRequestId(event), '0']
      : ['cloudevents', SOURCE, event.id];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}
