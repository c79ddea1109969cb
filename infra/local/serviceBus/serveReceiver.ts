import rhea from 'rhea';
import { confirmAddresses, type Delivery, type LinkContext, type SenderLink } from './amqpLink.ts';
import type { MessageQueue } from './messageQueue.ts';
import { toDelivered, toDeliveryTag } from './wireMessage.ts';

const SETTLED_BY_SENDER = 1;

/** Counts what a queue did, for whoever looks from outside. */
export interface QueueCounters {
  sent: number;
  received: number;
  completed: number;
  abandoned: number;
  deadLettered: number;
}

/** Serves a client that receives from `queue`; returns what sends it whatever it has credit for. */
export function serveReceiver(
  link: SenderLink,
  queue: MessageQueue,
  counters: QueueCounters,
): () => void {
  confirmAddresses(link);
  const isLocking = link.snd_settle_mode !== SETTLED_BY_SENDER;
  link.local.attach['snd_settle_mode'] = link.snd_settle_mode;
  link.local.attach['rcv_settle_mode'] = link.rcv_settle_mode;
  answerDrainWithoutCredit(link);
  const lockTokens = new Map<Delivery, string>();

  /** What was handed to rhea and has not yet used up its credit, because rhea writes at the end of the turn. */
  let unsent: number[] = [];
  const countUnsent = (): number => {
    unsent = unsent.filter((id) => id >= link.session.outgoing.next_pending_delivery);
    return unsent.length;
  };

  const pump = (): void => {
    while (link.is_open() && link.sendable() && link.credit > countUnsent()) {
      const entry = queue.receive(isLocking);
      if (entry === undefined) return;
      counters.received += 1;
      const tag = entry.lockToken === undefined ? undefined : toDeliveryTag(entry.lockToken);
      const delivery = link.send(toDelivered(entry), tag);
      unsent.push(delivery.id);
      if (entry.lockToken !== undefined) lockTokens.set(delivery, entry.lockToken);
    }
  };

  const settle = (context: LinkContext, apply: (lockToken: string) => boolean): void => {
    const { delivery } = context;
    const lockToken = lockTokens.get(delivery);
    lockTokens.delete(delivery);
    const isHeld = lockToken !== undefined && apply(lockToken);
    delivery.update(true, isHeld ? outcomes.accepted().described() : lockLost());
    // rhea frees the place of a delivery once both sides have settled; the client waits for this answer to do so.
    delivery.remote_settled = true;
  };

  link.on('accepted', (context) =>
    settle(context, (lockToken) => {
      counters.completed += 1;
      return queue.complete(lockToken);
    }),
  );
  link.on('released', (context) =>
    settle(context, (lockToken) => {
      counters.abandoned += 1;
      return queue.abandon(lockToken);
    }),
  );
  link.on('modified', (context) =>
    settle(context, (lockToken) => {
      const { undeliverable_here: isDeferred, message_annotations: properties } =
        context.delivery.remote_state ?? {};
      if (isDeferred === true) return queue.defer(lockToken, properties);
      counters.abandoned += 1;
      return queue.abandon(lockToken, properties);
    }),
  );
  link.on('rejected', (context) =>
    settle(context, (lockToken) => {
      counters.deadLettered += 1;
      return queue.moveToDeadLetter(lockToken, context.delivery.remote_state?.error?.info ?? {});
    }),
  );
  link.on('sender_draining', () => {
    pump();
    link.set_drained(true);
    link.issue_flow = true;
  });
  link.on('sendable', pump);
  return pump;
}

/** rhea answers a drain only where there is credit to give back; a client that has none waits for the answer too. */
function answerDrainWithoutCredit(link: SenderLink): void {
  link._get_drain = () => {
    if (!link._draining) return false;
    link.delivery_count += link.credit;
    link.credit = 0;
    link._draining = false;
    return true;
  };
}

/** rhea's constructors of outcomes, which its typings leave out. */
const outcomes = rhea.message as unknown as {
  accepted(): { described(): unknown };
  rejected(fields: object): { described(): unknown };
};

function lockLost(): unknown {
  const condition = 'com.microsoft:message-lock-lost';
  const error = { condition, description: 'the lock on the message has ended' };
  return outcomes.rejected({ error }).described();
}
