import { confirmAddresses, type ReceiverLink, type SenderLink } from './amqpLink.ts';
import type { BrokerQueues } from './brokerQueues.ts';
import { answerCbs, answerManagement, type ManagementAnswer } from './management.ts';
import type { AmqpMessage } from './message.ts';
import { acceptedOutcome } from './outcomes.ts';
import { defined } from '../../../shared/base/defined.ts';

const CBS = '$cbs';
const MANAGEMENT_SUFFIX = '/$management';
const CREDIT = 100;

/** Whether an address is a management node, not a queue. */
export function isManagement(address: string): boolean {
  return address === CBS || address.endsWith(MANAGEMENT_SUFFIX);
}

/**
 * The links to the management nodes: requests arrive on one link and are answered on another of the same connection.
 */
export class ManagementLinks {
  private readonly queues: BrokerQueues;
  /** For each connection, the links for answers by the address that the client gave them. */
  private readonly replyLinks = new WeakMap<object, Map<string, SenderLink>>();

  constructor(queues: BrokerQueues) {
    this.queues = queues;
  }

  /** Keeps a link on which the client receives answers. */
  addReplyLink(link: SenderLink): void {
    confirmAddresses(link);
    const links = this.replyLinks.get(link.connection) ?? new Map<string, SenderLink>();
    // A request names its answer's link by address or, if that link has none, by name.
    this.replyLinks.set(link.connection, links.set(link.target?.address ?? link.name, link));
  }

  /** Answers the requests that the client sends on `link` to the node at `address`. */
  serve(link: ReceiverLink, address: string): void {
    confirmAddresses(link);
    link.add_credit(CREDIT);
    link.on('message', ({ message, delivery }) => {
      const request = message as AmqpMessage;
      link.add_credit(1);
      delivery.update(true, acceptedOutcome());
      const reply = this.replyLinks.get(link.connection)?.get(String(request['reply_to']));
      if (reply !== undefined) sendAnswer(reply, request, this.answer(address, request));
    });
  }

  private answer(address: string, request: AmqpMessage): ManagementAnswer {
    if (address === CBS) return answerCbs(request);
    const found = this.queues.find(address.slice(0, -MANAGEMENT_SUFFIX.length));
    if (found !== undefined) return answerManagement(request, found.queue);
    const description = `there is no queue for \`${address}\``;
    return { statusCode: 404, condition: 'amqp:not-found', description };
  }
}

function sendAnswer(link: SenderLink, request: AmqpMessage, answer: ManagementAnswer): void {
  const delivery = link.send({
    correlation_id: request.message_id,
    application_properties: {
      statusCode: answer.statusCode,
      statusDescription: answer.description,
      ...defined({ errorCondition: answer.condition }),
    },
    body: answer.body ?? null,
  });
  delivery.update(true);
}
