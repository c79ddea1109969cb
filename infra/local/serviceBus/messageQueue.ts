import { randomUUID } from 'node:crypto';
import type { QueueShape } from '../../../shared/resources.ts';
import { toMilliseconds } from './isoDuration.ts';
import { NO_JOURNAL, type MessageJournal } from './messageJournal.ts';

/** The AMQP message as rhea decodes it: kept whole, so that what nobody here reads survives the trip. */
export interface AmqpMessage {
  message_id?: unknown;
  ttl?: number;
  delivery_count?: number;
  group_id?: unknown;
  body?: unknown;
  application_properties?: Record<string, unknown>;
  message_annotations?: Record<string, unknown>;
  [section: string]: unknown;
}

export type MessageState = 'active' | 'scheduled' | 'locked' | 'deferred';

/** A message in a queue, and how it stands. Times are milliseconds since 1970. */
export interface Entry {
  readonly sequenceNumber: number;
  message: AmqpMessage;
  state: MessageState;
  deliveryCount: number;
  enqueuedAt: number;
  expiresAt: number;
  lockToken?: string;
  lockedUntil?: number;
  /** A message that was received by its number goes back to `deferred`, not to `active`. */
  wasDeferred?: boolean;
}

export interface Depth {
  readonly active: number;
  readonly scheduled: number;
  readonly deferred: number;
  readonly deadLetter: number;
}

/** What is kept of an entry from one run to the next. */
export type SavedEntry = Pick<
  Entry,
  'sequenceNumber' | 'message' | 'state' | 'deliveryCount' | 'enqueuedAt' | 'expiresAt'
>;

/** One queue, or the dead-letter sub-queue of one, by the rules of Service Bus. No wire, no timers of its own. */
export class MessageQueue {
  readonly deadLetter: MessageQueue | undefined;
  /** Called when a message has become active. */
  onActive: () => void = () => undefined;
  private readonly shape: QueueShape;
  private readonly now: () => number;
  private readonly lockDuration: number;
  private readonly journal: MessageJournal;
  private nextSequenceNumber: number;
  /** By sequence number, in its order but for what is put back. */
  private readonly entries = new Map<number, Entry>();
  /** Sequence numbers of active messages, ascending from `head`. */
  private active: number[] = [];
  private head = 0;
  private readonly locked = new Map<string, Entry>();
  private readonly scheduled = new Set<Entry>();
  /** Messages with a time to live of their own. */
  private readonly shortLived = new Set<Entry>();
  private readonly recentIds = new Map<string, number>();

  /** Begins with what `journal` holds. `deadLetter` is absent for the dead-letter sub-queue itself. */
  constructor(
    shape: QueueShape,
    now: () => number,
    journal: MessageJournal = NO_JOURNAL,
    deadLetter?: MessageQueue,
  ) {
    this.shape = shape;
    this.now = now;
    this.journal = journal;
    this.lockDuration = toMilliseconds(shape.lockDuration);
    this.deadLetter = deadLetter;
    const { entries, nextSequenceNumber } = journal.read();
    this.nextSequenceNumber = nextSequenceNumber;
    for (const entry of entries) this.add({ ...entry });
  }

  /** Takes all of the messages or none. */
  sendAll(messages: readonly AmqpMessage[]): void {
    this.journal.atOnce(() => {
      for (const message of messages) this.send(message);
    });
  }

  /** Takes a message; returns its sequence number. A duplicate within the window is taken and dropped. */
  send(message: AmqpMessage): number {
    const now = this.now();
    const sequenceNumber = this.nextSequenceNumber;
    this.nextSequenceNumber += 1;
    if (this.isDuplicate(message, now)) return sequenceNumber;
    const scheduledFor = scheduledTime(message);
    const enqueuedAt = scheduledFor !== undefined && scheduledFor > now ? scheduledFor : now;
    const defaultTtl = toMilliseconds(this.shape.defaultMessageTimeToLive);
    const entry: Entry = {
      sequenceNumber,
      message,
      state: enqueuedAt > now ? 'scheduled' : 'active',
      deliveryCount: 0,
      enqueuedAt,
      // A message in the dead-letter queue does not expire.
      expiresAt: this.deadLetter
        ? enqueuedAt + Math.min(message.ttl ?? Infinity, defaultTtl)
        : Infinity,
    };
    this.journal.put(entry);
    this.add(entry);
    return sequenceNumber;
  }

  /** The next message under a lock, or (`isLocking` false) taken out; `undefined` where none waits. */
  receive(isLocking: boolean): Entry | undefined {
    for (;;) {
      const entry = this.takeActive();
      if (entry === undefined) return undefined;
      if (entry.expiresAt <= this.now()) this.expire(entry);
      else if (isLocking) return this.lock(entry);
      else {
        this.forget(entry);
        return entry;
      }
    }
  }

  /** A deferred message under a lock. */
  receiveDeferred(sequenceNumber: number): Entry | undefined {
    const entry = this.entries.get(sequenceNumber);
    if (entry?.state !== 'deferred') return undefined;
    entry.wasDeferred = true;
    return this.lock(entry);
  }

