import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ServiceBusClient } from '@azure/service-bus';
import {
  openKeyVaultSecrets,
  openLocalSecrets,
  type WebhookSecretStore,
} from './webhookSecretStore.ts';
import type { StackDescription } from '../local/stack/startStack.ts';

/** An answer that takes longer comes from nowhere: the longest takes a hundred devices' time. */
const TIMEOUT_IN_MILLISECONDS = 120_000;

/** The system that the commands work on. */
export interface OpsTarget {
  /** Any request of the outer interface as an operator. @throws Error with what was answered where that is no success. */
  request(method: string, path: string, json?: object): Promise<unknown>;
  /** Everything of a list, page after page. */
  list(path: string): Promise<readonly unknown[]>;
  /** Of a local system those in its folder; else those in a secret of Key Vault. */
  webhookSecrets(vault: string | undefined, name: string | undefined): WebhookSecretStore;
  /** Made at the first use. */
  serviceBus(): Promise<ServiceBusClient>;
  close(): Promise<void>;
}

/** Where a deployed system is; what is not needed by a command may be missing. */
export interface DeployedAddresses {
  readonly api?: string | undefined;
  readonly audience?: string | undefined;
  readonly serviceBus?: string | undefined;
}

/**
 * A deployed system where any address is given, by the identity of whoever is signed in; else the one in `folder`. The
 * clients of Azure are loaded by the commands that need them: the others answer in half the time.
 */
export async function openOpsTarget(
  addresses: DeployedAddresses,
  folder: string,
): Promise<OpsTarget> {
  const isDeployed = Object.values(addresses).some((each) => each !== undefined);
  return isDeployed ? openDeployed(addresses) : openLocal(folder);
}

async function openDeployed({ api, audience, serviceBus }: DeployedAddresses): Promise<OpsTarget> {
  const { DefaultAzureCredential } = await import('@azure/identity');
  const credential = new DefaultAzureCredential();
  return createTarget({
    api: () => required(api, '--api https://…'),
    async token() {
      const scope = `${required(audience, '--audience api://…')}/.default`;
      return (await credential.getToken(scope)).token;
    },
    async openServiceBus() {
      const namespace = required(serviceBus, '--service-bus <namespace>.servicebus.windows.net');
      const { ServiceBusClient } = await import('@azure/service-bus');
      return new ServiceBusClient(namespace, credential);
    },
    webhookSecrets: (vault, name) =>
      openKeyVaultSecrets(
        required(vault, '--key-vault https://… --secret NAME'),
        required(name, '--secret NAME'),
        credential,
      ),
  });
}

function required(value: string | undefined, option: string): string {
  if (value !== undefined) return value;
  throw new TypeError(`this command needs ${option}`);
}

function openLocal(folder: string): OpsTarget {
  const where = resolve(folder);
  const stack = readStack(where);
  return createTarget({
    api: () => stack.api,
    token: () => fetchLocalToken(stack),
    async openServiceBus() {
      const { ServiceBusClient } = await import('@azure/service-bus');
      return new ServiceBusClient(stack.serviceBus);
    },
    webhookSecrets: () => openLocalSecrets(where),
  });
}

function readStack(folder: string): StackDescription {
  const file = join(folder, 'stack.json');
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as StackDescription;
  } catch {
    throw new Error(`no system runs on \`${folder}\`: start it with \`npm start\``);
  }
}

async function fetchLocalToken({ issuer, audience, clients }: StackDescription): Promise<string> {
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clients.admin.clientId,
      client_secret: clients.admin.clientSecret,
      scope: `${audience}/.default`,
    }),
  });
  const { access_token: token } = (await response.json()) as { readonly access_token: string };
  return token;
}

/** The system behind `fetch failed`. */
function reasonOf(error: unknown): string {
  const { cause, message } = error as Error;
  return cause instanceof Error && cause.message !== '' ? cause.message : message;
}

interface Page {
  readonly value: readonly unknown[];
  readonly '@odata.nextLink'?: string;
}

function createTarget(access: {
  readonly api: () => string;
  readonly token: () => Promise<string>;
  readonly openServiceBus: () => Promise<ServiceBusClient>;
  readonly webhookSecrets: OpsTarget['webhookSecrets'];
}): OpsTarget {
  let client: Promise<ServiceBusClient> | undefined;
  const request: OpsTarget['request'] = async (method, path, json) => {
    const origin = access.api().replace(/\/$/, '');
    const response = await fetch(`${origin}/api/${path}`, {
      method,
      signal: AbortSignal.timeout(TIMEOUT_IN_MILLISECONDS),
      headers: {
        authorization: `Bearer ${await access.token()}`,
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    }).catch((cause: unknown) => {
      throw new Error(`${origin} does not answer: ${reasonOf(cause)}`, { cause });
    });
    const text = await response.text();
    if (!response.ok)
      throw new Error(`${method} ${path} was answered ${String(response.status)}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
  return {
    request,
    async list(path) {
      const found: unknown[] = [];
      for (let query: string | undefined = ''; query !== undefined;) {
        const page = (await request('GET', `${path}${query}`)) as Page;
        found.push(...page.value);
        const { '@odata.nextLink': nextLink } = page;
        // Of the link what names the page: the token goes where the operator said.
        query = nextLink === undefined ? undefined : new URL(nextLink).search;
      }
      return found;
    },
    webhookSecrets: access.webhookSecrets,
    serviceBus: () => (client ??= access.openServiceBus()),
    async close() {
      await client?.then(
        (each) => each.close(),
        () => undefined,
      );
    },
  };
}
