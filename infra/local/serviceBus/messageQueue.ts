import { randomUUID } from 'node:crypto';
import type { QueueShape } from '../../../shared/resources.ts';
import { ActiveOrder } from './activeOrder.ts';
import { fromIsoDuration } from './fromIsoDuration.ts';
import type { AmqpMessage, Entry, MessageState } from './message.ts';
import { NO_JOURNAL, type MessageJournal } from './messageJournal.ts';
import { RecentIds } from './recentIds.ts';

/** The number of messages in a queue by state; `active` includes locked messages. */
export interface Depth {
  readonly active: number;
  readonly scheduled: number;
  readonly deferred: number;
  readonly deadLetter: number;
}

/**
 * One queue, or the dead-letter sub-queue of one, with the rules of Service Bus. Knows no protocol and runs no timers.
 */
export class MessageQueue {
  readonly deadLetter: MessageQueue | undefined;
  /** Called when a message becomes active. */
  onActive: () => void = () => undefined;
  private readonly shape: QueueShape;
  private readonly now: () => number;
  private readonly lockDuration: number;
  private readonly journal: MessageJournal;
  private nextSequenceNumber: number;
  /** By sequence number. */
  private readonly entries = new Map<number, Entry>();
  private readonly active = new ActiveOrder();
  /** By lock token. */
  private readonly locked = new Map<string, Entry>();
  private readonly scheduled = new Set<Entry>();
  /** Messages that have their own time to live. */
  private readonly shortLived = new Set<Entry>();
  private readonly recentIds: RecentIds;

  /** Starts with the messages in `journal`. `deadLetter` is absent for the dead-letter sub-queue itself. */
  constructor(
    shape: QueueShape,
    now: () => number,
    journal: MessageJournal = NO_JOURNAL,
    deadLetter?: MessageQueue,
  ) {
    this.shape = shape;
    this.now = now;
    this.journal = journal;
    this.lockDuration = fromIsoDuration(shape.lockDuration);
    this.recentIds = new RecentIds(fromIsoDuration(shape.duplicateDetectionHistoryTimeWindow));
    this.deadLetter = deadLetter;
    const { entries, nextSequenceNumber } = journal.read();
    this.nextSequenceNumber = nextSequenceNumber;
    for (const entry of entries) this.add({ ...entry });
  }

  /** Stores all messages, or none. */
  sendAll(messages: readonly AmqpMessage[]): void {
    this.journal.atOnce(() => {
      for (const message of messages) this.send(message);
    });
  }

  /** Stores a message and returns its sequence number. Accepts and drops a duplicate within the detection window. */
  send(message: AmqpMessage): number {
    const now = this.now();
    const sequenceNumber = this.nextSequenceNumber;
    this.nextSequenceNumber += 1;
    if (this.isDuplicate(message, now)) return sequenceNumber;
    const scheduledFor = scheduledTime(message);
    const enqueuedAt = scheduledFor !== undefined && scheduledFor > now ? scheduledFor : now;
    const entry: Entry = {
      sequenceNumber,
      message,
      state: enqueuedAt > now ? 'scheduled' : 'active',
      deliveryCount: 0,
      enqueuedAt,
      expiresAt: this.expiryOf(message, enqueuedAt),
    };
    this.journal.put(entry);
    this.add(entry);
    return sequenceNumber;
  }

  /** The next message, locked or (`isLocking` false) removed; `undefined` if no message is active. */
  receive(isLocking: boolean): Entry | undefined {
    for (;;) {
      const entry = this.takeActive();
      if (entry === undefined) return undefined;
      if (entry.expiresAt <= this.now()) this.expire(entry);
      else if (isLocking) return this.lock(entry);
      else {
        this.remove(entry);
        return entry;
      }
    }
  }

  /** Locks a deferred message; `undefined` if there is none with this number. */
  receiveDeferred(sequenceNumber: number): Entry | undefined {
    const entry = this.entries.get(sequenceNumber);
    if (entry?.state !== 'deferred') return undefined;
    entry.wasDeferred = true;
    return this.lock(entry);
  }

  /** Removes a locked message; returns whether the lock was still held. */
  complete(lockToken: string): boolean {
    const entry = this.unlock(lockToken);
    if (entry !== undefined) this.remove(entry);
    return entry !== undefined;
  }

  /** Makes a locked message available again; returns whether the lock was still held. */
  abandon(lockToken: string, properties?: Record<string, unknown>): boolean {
    const entry = this.unlock(lockToken);
    if (entry === undefined) return false;
    addProperties(entry, properties);
    this.putBack(entry);
    return true;
  }

  /** Defers a locked message; returns whether the lock was still held. */
  defer(lockToken: string, properties?: Record<string, unknown>): boolean {
    const entry = this.unlock(lockToken);
    if (entry === undefined) return false;
    addProperties(entry, properties);
    entry.state = 'deferred';
    this.journal.put(entry);
    return true;
  }

  /** Dead-letters a locked message; returns whether the lock was still held. */
  moveToDeadLetter(lockToken: string, properties: Record<string, unknown>): boolean {
    const entry = this.unlock(lockToken);
    if (entry !== undefined) this.bury(entry, properties);
    return entry !== undefined;
  }

  /** Extends a lock and returns its new end; `undefined` if it was lost. */
  renew(lockToken: string): number | undefined {
    const entry = this.locked.get(lockToken);
    if (entry === undefined || (entry.lockedUntil ?? 0) <= this.now()) return undefined;
    entry.lockedUntil = this.now() + this.lockDuration;
    return entry.lockedUntil;
  }

