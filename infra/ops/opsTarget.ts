import { resolve } from 'node:path';
import type { ServiceBusClient } from '@azure/service-bus';
import type { CommandIo } from '../cli/commandIo.ts';
import { openKeyVaultEntries, type EntryStore } from '../cli/entryStore.ts';
import { openKeyVaultSecrets, type WebhookSecretStore } from '../cli/webhookSecretStore.ts';
import { requireEndpoint } from '../cli/requireEndpoint.ts';
import { toProblem } from '../cli/toProblem.ts';
import {
  openLocalCallerKeys,
  openLocalSecrets,
  openLocalSourceSecrets,
} from './openLocalSecrets.ts';
import { fetchLocalToken, readLocalSystem } from './localSystem.ts';
import type { StackDescription } from '../local/stack/startStack.ts';

/** The slowest request evaluates a hundred devices; a longer wait means that no answer will come. */
const TIMEOUT_IN_MILLISECONDS = 120_000;

/** The system that the commands work on. */
export interface OpsTarget {
  /** The address of a path of the API. */
  address(path: string): string;
  /**
   * Sends an API request as an operator and returns the JSON answer. Bytes are sent as they are, anything else as JSON.
   * @throws Error with the problem unless it succeeds.
   */
  request(method: string, path: string, body?: object): Promise<unknown>;
  /** Returns all entries of a list, page by page. */
  list(path: string): Promise<readonly unknown[]>;
  /** A local system stores its secrets in its folder, a deployed one in a secret of Key Vault. */
  webhookSecrets(vault: string | undefined, name: string | undefined): Promise<WebhookSecretStore>;
  /** The keys of callers, in the same places. */
  callerKeys(vault: string | undefined, name: string | undefined): Promise<EntryStore>;
  /** The secrets of event sources, in the same places. */
  sourceSecrets(vault: string | undefined, name: string | undefined): Promise<EntryStore>;
  /** Created on first use. */
  serviceBus(): Promise<ServiceBusClient>;
  close(): Promise<void>;
}

/** The addresses of a deployed system. Each command needs only some of them. */
export interface DeployedAddresses {
  readonly api?: string | undefined;
  readonly audience?: string | undefined;
  readonly serviceBus?: string | undefined;
}

/**
 * Opens a deployed system if any address is given, with the signed-in identity; else the local system in `folder`.
 * @throws UsageError if the address of the API is no URL.
 */
export async function openOpsTarget(
  addresses: DeployedAddresses,
  folder: string,
  io: CommandIo,
): Promise<OpsTarget> {
  const isDeployed = Object.values(addresses).some((each) => each !== undefined);
  return isDeployed ? openDeployed(addresses, io) : openLocal(folder, io);
}

async function openDeployed(
  { api, audience, serviceBus }: DeployedAddresses,
  { fetch, pause, signIn }: CommandIo,
): Promise<OpsTarget> {
  if (api !== undefined) requireEndpoint('--api', api);
  const credential = await signIn();
  return createTarget({
    fetch,
    wait: pause,
    api: () => required(api, '--api https://…'),
    async token() {
      const scope = `${required(audience, '--audience api://…')}/.default`;
      return (await credential.getToken(scope))?.token ?? '';
    },
    async openServiceBus() {
      const namespace = required(serviceBus, '--service-bus <namespace>.servicebus.windows.net');
      const { ServiceBusClient } = await import('@azure/service-bus');
      return new ServiceBusClient(namespace, credential);
    },
    webhookSecrets: async (vault, name) =>
      openKeyVaultSecrets({ uri: toVault(vault), credential, fetch }, toSecretName(name)),
    callerKeys: async (vault, name) =>
      openKeyVaultEntries({ uri: toVault(vault), credential, fetch }, toSecretName(name)),
    sourceSecrets: async (vault, name) =>
      openKeyVaultEntries({ uri: toVault(vault), credential, fetch }, toSecretName(name)),
  });
}

function toVault(vault: string | undefined): string {
  return requireEndpoint('--key-vault', required(vault, '--key-vault https://… --secret NAME'));
}

function toSecretName(name: string | undefined): string {
  return required(name, '--secret NAME');
}

function required(value: string | undefined, option: string): string {
  if (value !== undefined) return value;
  throw new Error(`this command needs ${option}`);
}

