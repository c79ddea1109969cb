import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { listenOnLoopback } from '../listenOnLoopback.ts';
import type { LocalPart } from '../runPart.ts';
import { createAnswer, type Answer } from './http/answer.ts';
import { assertAuthorized, toSigningKey } from './http/authorization.ts';
import { createCounter, type Counter, type Counters } from './counters.ts';
import { CosmosError } from './cosmosError.ts';
import { toOperation, type CosmosReply, type CosmosRequest } from './http/cosmosRequest.ts';
import { createFaultRules, toFaultReply, type FaultRules, type Faults } from './faults.ts';
import { toEmptyPage } from './http/emptyPage.ts';
import { isJsonObject } from '../../../shared/base/jsonObject.ts';
import { parseJsonObject } from './json.ts';
import { answerLocal } from './http/answerLocal.ts';
import { readRequest } from './http/readRequest.ts';
import { openSqliteStore } from '../sqliteStore.ts';
import { watchConnections } from '../watchConnections.ts';

export interface CosmosServerOptions {
  /** 0 or absent: a free port. */
  readonly port?: number;
  /** The SQLite file that stores everything, or `:memory:`. */
  readonly file: string;
  /** The account key, base64. */
  readonly key: string;
  /** Milliseconds since 1970; sets timestamps and decides what has expired. */
  readonly clock?: () => number;
}

export interface CosmosServer extends LocalPart {
  /** The injected faults. */
  readonly faults: Faults;
  /** Totals since the start. */
  counters(): Counters;
}

/**
 * Starts a local stand-in for Cosmos DB on loopback. It serves the REST API that clients of the NoSQL API use, and
 * stores everything in one SQLite file. It rejects an unsupported feature by name with status 501.
 */
export async function startCosmosServer(options: CosmosServerOptions): Promise<CosmosServer> {
  const { port = 0, file, key, clock = Date.now } = options;
  const store = openSqliteStore(file);
  const faults = createFaultRules();
  const counter = createCounter();
  const signingKey = toSigningKey(key);
  let address = '';
  const answer = createAnswer({ store, clock, address: () => address });

  const serve = async (request: CosmosRequest, drop: () => void): Promise<CosmosReply> => {
    if (request.path[0] === '_local') return answerLocal(request, { key, faults, counter });
    assertAuthorized(request, signingKey);
    return answerWithFaults({ answer, faults, counter }, request, drop);
  };

  const server = createServer({ keepAliveTimeout: 60_000, noDelay: true }, (message, response) => {
    void readRequest(message)
      .then((request) => serve(request, () => message.socket.destroy()))
      .catch(toErrorReply)
      .then((reply) => send(message, response, reply));
  });
  const closeConnections = watchConnections(server);
  address = await listenOnLoopback(server, port);
  let stopping: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await closeConnections();
    store.close();
  };
  return {
    address,
    faults,
    counters: () => counter.read(),
    stop: () => (stopping ??= close()),
  };
}

interface Answering {
  readonly answer: Answer;
  readonly faults: FaultRules;
  readonly counter: Counter;
}

/** Answers a request and counts it, if it is for items, after the fault rule that applies to it. */
async function answerWithFaults(
  { answer, faults, counter }: Answering,
  request: CosmosRequest,
  drop: () => void,
): Promise<CosmosReply> {
  const operation = toOperation(request);
  const container = request.path[3];
  if (operation === undefined || container === undefined) return attempt(answer, request);
  const fault = faults.take({ operation, container, id: () => toItemId(request) });
  if (fault?.kind === 'status') return toFaultReply(fault);
  if (fault?.kind === 'delay') await delay(fault.delayInMs ?? 0);
  const answered = attempt(answer, request);
  const reply = fault?.kind === 'emptyPage' ? toEmptyPage(request, answered) : answered;
  counter.add(container, operation, reply);
  if (fault?.kind === 'lostAnswer') drop();
  return reply;
}

/** The reply, or an error reply; both are counted. */
function attempt(answer: Answer, request: CosmosRequest): CosmosReply {
  try {
    return answer(request);
  } catch (error) {
    return toErrorReply(error);
  }
}

function toErrorReply(error: unknown): CosmosReply {
  if (!(error instanceof CosmosError)) {
    console.error(error);
    return {
      status: 500,
      body: new CosmosError(500, 'The local server failed; see its log.').toBody(),
    };
  }
  const { subStatus } = error.details;
  return {
    status: error.status,
    body: error.toBody(),
    charge: 1,
    ...(subStatus === undefined ? {} : { headers: { 'x-ms-substatus': String(subStatus) } }),
  };
}

/** The id of the requested item: from the path, or else from the body. */
function toItemId({ path, body }: CosmosRequest): string | undefined {
  if (path[5] !== undefined) return path[5];
  const item = parseJsonObject(body, 'the item');
  return isJsonObject(item) && typeof item['id'] === 'string' ? item['id'] : undefined;
}

function send(message: IncomingMessage, response: ServerResponse, reply: CosmosReply): void {
  if (message.socket.destroyed) return;
  const { status, body = '', charge = 0, headers } = reply;
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'x-ms-request-charge': String(charge),
    'x-ms-activity-id': randomUUID(),
    'x-ms-version': '2020-07-15',
    ...headers,
  });
  response.end(body);
}
