import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** The outcome of one delivery. `resetReceived` receives it and then drops the connection. */
type Fate = 'good' | 'error' | 'busy' | 'hang' | 'reset' | 'resetReceived';

/** A received delivery in its raw form. */
export interface ReceivedDelivery {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A receiver on loopback that fails at a given rate, in every way in which receivers fail. */
export interface FlakyReceiver {
  readonly url: string;
  readonly received: readonly ReceivedDelivery[];
  /** How many deliveries were attempted. */
  tries(): number;
  /** Ends the failures. */
  calm(): void;
  /** Cuts every connection, stays down until `meanwhile` has resolved, and starts again on its port. */
  restart(meanwhile: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

const FAULTS: readonly Fate[] = ['error', 'reset', 'resetReceived'];
/** Per thousand requests; each delays its sender, or all of them. */
const HANGS = 3;
const BUSY = 1;
/** The sender's pause doubles with each failure of a delivery, so one that fails by chance again and again takes hours. */
const MAX_FAILURES_OF_A_DELIVERY = 4;

/**
 * Starts the receiver. A delivery fails at most four times, outages apart. Calls `check` for each received delivery at
 * its arrival.
 */
export async function startFlakyReceiver(
  random: () => number,
  shareOfFaults: number,
  check: (delivery: ReceivedDelivery) => void = () => undefined,
): Promise<FlakyReceiver> {
  const received: ReceivedDelivery[] = [];
  const sockets = new Set<Socket>();
  const failures = new Map<string, number>();
  let tries = 0;
  let share = shareOfFaults;
  const fateOf = (id: string): Fate => {
    const failed = failures.get(id) ?? 0;
    if (random() >= share || failed === MAX_FAILURES_OF_A_DELIVERY) return 'good';
    failures.set(id, failed + 1);
    const fate = random() * share * 1000;
    if (fate < HANGS) return 'hang';
    if (fate < HANGS + BUSY) return 'busy';
    return FAULTS[Math.floor(random() * FAULTS.length)] ?? 'error';
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readText(request);
    if (request.method === 'OPTIONS') {
      response.writeHead(200, { 'WebHook-Allowed-Origin': '*', 'WebHook-Allowed-Rate': '*' }).end();
      return;
    }
    tries += 1;
    const fate = fateOf(String(request.headers['webhook-id']));
    if (fate === 'good' || fate === 'resetReceived') {
      const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
      const delivery = { headers: Object.fromEntries(headers) as Record<string, string>, body };
      check(delivery);
      received.push(delivery);
    }
    if (fate === 'good') response.writeHead(202).end();
    else if (fate === 'error') response.writeHead(500).end();
    else if (fate === 'busy') response.writeHead(503, { 'Retry-After': '1' }).end();
    else if (fate !== 'hang') request.socket.destroy();
  };
  const listen = async (port: number): Promise<Server> => {
    const server = createServer((request, response) => {
      // The sender may be gone.
      answer(request, response).catch(() => request.socket.destroy());
    });
    server.on('connection', (socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return server;
  };
  const close = async (server: Server): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  let server = await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}/hook`,
    received,
    tries: () => tries,
    calm() {
      share = 0;
    },
    async restart(meanwhile) {
      await close(server);
      await meanwhile();
      server = await listen(port);
    },
    stop: () => close(server),
  };
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
