import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { listenOnLoopback } from '../listenOnLoopback.ts';
import type { LocalPart } from '../runPart.ts';
import { watchConnections } from '../watchConnections.ts';
import { answerArm } from './answerArm.ts';
import { answerIdentity, AZURE_TOKEN, VAULT_TOKEN, type TokenFor } from './answerIdentity.ts';
import type { PublishedPackage } from './answerKudu.ts';
import { answerScm } from './answerScm.ts';
import { answerVaultData } from './answerVault.ts';
import { toErrorReply, type ArmReply } from './armReply.ts';
import { createArmState, type ArmFaults, type ArmState } from './armState.ts';

export interface ArmServerOptions {
  /** Outputs of a deployed stack that replace those of the template, such as the address of a local system. */
  readonly outputs: () => Readonly<Record<string, string>>;
  /** The secrets of the vault, by name. */
  readonly secrets: Map<string, string>;
  /** The token for an audience, as the identity of a signed-in operator gets it. */
  readonly tokenFor: TokenFor;
}

export interface ArmServer extends LocalPart {
  readonly faults: ArmFaults;
  readonly state: ArmState;
  readonly packages: readonly PublishedPackage[];
}

interface Serving extends ArmServerOptions {
  readonly state: ArmState;
  /** The resources that somebody has asked a token for. */
  readonly asked: Set<string>;
}

/**
 * Starts a stand-in for the parts of Azure that a deployment calls and that one machine cannot run: Azure Resource
 * Manager, Kudu's One deploy, Key Vault's secrets and the identity endpoint. It evaluates the templates' expressions, and
 * refuses what `resourceRules.ts` and the answers name. It knows no other rule of a resource type, so Azure may reject a
 * template that it accepts.
 */
export async function startArmServer(options: ArmServerOptions): Promise<ArmServer> {
  const state = createArmState(options.secrets);
  const serving: Serving = { ...options, state, asked: new Set() };
  const server = createServer((request, response) => {
    answer(request, serving).then(
      (reply) => write(request, response, reply),
      () => response.destroy(),
    );
  });
  const closeConnections = watchConnections(server);
  return {
    address: await listenOnLoopback(server),
    faults: state.faults,
    state,
    packages: state.packages,
    stop: closeConnections,
  };
}

function write(request: IncomingMessage, response: ServerResponse, reply: ArmReply): void {
  const { status, headers = {}, body } = reply;
  if (status === 0) {
    request.socket.destroy();
    return;
  }
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(body === undefined ? '' : JSON.stringify(body));
}

async function answer(request: IncomingMessage, serving: Serving): Promise<ArmReply> {
  const { method = '', headers } = request;
  const { state, outputs } = serving;
  const url = new URL(request.url ?? '/', `http://${headers.host ?? ''}`);
  const body = await buffer(request);
  const hasToken = (token: string): boolean => headers.authorization === `Bearer ${token}`;
  if (url.pathname === '/msi/token') return answerIdentity(url, state, serving);
  if (url.pathname.startsWith('/secrets/'))
    return hasToken(VAULT_TOKEN) ? answerVaultData(url.pathname, state) : { status: 401, body: {} };
  const fault = takeFault(state.faults);
  if (fault !== undefined) return fault;
  if (!hasToken(AZURE_TOKEN))
    return toErrorReply(401, 'InvalidAuthenticationToken', 'The access token is invalid.');
  if (url.pathname.startsWith('/api/')) return answerScm(state, { method, url, body });
  const json = body.length === 0 ? {} : (JSON.parse(body.toString()) as object);
  return answerArm({ method, url, body: json, state, outputs });
}

function takeFault(faults: ArmFaults): ArmReply | undefined {
  if (faults.reset > 0) {
    faults.reset -= 1;
    return { status: 0 };
  }
  if (faults.throttled > 0) {
    faults.throttled -= 1;
    const headers = { 'retry-after': '0' };
    return { ...toErrorReply(429, 'TooManyRequests', 'Too many requests.'), headers };
  }
  if (faults.unavailable > 0) {
    faults.unavailable -= 1;
    return { status: 503, headers: { 'retry-after': '0' }, body: {} };
  }
  return undefined;
}
