import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IssuerClient } from '../issuer/startIssuer.ts';

export type LocalClient = 'caller' | 'admin' | 'sepMobile' | 'receiver';
export type LocalCaller = 'proxy' | 'radius' | 'nac';

/** What the local system is locked with: random, made once, and kept beside its data. */
export interface Secrets {
  readonly cosmosKey: string;
  readonly webhookSecret: string;
  /** What takes its place; until then both are good. */
  readonly nextWebhookSecret?: string;
  /** What callers show that cannot fetch tokens; the local proxy's is trusted with client certificates. */
  readonly callerKeys: Readonly<Record<LocalCaller, string>>;
  readonly ticketKey: string;
  /** What security events are signed with: PKCS #8 PEM in base64. */
  readonly ssfSigningKey: string;
  /** What the secrets of webhook endpoints are made from. */
  readonly webhookMasterKey: string;
  /** What the managed identity's endpoint wants to see. */
  readonly identityHeader: string;
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

/** Where the secrets of a folder stand. */
export function secretsFile(stateFolder: string): string {
  return join(stateFolder, 'secrets.json');
}

/** The secrets in the folder, made where they are not there yet. */
export function readSecrets(stateFolder: string): Secrets {
  const file = secretsFile(stateFolder);
  const known = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as Partial<Secrets>)
    : undefined;
  const secrets: Secrets = {
    cosmosKey: randomBytes(64).toString('base64'),
    webhookSecret: `whsec_${randomBytes(32).toString('base64')}`,
    ticketKey: randomBytes(32).toString('base64'),
    ssfSigningKey: createSigningKey(),
    webhookMasterKey: randomBytes(32).toString('base64'),
    identityHeader: createKey(),
    // What was made before stays, also where a later version has more to make.
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

/** What SEP Mobile may sign with by now: one secret, or two while one takes the other's place. */
export interface WebhookSecrets {
  readonly webhookSecret: string;
  readonly nextWebhookSecret?: string;
}

/** Those in the folder, as they are at this moment. */
export function readWebhookSecrets(stateFolder: string): WebhookSecrets {
  const { webhookSecret, nextWebhookSecret } = JSON.parse(
    readFileSync(secretsFile(stateFolder), 'utf8'),
  ) as Secrets;
  return { webhookSecret, ...(nextWebhookSecret === undefined ? {} : { nextWebhookSecret }) };
}

/** Puts these in place of those in the folder; the system that runs on it takes them up. */
export function writeWebhookSecrets(stateFolder: string, secrets: WebhookSecrets): void {
  const file = secretsFile(stateFolder);
  const { nextWebhookSecret: _, ...others } = JSON.parse(readFileSync(file, 'utf8')) as Secrets;
  writeFileSync(`${file}.new`, JSON.stringify({ ...others, ...secrets }), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** What a client may do is the code's to say, whenever its secret was made. */
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
