import type { QueueShape } from '../../../shared/resources.ts';
import { openSqliteStore, type SqliteStore } from '../sqliteStore.ts';
import { fromIsoDuration } from './fromIsoDuration.ts';
import { NO_JOURNAL, openMessageJournal, type MessageJournal } from './messageJournal.ts';
import { MessageQueue } from './messageQueue.ts';
import { createQueueCounters, type QueueCounters } from './queueCounters.ts';

const DEAD_LETTER_SUFFIX = '/$deadletterqueue';

/** learn.microsoft.com/azure/service-bus-messaging/message-transfers-locks-settlement: a lock lasts at most five minutes. */
const MAX_LOCK_DURATION_IN_MILLISECONDS = 5 * 60 * 1000;

/** A queue, or a dead-letter sub-queue, with its counters and receivers. */
export interface BrokerQueue {
  readonly queue: MessageQueue;
  readonly counters: QueueCounters;
  /** For each receiver, the function that sends it messages. */
  readonly pumps: Set<() => void>;
}

/** The queues of a broker by address. Names are compared in lower case. */
export class BrokerQueues {
  private readonly byName = new Map<string, BrokerQueue>();
  private readonly store: SqliteStore | undefined;

  /** Opens the queues; `file` stores their messages, and without it they are lost when the process ends. */
  constructor(shapes: readonly QueueShape[], now: () => number, file: string | undefined) {
    this.store = file === undefined ? undefined : openSqliteStore(file);
    for (const shape of shapes) {
      requireLockDuration(shape);
      const name = shape.name.toLowerCase();
      const deadLetterName = `${name}${DEAD_LETTER_SUFFIX}`;
      const deadLetter = new MessageQueue(shape, now, this.openJournal(deadLetterName));
      this.add(deadLetterName, deadLetter);
      this.add(name, new MessageQueue(shape, now, this.openJournal(name), deadLetter));
    }
  }

  find(address: string): BrokerQueue | undefined {
    return this.byName.get(address.toLowerCase());
  }

  /** @throws RangeError if there is no such queue. */
  require(name: string): BrokerQueue {
    const found = this.find(name);
    if (found === undefined) throw new RangeError(`there is no queue \`${name}\``);
    return found;
  }

  /** Applies the passing of time to every queue. */
  tick(): void {
    for (const { queue } of this.byName.values()) queue.tick();
  }

  close(): void {
    this.store?.close();
  }

  private openJournal(name: string): MessageJournal {
    return this.store === undefined ? NO_JOURNAL : openMessageJournal(this.store, name);
  }

  private add(name: string, queue: MessageQueue): void {
    const pumps = new Set<() => void>();
    this.byName.set(name, { queue, counters: createQueueCounters(), pumps });
    let isScheduled = false;
    // Once a turn, so a batch of a thousand messages wakes the receivers once.
    queue.onActive = () => {
      if (isScheduled) return;
      isScheduled = true;
      queueMicrotask(() => {
        isScheduled = false;
        for (const pump of pumps) pump();
      });
    };
  }
}

/** @throws RangeError for a lock that Service Bus does not give. */
function requireLockDuration({ name, lockDuration }: QueueShape): void {
  if (fromIsoDuration(lockDuration) > MAX_LOCK_DURATION_IN_MILLISECONDS)
    throw new RangeError(`the lock duration of \`${name}\` must be at most PT5M`);
}
