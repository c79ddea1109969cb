import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listenOnLoopback } from '../listenOnLoopback.ts';
import type { LocalPart } from '../runPart.ts';
import { watchConnections } from '../watchConnections.ts';
import { answerArm } from './answerArm.ts';
import { answerKudu, type PublishedPackage } from './answerKudu.ts';
import { toErrorReply, type ArmReply } from './armReply.ts';
import { createArmState, type ArmFaults, type ArmState } from './armState.ts';

export interface ArmServerOptions {
  /** The outputs of a deployed stack. */
  readonly outputs: () => Readonly<Record<string, string>>;
  /** The secrets of the vault, by name. */
  readonly secrets: Map<string, string>;
  /** The token for an audience, as the identity of a signed-in operator gets it. */
  readonly tokenFor: (resource: string) => Promise<string>;
}

export interface ArmServer extends LocalPart {
  readonly faults: ArmFaults;
  readonly state: ArmState;
  readonly packages: readonly PublishedPackage[];
}

const AZURE_TOKEN = 'of-azure';
const VAULT_TOKEN = 'of-the-vault';

/**
 * Starts a stand-in for the parts of Azure that a deployment calls and that one machine cannot run: Azure Resource
 * Manager (resource groups, validate, what-if, deployment stacks, long-running operations), Kudu's One deploy, Key
 * Vault's secrets and the identity endpoint. It stores resources under their template symbols, evaluates only parameter
 * expressions and knows no resource types, so Azure may reject a template that it accepts.
 */
export async function startArmServer(options: ArmServerOptions): Promise<ArmServer> {
  const state = createArmState();
  const packages: PublishedPackage[] = [];
  const server = createServer((request, response) => {
    answer(request, state, packages, options).then(
      (reply) => write(request, response, reply),
      () => response.destroy(),
    );
  });
  const closeConnections = watchConnections(server);
  return {
    address: await listenOnLoopback(server),
    faults: state.faults,
    state,
    packages,
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

async function answer(
  request: IncomingMessage,
  state: ArmState,
  packages: PublishedPackage[],
  options: ArmServerOptions,
): Promise<ArmReply> {
  const { method = '', headers } = request;
  const url = new URL(request.url ?? '/', `http://${headers.host ?? ''}`);
  const body = await readBody(request);
  const hasToken = (token: string): boolean => headers.authorization === `Bearer ${token}`;
  if (url.pathname === '/msi/token') return answerIdentity(url, options);
  if (url.pathname.startsWith('/secrets/'))
    return hasToken(VAULT_TOKEN) ? answerVault(url, options) : { status: 401, body: {} };
  const fault = takeFault(state.faults);
  if (fault !== undefined) return fault;
  if (!hasToken(AZURE_TOKEN))
    return toErrorReply(401, 'InvalidAuthenticationToken', 'The access token is invalid.');
  if (url.pathname.startsWith('/api/')) {
    const finalStatus = state.faults.packageStatus;
    return answerKudu({ method, url, body, packages, finalStatus });
  }
  const json = body.length === 0 ? {} : (JSON.parse(body.toString()) as object);
  return answerArm({ method, url, body: json, state, outputs: options.outputs });
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
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

async function answerIdentity(url: URL, { tokenFor }: ArmServerOptions): Promise<ArmReply> {
  const resource = url.searchParams.get('resource') ?? '';
  const known: Readonly<Record<string, string>> = {
    'https://management.azure.com': AZURE_TOKEN,
    'https://vault.azure.net': VAULT_TOKEN,
  };
  return {
    status: 200,
    body: {
      access_token: known[resource] ?? (await tokenFor(resource)),
      expires_on: String(Math.floor(Date.now() / 1000) + 3600),
      resource,
      token_type: 'Bearer',
    },
  };
}

function answerVault(url: URL, { secrets }: ArmServerOptions): ArmReply {
  const [, , name = '', part] = url.pathname.split('/');
  const value = secrets.get(name);
  if (part === 'versions')
    return { status: 200, body: { value: value === undefined ? [] : [{ id: name }] } };
  return value === undefined ? { status: 404, body: {} } : { status: 200, body: { value } };
}
