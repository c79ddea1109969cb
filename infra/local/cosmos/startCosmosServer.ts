import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LocalPart } from '../runPart.ts';
import { checkAuthorization } from './checkAuthorization.ts';
import { badRequest, CosmosError } from './cosmosError.ts';
import { createFaults, type FaultRule, type Faults } from './faults.ts';
import { answerLocal } from './answerLocal.ts';
import { handleRequest, operationOf, type Answer } from './handleRequest.ts';
import { Documents } from './documents.ts';
import { readResourcePath } from './resourcePath.ts';
import { Store } from './store.ts';

export interface CosmosServerOptions {
  /** 0 or absent: a free one. */
  readonly port?: number;
  /** A path, or `:memory:`. */
  readonly file: string;
  /** The account key, base64. */
  readonly key: string;
  /** Milliseconds since 1970; for TTL. */
  readonly clock?: () => number;
}

/** How often each operation ran on each container, and what it cost, as `container/operation`. */
export type Counters = Record<string, { count: number; requestUnits: number }>;

export interface CosmosServer extends LocalPart {
  readonly faults: Faults;
  counters(): Counters;
}

/**
 * A server that the real `@azure/cosmos` client takes for Cosmos DB, for one machine: documents in SQLite, the wire
 * as the service speaks it. What it does not do it refuses by name.
 */
export async function startCosmosServer(options: CosmosServerOptions): Promise<CosmosServer> {
  const store = new Store(options.file);
  const documents = new Documents(store, options.clock ?? Date.now);
  const faults = createFaults();
  const counters: Counters = {};

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readAll(request);
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (url.pathname.startsWith('/_local/')) {
      answerLocal(request, response, url.pathname, body, { key: options.key, faults, counters });
      return;
    }
    const path = readResourcePath(url.pathname);
    checkAuthorization(request, path, options.key);
    const operation = operationOf(request, path);
    const about = {
      ...(operation === undefined ? {} : { operation }),
      ...(path.container === undefined ? {} : { container: path.container }),
      ...(path.id === undefined ? {} : { id: path.id }),
    };
    const fault = path.type === 'docs' ? await faults.take(about) : undefined;
    if (fault?.kind === 'status') {
      sendFault(response, fault);
      return;
    }
    const result = handleRequest({ request, path, body, store, documents, address: address() });
    if (path.type === 'docs')
      count(counters, `${path.container ?? ''}/${operation ?? ''}`, result.charge);
    if (fault?.kind === 'lostAnswer') request.socket.destroy();
    else send(response, result);
  };

  const server = createServer({ keepAliveTimeout: 30_000 }, (request, response) => {
    answer(request, response).catch((error: unknown) => sendError(response, error));
  });
  server.on('connection', (socket) => socket.setNoDelay(true));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const address = (): string =>
    `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  let stopped: Promise<void> | undefined;
  const listening = address();
  return {
    address: listening,
    faults,
    counters: () => structuredClone(counters),
    stop() {
      stopped ??= new Promise<void>((resolve) => {
        server.close(() => {
          store.close();
          resolve();
        });
        server.closeIdleConnections();
      });
      return stopped;
    },
  };
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function count(counters: Counters, name: string, charge: number): void {
  const entry = (counters[name] ??= { count: 0, requestUnits: 0 });
  entry.count += 1;
  entry.requestUnits += charge;
}

function send(response: ServerResponse, { status, headers, body, charge }: Answer): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'x-ms-activity-id': randomUUID(),
    'x-ms-request-charge': String(charge),
    'x-ms-session-token': '0:-1#1',
    ...headers,
  });
  response.end(body);
}

function sendFault(response: ServerResponse, { status = 503, retryAfterInMs }: FaultRule): void {
  const headers =
    retryAfterInMs === undefined ? {} : { 'x-ms-retry-after-ms': String(retryAfterInMs) };
  const code = status === 429 ? 'TooManyRequests' : 'ServiceUnavailable';
  send(response, {
    status,
    headers,
    body: JSON.stringify({ code, message: 'as asked for' }),
    charge: 0,
  });
}

function sendError(response: ServerResponse, error: unknown): void {
  const known =
    error instanceof CosmosError
      ? error
      : error instanceof SyntaxError
        ? badRequest('the body is not valid JSON')
        : new CosmosError(500, 'InternalServerError', String(error));
  if (known.status === 500) console.error(error);
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const body = JSON.stringify({ code: known.code, message: known.message });
  send(response, { status: known.status, body, charge: 1 });
}
