import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IssuerClient } from '../issuer/startIssuer.ts';

/** What the local system is locked with: random, made once, and kept beside its data. */
export interface Secrets {
  readonly cosmosKey: string;
  readonly webhookSecret: string;
  readonly clients: Readonly<Record<'caller' | 'admin' | 'sepMobile', IssuerClient>>;
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
} as const;

/** The secrets in the folder, made where they are not there yet. */
export function readSecrets(stateFolder: string): Secrets {
  const file = join(stateFolder, 'secrets.json');
  if (existsSync(file)) return withRoles(JSON.parse(readFileSync(file, 'utf8')) as Secrets);
  const secrets: Secrets = {
    cosmosKey: randomBytes(64).toString('base64'),
    webhookSecret: `whsec_${randomBytes(32).toString('base64')}`,
    clients: {
      caller: createClient('caller'),
      admin: createClient('admin'),
      sepMobile: createClient('sepMobile'),
    },
  };
  writeFileSync(file, JSON.stringify(secrets), { mode: 0o600 });
  return secrets;
}

/** What a client may do is the code's to say, whenever its secret was made. */
function withRoles({ clients, ...secrets }: Secrets): Secrets {
  return {
    ...secrets,
    clients: {
      caller: { ...clients.caller, roles: ROLES.caller },
      admin: { ...clients.admin, roles: ROLES.admin },
      sepMobile: { ...clients.sepMobile, roles: ROLES.sepMobile },
    },
  };
}

function createClient(clientId: keyof typeof ROLES): IssuerClient {
  const clientSecret = randomBytes(24).toString('base64url');
  return { clientId, clientSecret, roles: ROLES[clientId] };
}