function openLocal(folder: string, { fetch, pause }: CommandIo): OpsTarget {
  const path = resolve(folder);
  // Not every command needs a running system.
  const system = (): StackDescription => readLocalSystem(path);
  return createTarget({
    fetch,
    wait: pause,
    api: () => system().api,
    token: () => fetchLocalToken(system(), fetch),
    async openServiceBus() {
      const { ServiceBusClient } = await import('@azure/service-bus');
      return new ServiceBusClient(system().serviceBus);
    },
    webhookSecrets: async () => openLocalSecrets(path),
    callerKeys: async () => openLocalCallerKeys(path),
    sourceSecrets: async () => openLocalSourceSecrets(path),
  });
}

interface Page {
  readonly value: readonly unknown[];
  readonly '@odata.nextLink'?: string;
}

/** The differences between a local and a deployed system. */
interface TargetAccess {
  readonly fetch: typeof fetch;
  readonly wait: CommandIo['pause'];
  readonly api: () => string;
  readonly token: () => Promise<string>;
  readonly openServiceBus: () => Promise<ServiceBusClient>;
  readonly webhookSecrets: OpsTarget['webhookSecrets'];
  readonly callerKeys: OpsTarget['callerKeys'];
  readonly sourceSecrets: OpsTarget['sourceSecrets'];
}

function createTarget(access: TargetAccess): OpsTarget {
  let client: Promise<ServiceBusClient> | undefined;
  const request: OpsTarget['request'] = (method, path, body) =>
    sendRequest(access, method, path, body);
  return {
    address: (path) => toAddress(access, path),
    request,
    async list(path) {
      const found: unknown[] = [];
      for (let query: string | undefined = ''; query !== undefined;) {
        const page = (await request('GET', `${path}${query}`)) as Page;
        found.push(...page.value);
        const { '@odata.nextLink': nextLink } = page;
        // Only the query of the link is used, so the token goes to no address but the operator's. The link may be relative.
        query = nextLink === undefined ? undefined : new URL(nextLink, access.api()).search;
      }
      return found;
    },
    webhookSecrets: access.webhookSecrets,
    callerKeys: access.callerKeys,
    sourceSecrets: access.sourceSecrets,
    serviceBus: () => (client ??= access.openServiceBus()),
    async close() {
      await client?.then(
        (each) => each.close(),
        () => undefined,
      );
    },
  };
}

function toAddress({ api }: Pick<TargetAccess, 'api'>, path: string): string {
  return `${api().replace(/\/$/, '')}/api/${path}`;
}

function contentTypeOf(body: object): string {
  return body instanceof Uint8Array ? 'text/plain; charset=utf-8' : 'application/json';
}

function toBody(body: object): string | Uint8Array<ArrayBuffer> {
  return body instanceof Uint8Array ? Uint8Array.from(body) : JSON.stringify(body);
}

async function sendRequest(
  access: TargetAccess,
  method: string,
  path: string,
  body?: object,
): Promise<unknown> {
  const { fetch, wait, token } = access;
  const address = toAddress(access, path);
  const send = async (): Promise<Response> =>
    fetch(address, {
      method,
      signal: AbortSignal.timeout(TIMEOUT_IN_MILLISECONDS),
      headers: {
        authorization: `Bearer ${await token()}`,
        ...(body === undefined ? {} : { 'content-type': contentTypeOf(body) }),
      },
      ...(body === undefined ? {} : { body: toBody(body) }),
    }).catch((cause: unknown) => {
      throw new Error(`${new URL(address).origin} does not answer: ${reasonOf(cause)}`, { cause });
    });
  const response = await sendUntilAccepted(send, wait);
  const text = await response.text();
  if (!response.ok)
    throw new Error(toProblem(text) || `${method} ${path} answered ${String(response.status)}`);
  return text === '' ? undefined : JSON.parse(text);
}

const TOO_MANY_REQUESTS = 429;
const MAX_TRIES = 10;

/** Repeats a request that came too early: a long list uses up the rate of its caller. A refused request changed nothing. */
async function sendUntilAccepted(
  send: () => Promise<Response>,
  wait: CommandIo['pause'],
): Promise<Response> {
  for (let tries = 1; ; tries += 1) {
    const response = await send();
    if (response.status !== TOO_MANY_REQUESTS || tries === MAX_TRIES) return response;
    await response.body?.cancel();
    await wait(1000 * Number(response.headers.get('retry-after') ?? 1));
  }
}

/** The system error behind `fetch failed`. */
function reasonOf(error: unknown): string {
  const { cause, message } = error as Error;
  return cause instanceof Error && cause.message !== '' ? cause.message : message;
}
