import { confirmAddresses, type Delivery, type LinkContext, type SenderLink } from './amqpLink.ts';
import type { MessageQueue } from './messageQueue.ts';
import { acceptedOutcome, rejectedOutcome } from './outcomes.ts';
import type { QueueCounters } from './queueCounters.ts';
import { toDelivered, toDeliveryTag } from './wireMessage.ts';

const SETTLED_BY_SENDER = 1;

/** Serves a client that receives from `queue`; returns a function that sends it messages while it has credit. */
export function serveReceiver(
  link: SenderLink,
  queue: MessageQueue,
  counters: QueueCounters,
): () => void {
  confirmAddresses(link);
  link.local.attach['snd_settle_mode'] = link.snd_settle_mode;
  link.local.attach['rcv_settle_mode'] = link.rcv_settle_mode;
  answerDrainWithoutCredit(link);
  const receiver = new Receiver(link, queue, counters);
  link.on('accepted', (context) => receiver.complete(context));
  link.on('released', (context) => receiver.abandon(context));
  link.on('modified', (context) => receiver.modify(context));
  link.on('rejected', (context) => receiver.reject(context));
  link.on('sender_draining', () => receiver.drain());
  const pump = (): void => receiver.pump();
  link.on('sendable', pump);
  return pump;
}

/** One receiving client, with the deliveries that it has not settled yet. */
class Receiver {
  private readonly link: SenderLink;
  private readonly queue: MessageQueue;
  private readonly counters: QueueCounters;
  private readonly isLocking: boolean;
  private readonly lockTokens = new Map<Delivery, string>();
  /** Deliveries given to rhea that have not used up their credit yet: rhea writes at the end of the turn. */
  private unsent: number[] = [];

  constructor(link: SenderLink, queue: MessageQueue, counters: QueueCounters) {
    this.link = link;
    this.queue = queue;
    this.counters = counters;
    this.isLocking = link.snd_settle_mode !== SETTLED_BY_SENDER;
  }

  /** Sends active messages while the client has credit. */
  pump(): void {
    const { link } = this;
    while (link.is_open() && link.sendable() && link.credit > this.countUnsent()) {
      const entry = this.queue.receive(this.isLocking);
      if (entry === undefined) return;
      this.counters.received += 1;
      const tag = entry.lockToken === undefined ? undefined : toDeliveryTag(entry.lockToken);
      const delivery = link.send(toDelivered(entry), tag);
      this.unsent.push(delivery.id);
      if (entry.lockToken !== undefined) this.lockTokens.set(delivery, entry.lockToken);
    }
  }

  complete(context: LinkContext): void {
    this.settle(context, (lockToken) => {
      this.counters.completed += 1;
      return this.queue.complete(lockToken);
    });
  }

  abandon(context: LinkContext, properties?: Record<string, unknown>): void {
    this.settle(context, (lockToken) => {
      this.counters.abandoned += 1;
      return this.queue.abandon(lockToken, properties);
    });
  }

  /** The outcome `modified` defers a message, or abandons it with changed properties. */
  modify(context: LinkContext): void {
    const { undeliverable_here: isDeferred, message_annotations: properties } =
      context.delivery.remote_state ?? {};
    if (isDeferred === true)
      this.settle(context, (lockToken) => this.queue.defer(lockToken, properties));
    else this.abandon(context, properties);
  }

  /** The outcome `rejected` dead-letters a message. */
  reject(context: LinkContext): void {
    const properties = context.delivery.remote_state?.error?.info ?? {};
    this.settle(context, (lockToken) => {
      this.counters.deadLettered += 1;
      return this.queue.moveToDeadLetter(lockToken, properties);
    });
  }

  drain(): void {
    this.pump();
    this.link.set_drained(true);
    this.link.issue_flow = true;
  }

  private countUnsent(): number {
    const { next_pending_delivery: next } = this.link.session.outgoing;
    this.unsent = this.unsent.filter((id) => id >= next);
    return this.unsent.length;
  }

  private settle({ delivery }: LinkContext, apply: (lockToken: string) => boolean): void {
    const lockToken = this.lockTokens.get(delivery);
    this.lockTokens.delete(delivery);
    const isHeld = lockToken !== undefined && apply(lockToken);
    delivery.update(true, isHeld ? acceptedOutcome() : lockLost());
    // rhea frees the slot of a delivery once both sides have settled it; the client settles only after this answer.
    delivery.remote_settled = true;
  }
}

/** Answers a drain even without credit. rhea answers only if there is credit to return, but the client waits for it. */
function answerDrainWithoutCredit(link: SenderLink): void {
  link._get_drain = () => {
    if (!link._draining) return false;
    link.delivery_count += link.credit;
    link.credit = 0;
    link._draining = false;
    return true;
  };
}

function lockLost(): unknown {
  return rejectedOutcome('com.microsoft:message-lock-lost', 'the lock on the message has expired');
}
