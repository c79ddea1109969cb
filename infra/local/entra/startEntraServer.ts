import { createServer, type IncomingMessage } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import type { TokenCredential } from '@azure/identity';
import { UnsecuredJWT } from 'jose';
import {
  badRequest,
  GraphError,
  sendReply,
  toErrorReply,
  type GraphReply,
} from '../graph/graphReply.ts';
import { toGraphRequest } from '../graph/toGraphRequest.ts';
import { listenOnLoopback } from '../listenOnLoopback.ts';
import type { LocalPart } from '../runPart.ts';
import { watchConnections } from '../watchConnections.ts';
import { answerEntra } from './answerEntra.ts';
import { createEntraState, type EntraState, type Principal } from './entraState.ts';
import { issueToken } from './issueToken.ts';

const VERSION = '/v1.0';
const LIFETIME_IN_MILLISECONDS = 3_600_000;

export interface EntraServerOptions {
  readonly principals: readonly Principal[];
  /** The maximum number of entries per page. */
  readonly pageSize?: number;
  /** For how many requests a new application is unknown to other requests. */
  readonly lag?: number;
}

/** A tenant, where applications are registered. */
export interface EntraServer extends LocalPart {
  readonly state: EntraState;
  /** What was asked, as `POST servicePrincipals 201`. */
  readonly requests: readonly string[];
  /** What the next requests are answered instead: a status, and after how many seconds to ask again. */
  readonly throttled: { left: number };
  /** The credential of a principal that has signed in with `az login`. */
  credentialOf(principalId: string): TokenCredential;
}

/**
 * Starts a stand-in for the part of Microsoft Graph that registers applications and assigns their roles, and for the
 * tokens that Entra then issues. It refuses what Graph refuses: a missing permission, an unknown or read-only property,
 * a change of an enabled role, a scope that is used in the request that makes it, a duplicate, an object that has not
 * been replicated yet. `address` replaces `https://graph.microsoft.com`. Its tokens are unsigned.
 */
export async function startEntraServer(options: EntraServerOptions): Promise<EntraServer> {
  const state = createEntraState();
  for (const principal of options.principals) state.principals.set(principal.id, principal);
  const requests: string[] = [];
  const throttled = { left: 0 };
  const server = createServer((message, response) => {
    void serve(message, { ...options, state, throttled })
      .catch(toErrorReply)
      .then((reply) => {
        requests.push(`${message.method ?? ''} ${nameOf(message)} ${String(reply.status)}`);
        sendReply(response, reply);
      });
  });
  const stop = watchConnections(server);
  const address = await listenOnLoopback(server);
  return {
    address,
    state,
    requests,
    throttled,
    stop,
    credentialOf: (principalId) => ({
      getToken: async (scope) => ({
        token: toToken(state, address, principalId, String(scope)),
        expiresOnTimestamp: Date.now() + LIFETIME_IN_MILLISECONDS,
      }),
    }),
  };
}

/** A token of Graph is opaque to its holder; that of an API is a JWT. @throws Error as `az` does */
function toToken(state: EntraState, address: string, principalId: string, scope: string): string {
  const audience = scope.replace(/\/\.default$/, '');
  if (audience === address) return principalId;
  const principal = state.principals.get(principalId);
  if (principal === undefined) throw new Error('AADSTS50020: there is no such principal');
  return new UnsecuredJWT(issueToken(state, principal, audience)).encode();
}

type Serving = EntraServerOptions & {
  readonly state: EntraState;
  readonly throttled: { left: number };
};

async function serve(
  message: IncomingMessage,
  { state, throttled, pageSize = 100, lag = 0 }: Serving,
): Promise<GraphReply> {
  const { method = 'GET', url = '/', headers } = message;
  const body = await readJson(message);
  if (throttled.left > 0) {
    throttled.left -= 1;
    throw new GraphError(429, 'TooManyRequests', 'Too many requests', { 'retry-after': '0' });
  }
  const sender = state.principals.get(headers.authorization?.replace('Bearer ', '') ?? '');
  if (sender === undefined)
    throw new GraphError(401, 'InvalidAuthenticationToken', 'Access token validation failure.');
  if (!url.startsWith(`${VERSION}/`)) throw badRequest('Invalid version');
  const request = toGraphRequest(method, url.slice(VERSION.length), body);
  const endpoint = `http://${headers.host ?? ''}${VERSION}`;
  const prefer = headers['prefer']?.toString();
  return answerEntra({ ...request, state, sender, prefer, endpoint, pageSize, lag });
}

/** The path without ids and query. */
function nameOf({ url = '/' }: IncomingMessage): string {
  const [path = ''] = decodeURIComponent(url)
    .slice(VERSION.length + 1)
    .split('?');
  return path.replaceAll(/\/[\da-f-]{36}/g, '/{id}').replaceAll(/'[^']*'/g, "'…'");
}

async function readJson(message: IncomingMessage): Promise<unknown> {
  const text = await readText(message);
  if (text === '') return undefined;
  if (message.headers['content-type'] !== 'application/json')
    throw new GraphError(415, 'UnsupportedMediaType', 'The content type must be application/json.');
  return JSON.parse(text) as unknown;
}
