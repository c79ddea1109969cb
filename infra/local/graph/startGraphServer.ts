import { randomInt } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listenOnLoopback } from '../listenOnLoopback.ts';
import type { LocalPart } from '../runPart.ts';
import { watchConnections } from '../watchConnections.ts';
import { answerGraph, type RequestCounts } from './answer.ts';
import { answerLocal } from './answerLocal.ts';
import { createDirectory, type Directory, type DirectorySnapshot } from './directory.ts';
import { createGraphFaults, expiredToken, type GraphFaults } from './faults.ts';
import { badRequest, GraphError, type GraphReply } from './graphReply.ts';
import { createIdentityTokens } from './identityTokens.ts';
import { toGraphRequest } from './toGraphRequest.ts';

export interface GraphServerOptions {
  /** 0, or nothing, for a free one. */
  readonly port?: number;
  /** What `IDENTITY_HEADER` holds; also what `/_local` wants to see. */
  readonly identityHeader: string;
  readonly tokenLifetimeInSeconds?: number;
  /** At most this many objects a page; Intune gives 1,000. */
  readonly pageSize?: number;
  /** Where the directory stays when the server stops; absent: it does not. */
  readonly snapshotFile?: string;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
}

export interface GraphServer extends LocalPart {
  readonly directory: Directory;
  readonly faults: GraphFaults;
  readonly counts: RequestCounts;
  /** What `IDENTITY_ENDPOINT` holds. */
  readonly identityEndpoint: string;
  /** Every client has to begin anew: the tokens of before are answered with 410. */
  reset(): void;
  /** Ends every access token that was given. */
  expireTokens(): void;
}

const VERSION = '/v1.0';
const MAX_BODY_IN_BYTES = 4 * 1024 * 1024;

/**
 * Starts a server of our own on loopback that answers what the connector asks of Microsoft Graph, in Graph's words, from
 * a directory that its owner changes; with it the managed identity endpoint that gives the tokens. `address` is what
 * stands for `https://graph.microsoft.com/v1.0`. What it does not have it refuses by name.
 */
export async function startGraphServer(options: GraphServerOptions): Promise<GraphServer> {
  const { port = 0, identityHeader, pageSize = 1000, clock = Date.now } = options;
  const directory = createDirectory(readSnapshot(options.snapshotFile));
  const faults = createGraphFaults();
  const counts: RequestCounts = {};
  let origin = '';
  // The numbers of changes begin anew with each start, and with them the tokens.
  let generation = randomInt(2 ** 32);
  const tokens = createIdentityTokens({
    identityHeader,
    resource: () => origin,
    lifetimeInSeconds: options.tokenLifetimeInSeconds ?? 3600,
    clock,
  });
  const reset = (): void => void (generation += 1);
  const endpoint = (): string => `${origin}${VERSION}`;
  const state = { directory, endpoint, pageSize, clock, generation: () => generation };

  const serve = async (message: IncomingMessage): Promise<GraphReply> => {
    const { method = 'GET', url = '/', headers } = message;
    const body = await readJson(message);
    if (url.startsWith('/msi/token?'))
      return tokens.give(new URL(url, origin).searchParams, headers);
    if (url.startsWith('/_local/')) {
      if (headers['x-local-key'] !== identityHeader) throw badRequest('`x-local-key` is wrong');
      return answerLocal({ directory, faults, counts, reset }, method, url.slice(8), body);
    }
    if (!tokens.isValid(headers.authorization)) throw expiredToken();
    if (!url.startsWith(`${VERSION}/`)) throw badRequest('Invalid version');
    const drop = (): void => void message.socket.destroy();
    return answerGraph(
      { ...state, faults, counts, drop },
      toGraphRequest(method, url.slice(VERSION.length), body),
    );
  };

  const server = createServer({ keepAliveTimeout: 60_000, noDelay: true }, (message, response) => {
    void serve(message)
      .catch(toErrorReply)
      .then((reply) => send(response, reply));
  });
  const closeConnections = watchConnections(server);
  origin = await listenOnLoopback(server, port);
  let stopped: Promise<void> | undefined;
  return {
    address: endpoint(),
    identityEndpoint: `${origin}/msi/token`,
    directory,
    faults,
    counts,
    reset,
    expireTokens: () => tokens.expire(),
    stop: () =>
      (stopped ??= closeConnections().then(() => {
        if (options.snapshotFile === undefined) return;
        writeFileSync(options.snapshotFile, JSON.stringify(directory.snapshot()));
      })),
  };
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

function toErrorReply(error: unknown): GraphReply {
  if (error instanceof GraphError) return error.reply;
  return new GraphError(500, 'generalException', String(error)).reply;
}

function send(response: ServerResponse, { status, headers = {}, body }: GraphReply): void {
  if (response.destroyed) return;
  const text = body === undefined ? '' : JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
}
