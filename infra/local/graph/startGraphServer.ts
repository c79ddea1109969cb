import { randomInt } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { listenOnLoopback } from '../listenOnLoopback.ts';
import type { LocalPart } from '../runPart.ts';
import { watchConnections } from '../watchConnections.ts';
import { answerGraph, type RequestCounts } from './answer.ts';
import { answerLocal } from './answerLocal.ts';
import { Directory, type DirectorySnapshot } from './directory.ts';
import { createGraphFaults, expiredToken, type GraphFaults } from './faults.ts';
import { badRequest, GraphError, sendReply, toErrorReply, type GraphReply } from './graphReply.ts';
import { createIdentityTokens } from './identityTokens.ts';
import { toGraphRequest } from './toGraphRequest.ts';

export interface GraphServerOptions {
  /** 0 or absent: a free port. */
  readonly port?: number;
  /** The value of `IDENTITY_HEADER`; also the key for `/_local`. */
  readonly identityHeader: string;
  readonly tokenLifetimeInSeconds?: number;
  /** The maximum number of objects per page; Intune's is 1,000. */
  readonly pageSize?: number;
  /** The file that stores the directory when the server stops; without it the directory is lost. */
  readonly snapshotFile?: string;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
}

export interface GraphServer extends LocalPart {
  readonly directory: Directory;
  readonly faults: GraphFaults;
  readonly counts: RequestCounts;
  /** The value of `IDENTITY_ENDPOINT`. */
  readonly identityEndpoint: string;
  /** Makes every client start a new synchronisation: earlier skip and delta tokens get 410. */
  reset(): void;
  /** Expires every access token issued so far. */
  expireTokens(): void;
}

const VERSION = '/v1.0';
const MAX_BODY_IN_BYTES = 4 * 1024 * 1024;

/**
 * Starts a local stand-in for Microsoft Graph on loopback: it answers the requests of the connector as Graph does, from
 * a directory that its owner changes, and issues the tokens of a managed identity. `address` replaces
 * `https://graph.microsoft.com/v1.0`. It rejects an unsupported request by name.
 */
export async function startGraphServer(options: GraphServerOptions): Promise<GraphServer> {
  const state = createState(options);
  const { directory, faults, counts, tokens } = state;
  const server = createServer({ keepAliveTimeout: 60_000, noDelay: true }, (message, response) => {
    void serve(state, message)
      .catch(toErrorReply)
      .then((reply) => sendReply(response, reply));
  });
  const closeConnections = watchConnections(server);
  state.origin = await listenOnLoopback(server, options.port);
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    await closeConnections();
    if (options.snapshotFile !== undefined)
      writeFileSync(options.snapshotFile, JSON.stringify(directory.snapshot()));
  };
  return {
    address: `${state.origin}${VERSION}`,
    identityEndpoint: `${state.origin}/msi/token`,
    directory,
    faults,
    counts,
    reset: () => reset(state),
    expireTokens: () => tokens.expire(),
    stop: () => (stopped ??= stop()),
  };
}

type State = ReturnType<typeof createState>;

function createState({
  identityHeader,
  snapshotFile,
  tokenLifetimeInSeconds = 3600,
  pageSize = 1000,
  clock = Date.now,
}: GraphServerOptions) {
  const state = {
    directory: new Directory(readSnapshot(snapshotFile)),
    faults: createGraphFaults(),
    counts: {} as RequestCounts,
    identityHeader,
    pageSize,
    clock,
    /** Set once the server listens. */
    origin: '',
    // Change numbers start anew with each run, so tokens of earlier runs are invalid.
    generation: randomInt(2 ** 32),
  };
  const resource = (): string => state.origin;
  const tokens = createIdentityTokens({
    identityHeader,
    resource,
    lifetimeInSeconds: tokenLifetimeInSeconds,
    clock,
  });
  return Object.assign(state, { tokens });
}

function reset(state: State): void {
  state.generation += 1;
}

async function serve(state: State, message: IncomingMessage): Promise<GraphReply> {
  const { method = 'GET', url = '/', headers } = message;
  const body = await readJson(message);
  if (url.startsWith('/msi/token?'))
    return state.tokens.issue(new URL(url, state.origin).searchParams, headers);
  if (url.startsWith('/_local/')) {
    if (headers['x-local-key'] !== state.identityHeader) throw badRequest('`x-local-key` is wrong');
    const local = { ...state, reset: () => reset(state) };
    return answerLocal(local, method, url.slice('/_local/'.length), body);
  }
  if (!state.tokens.isValid(headers.authorization)) throw expiredToken();
  if (!url.startsWith(`${VERSION}/`)) throw badRequest('Invalid version');
  const request = toGraphRequest(method, url.slice(VERSION.length), body);
  const drop = (): void => void message.socket.destroy();
  return answerGraph({ ...state, endpoint: `${state.origin}${VERSION}`, drop }, request);
}

function readSnapshot(file: string | undefined): DirectorySnapshot | undefined {
  if (file === undefined || !existsSync(file)) return undefined;
  return JSON.parse(readFileSync(file, 'utf8')) as DirectorySnapshot;
}

async function readJson(message: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_IN_BYTES)
      throw new GraphError(413, 'RequestEntityTooLarge', 'The request is too large.');
    chunks.push(chunk);
  }
  if (size === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(chunks).toString()) as unknown;
  } catch {
    throw badRequest('Unable to read JSON request payload.');
  }
}
