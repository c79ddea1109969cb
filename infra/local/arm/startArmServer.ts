import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LocalPart } from '../runPart.ts';
import { watchConnections } from '../watchConnections.ts';
import { answerArm } from './answerArm.ts';
import { answerKudu, type PublishedPackage } from './answerKudu.ts';
import { createArmState, type ArmFaults, type ArmState } from './armState.ts';

/** An answer, before it is written. */
export interface ArmReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface ArmServerOptions {
  /** What the stack of a deployment says at its end. */
  readonly outputs: () => Readonly<Record<string, string>>;
  /** The secrets of the vault, by their name. */
  readonly secrets: Map<string, string>;
  /** The token for an audience, as the identity of a signed-in operator gets it. */
  readonly tokenFor: (resource: string) => Promise<string>;
}

export interface ArmServer extends LocalPart {
  readonly faults: ArmFaults;
  readonly state: ArmState;
  readonly packages: readonly PublishedPackage[];
}

const AZURE = 'of-azure';
const VAULT = 'of-the-vault';

/**
 * Stands for what of Azure a deployment speaks to, and cannot be had on one machine: Azure Resource Manager (resource
 * groups, validate, what-if, deployment stacks, operations that take long), Kudu's One deploy, Key Vault's secrets and
 * the identity endpoint. It keeps resources by the names that they have in the template; it evaluates no expression and
 * knows no resource type, so what it takes Azure may refuse.
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
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${String(port)}`,
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
  const url = new URL(request.url ?? '/', `http://${request.headers.host ?? ''}`);
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const isFor = (token: string): boolean => request.headers.authorization === `Bearer ${token}`;
  if (url.pathname === '/msi/token') return answerIdentity(url, options);
  if (url.pathname.startsWith('/secrets/'))
    return isFor(VAULT) ? answerVault(url, options) : { status: 401, body: {} };
  const fault = takeFault(state.faults);
  if (fault !== undefined) return fault;
  if (!isFor(AZURE))
    return { status: 401, body: { error: { code: 'InvalidAuthenticationToken', message: 'no' } } };
  if (url.pathname.startsWith('/api/'))
    return answerKudu(request.method ?? '', url, body, packages, state.faults.packageStatus);
  const json = body.length === 0 ? {} : (JSON.parse(body.toString()) as object);
  return answerArm(request.method ?? '', url, json, state, options.outputs);
}

function takeFault(faults: ArmFaults): ArmReply | undefined {
  if (faults.reset > 0) {
    faults.reset -= 1;
    return { status: 0 };
  }
  if (faults.throttled > 0) {
    faults.throttled -= 1;
    const error = { code: 'TooManyRequests', message: 'slow down' };
    return { status: 429, headers: { 'retry-after': '0' }, body: { error } };
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
    'https://management.azure.com': AZURE,
    'https://vault.azure.net': VAULT,
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
