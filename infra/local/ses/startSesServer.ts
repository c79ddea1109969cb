import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { listenOnLoopback } from '../listenOnLoopback.ts';
import type { LocalPart } from '../runPart.ts';
import { watchConnections } from '../watchConnections.ts';
import { createSesTokens, type SesTokens } from './answerTokens.ts';
import { createEventLog, type EventLog } from './eventLog.ts';
import { createPositions, type Positions } from './positions.ts';
import { readStreamRequest } from './readStreamRequest.ts';
import { sendEvents } from './sendEvents.ts';
import { SesError } from './sesError.ts';
import { toFaultError, toSesFault, type SesFault } from './sesFaults.ts';

export interface SesServerOptions {
  /** 0 or absent: a free port. */
  readonly port?: number;
  /** The OAuth credential of the client application. */
  readonly credential: string;
  readonly streamId: string;
  readonly channelId: string;
  /** The key for `/_local`; without it there is no such path. */
  readonly localKey?: string;
  /** Default: a log in memory. */
  readonly log?: EventLog;
  readonly eventsAChunk?: number;
  readonly chunksAnAnswer?: number;
  readonly tokenLifetimeInSeconds?: number;
  /** The fault of a request to the stream that `add` gave none. */
  readonly faultOf?: () => SesFault | undefined;
  /** Events that come again before this one, beside those of the last second. */
  readonly repeatsBefore?: (index: number) => readonly number[];
  /** How long a stream without events stays open at most; default: as long as the client asks. */
  readonly maxWaitInSeconds?: number;
  /** Chooses the chunk in which an answer is cut. */
  readonly random?: () => number;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
}

export interface SesServer extends LocalPart {
  /** @throws TypeError if the server has a log of its owner's. */
  append(events: readonly object[]): void;
  /** The next request to the stream has this fault. */
  addFault(fault: SesFault): void;
  expireTokens(): void;
  /** Every position that was given out gets 410. */
  expirePositions(): void;
  /** Replaces the credential, as an administrator does in ICDm. */
  setCredential(credential: string): void;
  /** How many requests got each status, by path. */
  readonly counts: Readonly<Record<string, number>>;
}

interface State {
  readonly options: SesServerOptions;
  readonly log: EventLog;
  readonly tokens: SesTokens;
  readonly positions: Positions;
  readonly faults: SesFault[];
  readonly counts: Record<string, number>;
  /** Called when there may be an event. */
  readonly waiting: Set<() => void>;
  readonly append: (events: readonly object[]) => void;
}

const TOKENS_PATH = '/v1/oauth2/tokens';

/**
 * Starts a local stand-in for the event export of Symantec Endpoint Security on loopback: tokens, streams in chunks, and
 * positions that expire. Its owner appends events. What the real service does is known from demisto/content,
 * SymantecEndpointSecurity.py; the status of a wrong request is not public, so any other request is refused.
 */
export async function startSesServer(options: SesServerOptions): Promise<SesServer> {
  let { credential } = options;
  const state = createState(options, () => credential);
  const server = createServer({ keepAliveTimeout: 60_000, noDelay: true }, (request, response) => {
    void serve(state, request, response).catch((error: unknown) => sendError(response, error));
  });
  server.on('request', (request, response) =>
    response.once('close', () => count(state, request, response)),
  );
  const closeConnections = watchConnections(server);
  const address = await listenOnLoopback(server, options.port);
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    wake(state);
    return closeConnections();
  };
  return {
    address,
    counts: state.counts,
    append: state.append,
    addFault: (fault) => void state.faults.push(fault),
    expireTokens: () => state.tokens.expire(),
    expirePositions: () => state.positions.expire(),
    setCredential(value) {
      credential = value;
    },
    stop: () => (stopped ??= stop()),
  };
}

function createState(options: SesServerOptions, credential: () => string): State {
  const { clock = Date.now, tokenLifetimeInSeconds = 3600 } = options;
  const own = createEventLog();
  const waiting = new Set<() => void>();
  const state: State = {
    options,
    log: options.log ?? own,
    tokens: createSesTokens(credential, tokenLifetimeInSeconds, clock),
    positions: createPositions(),
    faults: [],
    counts: {},
    waiting,
    append(events) {
      if (options.log !== undefined) throw new TypeError('the log belongs to its owner');
      own.append(events);
      wake(state);
    },
  };
  return state;
}

function wake({ waiting }: State): void {
  for (const each of waiting) each();
}

function count(
  { counts }: State,
  { url = '' }: IncomingMessage,
  { statusCode }: ServerResponse,
): void {
  const key = `${String(statusCode)} ${url.startsWith(TOKENS_PATH) ? 'tokens' : 'stream'}`;
  counts[key] = (counts[key] ?? 0) + 1;
}