  /** Each of these ends a lock and says whether it was still held. */
  complete(lockToken: string): boolean {
    const entry = this.unlock(lockToken);
    if (entry !== undefined) this.forget(entry);
    return entry !== undefined;
  }

  abandon(lockToken: string, properties?: Record<string, unknown>): boolean {
    const entry = this.unlock(lockToken);
    if (entry === undefined) return false;
    modify(entry, properties);
    this.putBack(entry);
    return true;
  }

  defer(lockToken: string, properties?: Record<string, unknown>): boolean {
    const entry = this.unlock(lockToken);
    if (entry === undefined) return false;
    modify(entry, properties);
    entry.state = 'deferred';
    this.journal.put(entry);
    return true;
  }

  moveToDeadLetter(lockToken: string, properties: Record<string, unknown>): boolean {
    const entry = this.unlock(lockToken);
    if (entry !== undefined) this.bury(entry, properties);
    return entry !== undefined;
  }

  /** The new end of the lock; `undefined` where it was lost. */
  renew(lockToken: string): number | undefined {
    const entry = this.locked.get(lockToken);
    if (entry === undefined || (entry.lockedUntil ?? 0) <= this.now()) return undefined;
    entry.lockedUntil = this.now() + this.lockDuration;
    return entry.lockedUntil;
  }

  cancelScheduled(sequenceNumber: number): boolean {
    const entry = this.entries.get(sequenceNumber);
    if (entry?.state !== 'scheduled') return false;
    this.scheduled.delete(entry);
    this.forget(entry);
    return true;
  }

  /** Up to `count` messages from a number on, in any state, as they are. */
  peek(from: number, count: number): readonly Entry[] {
    return [...this.entries.values()]
      .filter(({ sequenceNumber }) => sequenceNumber >= from)
      .toSorted((a, b) => a.sequenceNumber - b.sequenceNumber)
      .slice(0, count);
  }

  /** Does what time has made due: locks that end, messages whose hour has come. */
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

  /** Ends every lock, as a service does that has lost them. */
  loseLocks(): void {
    for (const lockToken of this.locked.keys()) this.abandon(lockToken);
  }

  depth(): Depth {
    const of = (state: MessageState): number =>
      [...this.entries.values()].filter((entry) => entry.state === state).length;
    return {
      active: of('active') + of('locked'),
      scheduled: of('scheduled'),
      deferred: of('deferred'),
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
    const window = toMilliseconds(this.shape.duplicateDetectionHistoryTimeWindow);
    for (const [known, at] of this.recentIds) {
      if (at + window > now) break;
      this.recentIds.delete(known);
    }
    const key = String(id);
    if (this.recentIds.has(key)) return true;
    this.recentIds.set(key, now);
    return false;
  }

  private activate(entry: Entry): void {
    entry.state = 'active';
    const last = this.active.at(-1);
    if (last === undefined || last < entry.sequenceNumber || this.head === this.active.length) {
      this.active.push(entry.sequenceNumber);
    } else {
      const at = this.active.findIndex(
        (number, index) => index >= this.head && number > entry.sequenceNumber,
      );
      this.active.splice(at < 0 ? this.active.length : at, 0, entry.sequenceNumber);
    }
    this.onActive();
  }

  private takeActive(): Entry | undefined {
    const number = this.active[this.head];
    if (number === undefined) return undefined;
    this.head += 1;
    if (this.head > 1000 && this.head * 2 > this.active.length) {
      this.active = this.active.slice(this.head);
      this.head = 0;
    }
    return this.entries.get(number);
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

  /** Service Bus counts a delivery when it ends without a verdict, and gives up at the maximum. */
  private putBack(entry: Entry): void {
    entry.deliveryCount += 1;
    if (this.deadLetter !== undefined && entry.deliveryCount >= this.shape.maxDeliveryCount) {
      this.bury(entry, {
        DeadLetterReason: 'MaxDeliveryCountExceeded',
        DeadLetterErrorDescription: 'the message was delivered as often as the queue allows',
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
      const at = this.active.indexOf(entry.sequenceNumber, this.head);
      if (at >= 0) this.active.splice(at, 1);
      this.expire(entry);
    }
  }

  private expire(entry: Entry): void {
    if (this.shape.deadLetteringOnMessageExpiration) {
      this.bury(entry, {
        DeadLetterReason: 'TTLExpiredException',
        DeadLetterErrorDescription: 'the message expired',
      });
    } else this.forget(entry);
  }

  private bury(entry: Entry, properties: Record<string, unknown>): void {
    this.journal.atOnce(() => {
      this.forget(entry);
      modify(entry, properties);
      this.deadLetter?.send(entry.message);
    });
  }

  private forget({ sequenceNumber }: Entry): void {
    this.entries.delete(sequenceNumber);
    this.journal.remove(sequenceNumber);
  }
}

function modify(entry: Entry, properties: Record<string, unknown> | undefined): void {
  if (properties === undefined) return;
  const application_properties = { ...entry.message.application_properties, ...properties };
  entry.message = { ...entry.message, application_properties };
}

function scheduledTime({ message_annotations: annotations }: AmqpMessage): number | undefined {
  const time = annotations?.['x-opt-scheduled-enqueue-time'];
  if (time instanceof Date) return time.getTime();
  return typeof time === 'number' ? time : undefined;
}
