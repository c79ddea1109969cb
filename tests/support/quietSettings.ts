import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readSecrets } from '../../infra/local/stack/secrets.ts';
import { startCloudflareTeam, type CloudflareTeam } from './cloudflareTeam.ts';
import { WITHOUT_TIMERS } from './withoutTimers.ts';

/** Only a batch of requests exceeds it. */
const MANY_DECISIONS_PER_SECOND = '500';

/** The callers that may pass on client certificates. */
export const TRUSTED_PROXIES = 'proxy radius';

/** Entra's authentication events service, as Microsoft's documentation names it. */
export const AUTHENTICATION_EVENTS = '99045fe1-7639-4a75-9d4a-577b6ca3810f';
/** A key with the name of Entra's service. It is no trusted proxy. */
export const KEY_NAMED_ENTRA = 'a-key-whose-owner-took-the-name-of-entra-0';

/** The keys of NACs by name: two of Cisco, two of other vendors. */
export const NAC_KEYS = {
  ise: 'ise-key-0123456789-0123456789-0123456789',
  otherIse: 'other-key-0123456789-0123456789-01234567',
  forescout: 'forescout-key-0123456789-0123456789-abc',
  clearpass: 'clearpass-key-0123456789-0123456789-abc',
};

/** Keys of callers that are limited to endpoints, with what limits them. */
export const LIMITED_KEYS = {
  'wifi-controller': { key: createKey(), scopes: 'radius/wifi' },
  'payroll-site': { key: createKey(), scopes: 'nginx/companyApp:Payr%C3%B6ll%2Ceu,envoy' },
};

/** The secrets of event sources: of each the new one and the old one. */
export const SOURCE_SECRETS = {
  siem: [createKey(), createKey()],
  zimperium: [`whsec_${randomBytes(32).toString('base64')}`],
  lookout: [createKey()],
} as const;

/** The VLAN for enrolled devices that are blocked. */
export const QUARANTINE_VLAN = 'quarantine-30';

/** The key for tickets; the old key only decrypts. */
export const TICKET_KEY = randomBytes(32);
export const OLD_TICKET_KEY = randomBytes(32);

/** The AUD tag of the Access application in front of the posture API. */
export const CLOUDFLARE_AUDIENCE =
  '32eafc7626e974616deaf0dc3ce63d7bcbed58a2731e84d06bc3cdf1b53c4228';

/** Shorter than the four seconds of a slow database, so that Entra's request ends first. */
export const ENTRA_TIMEOUT_IN_MILLISECONDS = 2500;

let team: Promise<CloudflareTeam> | undefined;

/** The Cloudflare team that the quiet system of this process knows. */
export function quietTeam(): Promise<CloudflareTeam> {
  return (team ??= startCloudflareTeam());
}

/** The settings of the quiet system: every caller can ask it, and no timer runs. */
export async function quietSettings(stateFolder: string): Promise<Record<string, string>> {
  const { callerKeys } = readSecrets(stateFolder);
  const { proxy, radius, nac } = callerKeys;
  const toText = (keys: Readonly<Record<string, string>>): string =>
    Object.entries(keys)
      .map(([name, key]) => `${name}=${key}`)
      .join(' ');
  const { domain } = await quietTeam();
  return {
    ...WITHOUT_TIMERS,
    CALLER_KEYS: [
      toText({ proxy, radius, [AUTHENTICATION_EVENTS]: KEY_NAMED_ENTRA }),
      ...Object.entries(LIMITED_KEYS).map(([name, { key, scopes }]) => `${name}=${key}@${scopes}`),
    ].join(' '),
    NAC_KEYS: toText({ nac, ...NAC_KEYS }),
    TRUSTED_PROXIES,
    DECISIONS_PER_SECOND: MANY_DECISIONS_PER_SECOND,
    RADIUS_QUARANTINE_VLAN: QUARANTINE_VLAN,
    REMEDIATION_TICKET_KEYS: [TICKET_KEY, OLD_TICKET_KEY]
      .map((key) => key.toString('base64'))
      .join(' '),
    CLOUDFLARE_TEAM_DOMAIN: domain,
    CLOUDFLARE_ACCESS_AUDIENCES: `${CLOUDFLARE_AUDIENCE} of-another-application`,
    CLOUDFLARE_EVALUATION_KEYS: [createSigningKey(), createSigningKey()].join(' '),
    EVENT_SOURCE_SECRETS: Object.entries(SOURCE_SECRETS)
      .flatMap(([id, secrets]) => secrets.map((secret) => `${id}=${secret}`))
      .join(' '),
    ENTRA_ANSWER_WITHIN_IN_MILLISECONDS: String(ENTRA_TIMEOUT_IN_MILLISECONDS),
  };
}

function createKey(): string {
  return randomBytes(32).toString('base64url');
}

/** As an administrator makes it: `openssl genpkey -algorithm RSA | base64 -w0`. */
function createSigningKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return Buffer.from(privateKey).toString('base64');
}
