import type { AddressInfo, Server, Socket } from 'node:net';
import rhea from 'rhea';
import type { QueueShape } from '../../../shared/resources.ts';
import type { LocalPart } from '../runPart.ts';
import { openSqliteStore } from '../sqliteStore.ts';
import { confirmAddresses, type ReceiverLink, type SenderLink } from './amqpLink.ts';
import { answerCbs, answerManagement, type ManagementAnswer } from './management.ts';
import { NO_JOURNAL, openMessageJournal, type MessageJournal } from './messageJournal.ts';
import { MessageQueue, type AmqpMessage, type Depth } from './messageQueue.ts';
import { serveReceiver, type QueueCounters } from './serveReceiver.ts';
import { serveSender, type SendFaults } from './serveSender.ts';

const TICK_IN_MILLISECONDS = 25;
const DEAD_LETTER_SUFFIX = '/$DeadLetterQueue';
const MANAGEMENT_SUFFIX = '/$management';
const MANAGEMENT_CREDIT = 100;

export interface BrokerOptions {
  /** 0 or absent: a free one. */
  readonly port?: number;
  readonly queues: readonly QueueShape[];
  /** The SQLite file that keeps the messages: who was told that one is accepted finds it after the next start too. */
  readonly file?: string;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

export interface ServiceBusBroker extends LocalPart {
  depth(queue: string): Depth;
  counters(queue: string): Readonly<QueueCounters>;
  readonly faults: {
    refuseSends(times: number): void;
    dropConnections(): void;
    loseLocks(queue: string): void;
  };
}

/**
 * A broker that the real `@azure/service-bus` client takes for Service Bus, for one machine: queues over AMQP 1.0.
 * No sessions, topics or transactions; each is refused by name.
 */
export async function startServiceBusBroker(options: BrokerOptions): Promise<ServiceBusBroker> {
  const queues = new Map<string, MessageQueue>();
  const counters = new Map<MessageQueue, QueueCounters>();
  const pumps = new Map<MessageQueue, Set<() => void>>();
  const store = options.file === undefined ? undefined : openSqliteStore(options.file);
  const openJournal = (name: string): MessageJournal =>
    store === undefined ? NO_JOURNAL : openMessageJournal(store, name);
  const now = options.now ?? Date.now;
  for (const shape of options.queues) {
    const name = shape.name.toLowerCase();
    const deadLetterName = `${name}${DEAD_LETTER_SUFFIX.toLowerCase()}`;
    const deadLetter = new MessageQueue(shape, now, openJournal(deadLetterName));
    addQueue(deadLetterName, deadLetter);
    addQueue(name, new MessageQueue(shape, now, openJournal(name), deadLetter));
  }

  function addQueue(name: string, queue: MessageQueue): void {
    const own = new Set<() => void>();
    let isScheduled = false;
    queues.set(name, queue);
    pumps.set(queue, own);
    counters.set(queue, { sent: 0, received: 0, completed: 0, abandoned: 0, deadLettered: 0 });
    // Once a turn: a batch of a thousand wakes the receivers once.
    queue.onActive = () => {
      if (isScheduled) return;
      isScheduled = true;
      queueMicrotask(() => {
        isScheduled = false;
        for (const pump of own) pump();
      });
    };
  }

  const find = (address: string): MessageQueue | undefined => queues.get(address.toLowerCase());
  const requireQueue = (name: string): MessageQueue => {
    const queue = find(name);
    if (queue === undefined) throw new RangeError(`no queue \`${name}\``);
    return queue;
  };
  const countersOf = (queue: MessageQueue): QueueCounters =>
    counters.get(queue) ?? { sent: 0, received: 0, completed: 0, abandoned: 0, deadLettered: 0 };

  const sendFaults: SendFaults = { refusedSends: 0 };
  const container = rhea.create_container({
    id: 'local-service-bus',
    receiver_options: { autoaccept: false, credit_window: 0 },
    sender_options: { autosettle: false, treat_modified_as_released: false },
    max_frame_size: 65_536,
    idle_time_out: 60_000,
  });
  // The two mechanisms that the client may choose; the token comes later, to $cbs.
  Object.assign(container.sasl_server_mechanisms, { MSSBCBS: acceptAnyone });
  container.sasl_server_mechanisms.enable_anonymous();

  /** Where answers to requests of one connection go, by the address that the client gave its receiving link. */
  const replyLinks = new WeakMap<object, Map<string, SenderLink>>();

  container.on('sender_open', (context: { readonly sender: SenderLink }) => {
    const link = context.sender;
    const address = link.source?.address ?? '';
    if (isManagement(address)) {
      confirmAddresses(link);
      const links = replyLinks.get(link.connection) ?? new Map<string, SenderLink>();
      // A request names the link that it wants its answer on by its address or, where it has none, by its name.
      replyLinks.set(link.connection, links.set(link.target?.address ?? link.name, link));
      return;
    }
    const queue = find(address);
    if (queue === undefined) {
      refuseLink(link, address);
      return;
    }
    const pump = serveReceiver(link, queue, countersOf(queue));
    const own = pumps.get(queue);
    own?.add(pump);
    const forget = (): void => void own?.delete(pump);
    link.on('sender_close', forget);
    // Whoever ends it: of a connection that is ended here the client library says nothing.
    (link.connection as { readonly socket: Socket }).socket.once('close', forget);
  });

  container.on('receiver_open', (context: { readonly receiver: ReceiverLink }) => {
    const link = context.receiver;
    const address = link.target?.address ?? '';
    if (isManagement(address)) {
      serveRequests(link, (request) => {
        if (address === '$cbs') return answerCbs(request);
        const queue = find(address.slice(0, -MANAGEMENT_SUFFIX.length));
        return queue === undefined
          ? {
              statusCode: 404,
              condition: 'amqp:not-found',
              description: `no queue for \`${address}\``,
            }
          : answerManagement(request, queue);
      });
      return;
    }
    const queue = find(address);
    if (queue === undefined) refuseLink(link, address);
    else serveSender(link, queue, countersOf(queue), sendFaults);
  });

  function serveRequests(
    link: ReceiverLink,
    answer: (request: AmqpMessage) => ManagementAnswer,
  ): void {
    confirmAddresses(link);
    link.add_credit(MANAGEMENT_CREDIT);
    link.on('message', ({ message, delivery }) => {
      const request = message as AmqpMessage;
      link.add_credit(1);
      delivery.update(true, acceptedOutcome());
      const reply = replyLinks.get(link.connection)?.get(String(request['reply_to']));
      if (reply !== undefined) sendAnswer(reply, request, answer(request));
    });
  }

  // An error on one connection ends that connection alone.
  for (const event of ['connection_error', 'protocol_error', 'error', 'disconnected']) {
    container.on(event, () => undefined);
  }
  const sockets = new Set<Socket>();
  const server = container.listen({
    port: options.port ?? 0,
    host: '127.0.0.1',
  } as never) as unknown as Server;
  server.on('connection', (socket: Socket) => {
    socket.setNoDelay(true);
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  });
  await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject));
  const timer = setInterval(() => {
    for (const queue of queues.values()) queue.tick();
  }, TICK_IN_MILLISECONDS);

  const { port } = server.address() as AddressInfo;
  let stopped: Promise<void> | undefined;
  return {
    address: `Endpoint=sb://127.0.0.1:${String(port)};SharedAccessKeyName=local;SharedAccessKey=bG9jYWw=;UseDevelopmentEmulator=true;`,
    depth: (name) => requireQueue(name).depth(),
    counters: (name) => countersOf(requireQueue(name)),
    faults: {
      refuseSends(times) {
        sendFaults.refusedSends = times;
      },
      dropConnections() {
        for (const socket of sockets) socket.destroy();
      },
      loseLocks: (name) => requireQueue(name).loseLocks(),
    },
    stop() {
      stopped ??= new Promise((resolve) => {
        clearInterval(timer);
        server.close(() => {
          store?.close();
          resolve();
        });
        for (const socket of sockets) socket.destroy();
      });
      return stopped;
    },
  };
}

function isManagement(address: string): boolean {
  return address === '$cbs' || address.endsWith(MANAGEMENT_SUFFIX);
}

function acceptAnyone(): { outcome?: boolean; start(): void } {
  return {
    start() {
      this.outcome = true;
    },
  };
}

function acceptedOutcome(): unknown {
  const outcomes = rhea.message as unknown as { accepted(): { described(): unknown } };
  return outcomes.accepted().described();
}

function refuseLink(link: SenderLink | ReceiverLink, address: string): void {
  confirmAddresses(link);
  link.close({
    condition: 'amqp:not-found',
    description: `there is no queue \`${address}\` in the local Service Bus broker`,
  });
}

function sendAnswer(link: SenderLink, request: AmqpMessage, answer: ManagementAnswer): void {
  const delivery = link.send({
    correlation_id: request.message_id,
    application_properties: {
      statusCode: answer.statusCode,
      statusDescription: answer.description,
      ...(answer.condition === undefined ? {} : { errorCondition: answer.condition }),
    },
    body: answer.body ?? null,
  });
  delivery.update(true);
}
