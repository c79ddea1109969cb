import type { AddressInfo, Server, Socket } from 'node:net';
import rhea from 'rhea';
import type { QueueShape } from '../../../shared/resources.ts';
import type { LocalPart } from '../runPart.ts';
import { confirmAddresses, type ReceiverLink, type SenderLink } from './amqpLink.ts';
import { BrokerQueues } from './brokerQueues.ts';
import { isManagement, ManagementLinks } from './managementLinks.ts';
import type { Depth } from './messageQueue.ts';
import type { QueueCounters } from './queueCounters.ts';
import { serveReceiver } from './serveReceiver.ts';
import { serveSender, type SendFaults } from './serveSender.ts';

const TICK_IN_MILLISECONDS = 25;

export interface BrokerOptions {
  /** 0 or absent: a free port. */
  readonly port?: number;
  readonly queues: readonly QueueShape[];
  /** The SQLite file that stores the messages, so accepted messages survive a restart. */
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
 * Starts a local stand-in for Service Bus that the real `@azure/service-bus` client accepts: queues over AMQP 1.0.
 * It rejects sessions, topics and transactions by name.
 */
export async function startServiceBusBroker(options: BrokerOptions): Promise<ServiceBusBroker> {
  const queues = new BrokerQueues(options.queues, options.now ?? Date.now, options.file);
  const sendFaults: SendFaults = { refusedSends: 0 };
  const container = createContainer();
  serveLinks(container, queues, sendFaults);
  const listener = await listen(container, options.port ?? 0);
  const timer = setInterval(() => queues.tick(), TICK_IN_MILLISECONDS);
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    clearInterval(timer);
    await listener.close();
    queues.close();
  };
  return {
    address: `Endpoint=sb://127.0.0.1:${String(listener.port)};SharedAccessKeyName=local;SharedAccessKey=bG9jYWw=;UseDevelopmentEmulator=true;`,
    depth: (name) => queues.require(name).queue.depth(),
    counters: (name) => queues.require(name).counters,
    faults: {
      refuseSends(times) {
        sendFaults.refusedSends = times;
      },
      dropConnections: () => listener.dropConnections(),
      loseLocks: (name) => queues.require(name).queue.loseLocks(),
    },
    stop: () => (stopped ??= stop()),
  };
}

function createContainer(): rhea.Container {
  const container = rhea.create_container({
    id: 'local-service-bus',
    receiver_options: { autoaccept: false, credit_window: 0 },
    sender_options: { autosettle: false, treat_modified_as_released: false },
    max_frame_size: 65_536,
    idle_time_out: 60_000,
  });
  // The client may choose either mechanism; it sends its token later, to $cbs.
  Object.assign(container.sasl_server_mechanisms, { MSSBCBS: acceptEveryone });
  container.sasl_server_mechanisms.enable_anonymous();
  // An error on one connection must end only that connection.
  for (const event of ['connection_error', 'protocol_error', 'error', 'disconnected']) {
    container.on(event, () => undefined);
  }
  return container;
}

function acceptEveryone(): { outcome?: boolean; start(): void } {
  return {
    start() {
      this.outcome = true;
    },
  };
}

function serveLinks(container: rhea.Container, queues: BrokerQueues, faults: SendFaults): void {
  const management = new ManagementLinks(queues);

  container.on('sender_open', ({ sender: link }: { readonly sender: SenderLink }) => {
    const address = link.source?.address ?? '';
    const found = queues.find(address);
    if (isManagement(address)) management.addReplyLink(link);
    else if (found === undefined) refuseLink(link, address);
    else {
      const { pumps } = found;
      const pump = serveReceiver(link, found.queue, found.counters);
      pumps.add(pump);
      onceClosed(link, () => pumps.delete(pump));
    }
  });

  container.on('receiver_open', ({ receiver: link }: { readonly receiver: ReceiverLink }) => {
    const address = link.target?.address ?? '';
    const found = queues.find(address);
    if (isManagement(address)) management.serve(link, address);
    else if (found === undefined) refuseLink(link, address);
    else serveSender(link, found.queue, found.counters, faults);
  });
}

/**
 * Calls `onClosed` when the link or its socket closes: rhea reports no closed link if this side ends the connection.
 */
function onceClosed(link: SenderLink, onClosed: () => void): void {
  link.on('sender_close', onClosed);
  (link.connection as { readonly socket: Socket }).socket.once('close', onClosed);
}

function refuseLink(link: SenderLink | ReceiverLink, address: string): void {
  confirmAddresses(link);
  link.close({
    condition: 'amqp:not-found',
    description: `there is no queue \`${address}\` in the local Service Bus broker`,
  });
}

interface Listener {
  readonly port: number;
  dropConnections(): void;
  /** Ends all connections and resolves when the port is free. */
  close(): Promise<void>;
}

async function listen(container: rhea.Container, port: number): Promise<Listener> {
  const sockets = new Set<Socket>();
  const server = container.listen({ port, host: '127.0.0.1' } as never) as unknown as Server;
  server.on('connection', (socket: Socket) => {
    socket.setNoDelay(true);
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  });
  await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject));
  const dropConnections = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    dropConnections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        dropConnections();
      }),
  };
}
