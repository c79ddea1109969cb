import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IssuerClient } from '../issuer/startIssuer.ts';
import { defined } from '../../../shared/base/defined.ts';

export type LocalClient = 'caller' | 'admin' | 'sepMobile' | 'receiver';
export type LocalCaller = 'proxy' | 'radius' | 'nac';

/** The secrets of event sources by their ids. */
export type EventSourceSecrets = Readonly<Record<string, readonly string[]>>;

/** The secrets of a local system: random, created once, and stored beside its data. */
export interface Secrets {
  readonly cosmosKey: string;
  readonly webhookSecret: string;
  /** The next webhook secret during a rotation; both are valid. */
  readonly nextWebhookSecret?: string;
  /** The keys of callers that cannot fetch tokens; the proxy's is trusted to report client certificates. */
  readonly callerKeys: Readonly<Record<LocalCaller, string>>;
  /** By event source: one secret, or two during a rotation. */
  readonly eventSourceSecrets: EventSourceSecrets;
  readonly ticketKey: string;
  /** The key for the MACs of queue messages. */
  readonly messageKey: string;
  /** The key that signs security events: PKCS #8 PEM in base64. */
  readonly ssfSigningKey: string;
  /** The key from which the secrets of webhook endpoints are derived. */
  readonly webhookMasterKey: string;
  /** The header that the managed identity's endpoint requires. */
  readonly identityHeader: string;
  /** The OAuth credential of the stand-in for Symantec's event export. */
  readonly sesCredential: string;
  readonly clients: Readonly<Record<LocalClient, IssuerClient>>;
}

const ROLES = {
  caller: ['Devices.Read.All', 'Access.Decide'],
  admin: [
    'Devices.Read.All',
    'Devices.ReadWrite.All',
    'Access.Decide',
    'Telemetry.Write',
    'Configuration.Read.All',
    'Configuration.ReadWrite.All',
  ],
  sepMobile: ['Telemetry.Write'],
  receiver: ['ssf.read', 'ssf.manage'],
} as const;

/** The file with the secrets of a system. */
export function secretsFile(stateFolder: string): string {
  return join(stateFolder, 'secrets.json');
}

/** Reads the secrets in the folder, and creates and stores missing ones. */
export function readSecrets(stateFolder: string): Secrets {
  const file = secretsFile(stateFolder);
  const known = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as Partial<Secrets>)
    : undefined;
  const secrets: Secrets = {
    cosmosKey: randomBytes(64).toString('base64'),
    webhookSecret: `whsec_${randomBytes(32).toString('base64')}`,
    ticketKey: randomBytes(32).toString('base64'),
    messageKey: randomBytes(32).toString('base64'),
    ssfSigningKey: createSigningKey(),
    webhookMasterKey: randomBytes(32).toString('base64'),
    identityHeader: createKey(),
    sesCredential: createKey(),
    eventSourceSecrets: {},
    // Known secrets stay when a later version adds more.
    ...known,
    clients: { ...createClients(), ...known?.clients },
    callerKeys: {
      proxy: createKey(),
      radius: createKey(),
      nac: createKey(),
      ...known?.callerKeys,
    },
  };
  writeFileSync(file, JSON.stringify(secrets), { mode: 0o600 });
  return withRoles(secrets);
}

/** The secrets with which SEP Mobile may sign: one, or two during a rotation. */
export interface WebhookSecrets {
  readonly webhookSecret: string;
  readonly nextWebhookSecret?: string;
}

/** Reads the current webhook secrets in the folder. */
export function readWebhookSecrets(stateFolder: string): WebhookSecrets {
  const { webhookSecret, nextWebhookSecret } = JSON.parse(
    readFileSync(secretsFile(stateFolder), 'utf8'),
  ) as Secrets;
  return { webhookSecret, ...defined({ nextWebhookSecret }) };
}

/** Replaces the webhook secrets in the folder. A running system restarts its worker with them. */
export function writeWebhookSecrets(stateFolder: string, secrets: WebhookSecrets): void {
  writeSecrets(stateFolder, (known) => {
    const { nextWebhookSecret: _, ...others } = known;
    return { ...others, ...secrets };
  });
}

type CallerKeys = Secrets['callerKeys'];

/** Reads the current keys of callers in the folder. */
export function readLocalCallerKeys(stateFolder: string): CallerKeys {
  return (JSON.parse(readFileSync(secretsFile(stateFolder), 'utf8')) as Secrets).callerKeys;
}

/**
 * Replaces the keys of callers in the folder. A caller of the local system always has a key, so one that `keys` lacks
 * gets a new one. A running system restarts its worker with them.
 */
export function writeLocalCallerKeys(
  stateFolder: string,
  { proxy = createKey(), radius = createKey(), nac = createKey() }: Partial<CallerKeys>,
): void {
  writeSecrets(stateFolder, (secrets) => ({ ...secrets, callerKeys: { proxy, radius, nac } }));
}

/** Reads the current secrets of event sources in the folder. */
export function readLocalSourceSecrets(stateFolder: string): EventSourceSecrets {
  return (JSON.parse(readFileSync(secretsFile(stateFolder), 'utf8')) as Secrets).eventSourceSecrets;
}

/** Replaces the secrets of event sources in the folder. A running system restarts its worker with them. */
export function writeLocalSourceSecrets(
  stateFolder: string,
  eventSourceSecrets: EventSourceSecrets,
): void {
  writeSecrets(stateFolder, (secrets) => ({ ...secrets, eventSourceSecrets }));
}

function writeSecrets(stateFolder: string, change: (secrets: Secrets) => Secrets): void {
  const file = secretsFile(stateFolder);
  const secrets = JSON.parse(readFileSync(file, 'utf8')) as Secrets;
  writeFileSync(`${file}.new`, JSON.stringify(change(secrets)), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Replaces stored roles with those of this version. */
function withRoles({ clients, ...secrets }: Secrets): Secrets {
  return {
    ...secrets,
    clients: {
      caller: { ...clients.caller, roles: ROLES.caller },
      admin: { ...clients.admin, roles: ROLES.admin },
      sepMobile: { ...clients.sepMobile, roles: ROLES.sepMobile },
      receiver: { ...clients.receiver, roles: ROLES.receiver },
    },
  };
}

function createKey(): string {
  return randomBytes(32).toString('base64url');
}

function createClients(): Secrets['clients'] {
  return {
    caller: createClient('caller'),
    admin: createClient('admin'),
    sepMobile: createClient('sepMobile'),
    receiver: createClient('receiver'),
  };
}

function createSigningKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  return Buffer.from(pem).toString('base64');
}

function createClient(clientId: keyof typeof ROLES): IssuerClient {
  const clientSecret = randomBytes(24).toString('base64url');
  return { clientId, clientSecret, roles: ROLES[clientId] };
}
