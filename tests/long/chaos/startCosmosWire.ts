import { Agent, createServer, request as ask, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { toFaultReply, type FaultRule } from '../../../infra/local/cosmos/faults.ts';
import type { CosmosReply } from '../../../infra/local/cosmos/http/cosmosRequest.ts';
import { listeningPort } from '../../support/listeningPort.ts';

/** The fate of a request. `late`: the database executes it, but the answer is an error. */
type Fate = 'throttled' | 'unavailable' | 'late' | 'lostAnswer' | 'slow' | 'good';

/** Per thousand requests. */
const SHARES: readonly (readonly [Fate, number])[] = [
  ['throttled', 10],
  ['unavailable', 5],
  ['late', 2],
  ['lostAnswer', 2],
  ['slow', 10],
];
/** Faults that are certain are so many requests apart. */
const CERTAIN_FAULT_EVERY = 8;
const MAX_SLOWNESS_IN_MILLISECONDS = 200;
const RETRY_AFTER_IN_MILLISECONDS = 20;

/** A proxy between the worker and the database. */
export interface CosmosWire {
  readonly address: string;
  readonly counts: Readonly<Record<Fate | 'cuts', number>>;
  /** The number of the worker's writes. */
  saves(): number;
  /** Resolves at this number of writes, before the worker gets the answer to the last one. */
  whenSaved(saves: number): Promise<void>;
  cut(): void;
  /** Makes one fault of each kind certain, within the next requests. */
  failOnceInEachWay(): void;
  calm(): void;
  stop(): Promise<void>;
}

export async function startCosmosWire(endpoint: string, random: () => number): Promise<CosmosWire> {
  const { port, hostname } = new URL(endpoint);
  const agent = new Agent({ keepAlive: true, noDelay: true });
  const sockets = new Set<Socket>();
  const counts = {
    throttled: 0,
    unavailable: 0,
    late: 0,
    lostAnswer: 0,
    slow: 0,
    good: 0,
    cuts: 0,
  };
  const waiting = new Set<{ readonly saves: number; readonly resolve: () => void }>();
  let saves = 0;
  const certain: Fate[] = [];
  let requests = 0;
  let isCalm = false;

  const fateOf = (): Fate => {
    if (isCalm) return 'good';
    requests += 1;
    const next = requests % CERTAIN_FAULT_EVERY === 0 ? certain.shift() : undefined;
    if (next !== undefined) return next;
    let dice = random() * 1000;
    for (const [fate, share] of SHARES) {
      if (dice < share) return fate;
      dice -= share;
    }
    return 'good';
  };
  const countSave = (): void => {
    saves += 1;
    for (const each of waiting) {
      if (saves < each.saves) continue;
      waiting.delete(each);
      each.resolve();
    }
  };
  const passOn = async (
    { method, url, headers }: IncomingMessage,
    body: Buffer,
  ): Promise<Reply> => {
    const reply = await new Promise<IncomingMessage>((resolve, reject) => {
      ask({ agent, hostname, port, method, path: url, headers }, resolve)
        .on('error', reject)
        .end(body);
    });
    const answered = {
      status: reply.statusCode ?? 0,
      headers: reply.headers,
      body: await readAll(reply),
    };
    if (method !== 'GET' && !('x-ms-documentdb-isquery' in headers) && answered.status < 300)
      countSave();
    return answered;
  };
  const answer = async (request: IncomingMessage): Promise<Reply | undefined> => {
    const body = await readAll(request);
    const fate = fateOf();
    counts[fate] += 1;
    if (fate === 'throttled')
      return toReply({ kind: 'status', status: 429, retryAfterInMs: RETRY_AFTER_IN_MILLISECONDS });
    if (fate === 'unavailable') return toReply({ kind: 'status', status: 503 });
    if (fate === 'slow') await pause(random() * MAX_SLOWNESS_IN_MILLISECONDS);
    const reply = await passOn(request, body);
    if (fate === 'late') return toReply({ kind: 'status', status: 503 });
    return fate === 'lostAnswer' ? undefined : reply;
  };

  const server = createServer({ keepAliveTimeout: 60_000, noDelay: true }, (request, response) => {
    answer(request)
      // The database has ended, so end the worker's connection too.
      .catch(() => undefined)
      .then((reply) => {
        if (reply === undefined) request.socket.destroy();
        else response.writeHead(reply.status, reply.headers).end(reply.body);
      })
      .catch(() => request.socket.destroy());
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const wirePort = await listeningPort(server);
  const endAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    address: `http://127.0.0.1:${String(wirePort)}`,
    counts,
    saves: () => saves,
    whenSaved: (wanted) =>
      new Promise((resolve) => waiting.add({ saves: wanted, resolve: () => resolve() })),
    cut() {
      counts.cuts += sockets.size;
      endAll();
    },
    failOnceInEachWay() {
      certain.push(...SHARES.map(([fate]) => fate));
    },
    calm() {
      isCalm = true;
    },
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      endAll();
      agent.destroy();
      await closed;
    },
  };
}

type Reply = {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
};

function toReply(rule: FaultRule): Reply {
  const { status, body = '', headers = {} }: CosmosReply = toFaultReply(rule);
  const bytes = Buffer.from(body);
  return {
    status,
    headers: {
      ...headers,
      'content-type': 'application/json',
      'content-length': String(bytes.length),
    },
    body: bytes,
  };
}

async function readAll(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