async function serve(
  state: State,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
  if (pathname.startsWith('/_local/')) {
    sendJson(response, 200, await answerLocal(state, request, pathname.slice('/_local/'.length)));
    return;
  }
  if (request.method !== 'POST') throw new SesError(405, 'Only POST.', { allow: 'POST' });
  const body = await text(request);
  if (pathname === TOKENS_PATH) sendJson(response, 200, state.tokens.issue(request));
  else await serveStream(state, { request, pathname, searchParams, body }, response);
}

interface StreamCall {
  readonly request: IncomingMessage;
  readonly pathname: string;
  readonly searchParams: URLSearchParams;
  readonly body: string;
}

async function serveStream(
  state: State,
  { request, pathname, searchParams, body }: StreamCall,
  response: ServerResponse,
): Promise<void> {
  const { options, log, positions } = state;
  if (!state.tokens.isValid(request.headers.authorization))
    throw new SesError(401, 'The token has expired.');
  const { streamId, channelId, eventsAChunk = 100, chunksAnAnswer = 20 } = options;
  if (pathname !== `/v1/event-export/stream/${streamId}/${channelId}`)
    throw new SesError(404, 'There is no such stream.');
  const { next, timeoutInSeconds, isPacked } = readStreamRequest(request, searchParams, body);
  const fault = state.faults.shift() ?? options.faultOf?.();
  const error = toFaultError(fault);
  if (error !== undefined) throw error;
  const from = next === undefined ? 0 : positions.indexOf(next);
  const { maxWaitInSeconds = timeoutInSeconds } = options;
  const wait = Math.min(timeoutInSeconds, maxWaitInSeconds);
  await untilEvent(state, from, wait, response);
  const lastSecond = repeatsOfLastSecond(log, from);
  await sendEvents(response, {
    log,
    from,
    eventsAChunk,
    chunksAnAnswer,
    isPacked,
    toNext: positions.toNext,
    repeatsBefore: (index) => [
      ...(index === from ? lastSecond : []),
      ...(options.repeatsBefore?.(index) ?? []),
    ],
    cutInChunk: fault === 'cut' ? Math.floor((options.random ?? Math.random)() * 3) : undefined,
  });
}

/** Resolves when there is an event at `index`, the time is over, or the client has left. */
async function untilEvent(
  { log, waiting }: State,
  index: number,
  timeoutInSeconds: number,
  response: ServerResponse,
): Promise<void> {
  if (index < log.count()) return;
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      waiting.delete(end);
      resolve();
    };
    const timer = setTimeout(end, timeoutInSeconds * 1000);
    waiting.add(end);
    response.once('close', end);
  });
}

const MAX_REPEATS = 50;

/** The events before the position that have the second of the last one: the real service sends them again. */
function repeatsOfLastSecond(log: EventLog, from: number): readonly number[] {
  const repeats: number[] = [];
  const second = from === 0 ? undefined : secondOf(log.textAt(from - 1));
  for (let index = from - 1; index >= 0 && repeats.length < MAX_REPEATS; index -= 1) {
    if (second === undefined || secondOf(log.textAt(index)) !== second) break;
    repeats.unshift(index);
  }
  return repeats;
}

function secondOf(event: string): string | undefined {
  const { time } = JSON.parse(event) as { readonly time?: unknown };
  return typeof time === 'string' ? time.slice(0, 19) : undefined;
}

/**
 * `POST /_local/append` with a list of events, `expireTokens`, `expirePositions`, `faults`, `GET /_local/counts`: for
 * other processes. The real service has no such paths. @throws SesError 400
 */
async function answerLocal(state: State, request: IncomingMessage, name: string): Promise<object> {
  const { localKey } = state.options;
  if (localKey === undefined || request.headers['x-local-key'] !== localKey)
    throw new SesError(400, '`x-local-key` is wrong');
  const body = await text(request);
  switch (`${request.method ?? ''} ${name}`) {
    case 'POST append':
      state.append(JSON.parse(body) as object[]);
      return {};
    case 'POST expireTokens':
      state.tokens.expire();
      return {};
    case 'POST expirePositions':
      state.positions.expire();
      return {};
    case 'POST faults':
      state.faults.push(toSesFault(JSON.parse(body)));
      return {};
    case 'GET counts':
      return state.counts;
    default:
      throw new SesError(400, `there is no \`${request.method ?? ''} /_local/${name}\``);
  }
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function sendError(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const { status, headers, message } =
    error instanceof SesError ? error : new SesError(500, String(error));
  const body = JSON.stringify({ error: randomUUID(), message });
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
}