  /** Removes a scheduled message; returns whether there was one with this number. */
  cancelScheduled(sequenceNumber: number): boolean {
    const entry = this.entries.get(sequenceNumber);
    if (entry?.state !== 'scheduled') return false;
    this.scheduled.delete(entry);
    this.remove(entry);
    return true;
  }

  /** Up to `count` messages from a sequence number on, in any state, without a lock. */
  peek(from: number, count: number): readonly Entry[] {
    return [...this.entries.values()]
      .filter(({ sequenceNumber }) => sequenceNumber >= from)
      .toSorted((a, b) => a.sequenceNumber - b.sequenceNumber)
      .slice(0, count);
  }

  /** Applies the passing of time: ends locks, activates scheduled messages, expires messages. */
  tick(): void {
    const now = this.now();
    for (const [lockToken, entry] of this.locked) {
      if ((entry.lockedUntil ?? 0) <= now) this.abandon(lockToken);
    }
    for (const entry of this.scheduled) {
      if (entry.enqueuedAt > now) continue;
      this.scheduled.delete(entry);
      this.activate(entry);
    }
    for (const entry of this.shortLived) this.expireIfDue(entry, now);
    this.deadLetter?.tick();
  }

  /** Ends every lock, as Service Bus does when it fails over. */
  loseLocks(): void {
    for (const lockToken of this.locked.keys()) this.abandon(lockToken);
  }

  depth(): Depth {
    const count = (state: MessageState): number =>
      [...this.entries.values()].filter((entry) => entry.state === state).length;
    return {
      active: count('active') + count('locked'),
      scheduled: count('scheduled'),
      deferred: count('deferred'),
      deadLetter: this.deadLetter?.entries.size ?? 0,
    };
  }

  private add(entry: Entry): void {
    this.entries.set(entry.sequenceNumber, entry);
    if (entry.message.ttl !== undefined && entry.expiresAt !== Infinity) this.shortLived.add(entry);
    if (entry.state === 'scheduled') this.scheduled.add(entry);
    if (entry.state === 'active') this.activate(entry);
  }

  private isDuplicate({ message_id: id }: AmqpMessage, now: number): boolean {
    if (!this.shape.requiresDuplicateDetection || this.deadLetter === undefined) return false;
    return this.recentIds.isRepeated(String(id), now);
  }

  /** Messages in the dead-letter queue do not expire. */
  private expiryOf({ ttl = Infinity }: AmqpMessage, enqueuedAt: number): number {
    if (this.deadLetter === undefined) return Infinity;
    const defaultTtl = fromIsoDuration(this.shape.defaultMessageTimeToLive);
    return enqueuedAt + Math.min(ttl, defaultTtl);
  }

  private activate(entry: Entry): void {
    entry.state = 'active';
    this.active.add(entry.sequenceNumber);
    this.onActive();
  }

  private takeActive(): Entry | undefined {
    const number = this.active.take();
    return number === undefined ? undefined : this.entries.get(number);
  }

  private lock(entry: Entry): Entry {
    const lockToken = randomUUID();
    Object.assign(entry, {
      state: 'locked',
      lockToken,
      lockedUntil: this.now() + this.lockDuration,
    });
    this.locked.set(lockToken, entry);
    return entry;
  }

  private unlock(lockToken: string): Entry | undefined {
    const entry = this.locked.get(lockToken);
    this.locked.delete(lockToken);
    return entry;
  }

  /** Counts the delivery, as Service Bus does when the receiver did not settle it; dead-letters at the maximum. */
  private putBack(entry: Entry): void {
    entry.deliveryCount += 1;
    if (this.deadLetter !== undefined && entry.deliveryCount >= this.shape.maxDeliveryCount) {
      this.bury(entry, {
        DeadLetterReason: 'MaxDeliveryCountExceeded',
        DeadLetterErrorDescription: 'the message reached the maximum delivery count of the queue',
      });
      return;
    }
    if (entry.wasDeferred === true) entry.state = 'deferred';
    else this.activate(entry);
    this.journal.put(entry);
  }

  private expireIfDue(entry: Entry, now: number): void {
    if (!this.entries.has(entry.sequenceNumber)) this.shortLived.delete(entry);
    else if (entry.state === 'active' && entry.expiresAt <= now) {
      this.active.remove(entry.sequenceNumber);
      this.expire(entry);
    }
  }

  private expire(entry: Entry): void {
    if (this.shape.deadLetteringOnMessageExpiration) {
      this.bury(entry, {
        DeadLetterReason: 'TTLExpiredException',
        DeadLetterErrorDescription: 'the message expired',
      });
    } else this.remove(entry);
  }

  private bury(entry: Entry, properties: Record<string, unknown>): void {
    this.journal.atOnce(() => {
      this.remove(entry);
      addProperties(entry, properties);
      this.deadLetter?.send(entry.message);
    });
  }

  private remove({ sequenceNumber }: Entry): void {
    this.entries.delete(sequenceNumber);
    this.journal.remove(sequenceNumber);
  }
}

function addProperties(entry: Entry, properties: Record<string, unknown> | undefined): void {
  if (properties === undefined) return;
  const application_properties = { ...entry.message.application_properties, ...properties };
  entry.message = { ...entry.message, application_properties };
}

function scheduledTime({ message_annotations: annotations }: AmqpMessage): number | undefined {
  const time = annotations?.['x-opt-scheduled-enqueue-time'];
  if (time instanceof Date) return time.getTime();
  return typeof time === 'number' ? time : undefined;
}
