import { createPrivateKey, type KeyObject } from 'node:crypto';
import { ConnectorError } from './connectorError.ts';

/** How an Azure service is reached: locally by a connection string, in Azure by name and managed identity. */
export type Connection =
  | { readonly kind: 'connectionString'; readonly connectionString: string }
  | { readonly kind: 'identity'; readonly endpoint: string; readonly clientId?: string };

/** What a caller that cannot fetch tokens shows instead. */
export interface CallerKey {
  readonly name: string;
  readonly key: string;
}

/** One team of Cloudflare Access. */
export interface CloudflareConfig {
  /** `https://<team>.cloudflareaccess.com` */
  readonly teamDomain: string;
  /** The AUD tags of the Access applications that stand before this API. */
  readonly audiences: readonly string[];
  /** What evaluations are signed with: the first; the second is still published, or already, while one replaces it. */
  readonly evaluationKeys: readonly [KeyObject, ...KeyObject[]];
}

/** The settings of the deployed system, checked. */
export interface Config {
  readonly cosmosDb: Connection;
  readonly serviceBus: Connection;
  readonly storage: Connection;
  readonly tokenIssuer: string;
  /** Any one of these in the `aud` claim: an application is named by its id URI or, in newer tokens, by its id. */
  readonly tokenAudiences: readonly string[];
  /** The keys of callers that cannot fetch tokens, each with the caller's name. */
  readonly callerKeys: readonly CallerKey[];
  /** The keys of network access controls, which are told of devices and not of decisions. */
  readonly nacKeys: readonly CallerKey[];
  /** The callers whose word on a client certificate is taken, by the application id or the name of their key. */
  readonly trustedProxies: readonly string[];
  readonly decisionsPerSecond: number;
  /** Absent where none of its settings is set. */
  readonly cloudflare: CloudflareConfig | undefined;
  /** How long Entra is given to wait for claims. */
  readonly entraAnswerWithinInMilliseconds: number;
  /** Where FreeRADIUS puts an enrolled device that it may not let in; absent: nowhere, it is rejected. */
  readonly radiusQuarantineVlan: string | undefined;
  /** One, or two while one replaces the other. */
  readonly webhookSecrets: readonly Buffer[];
  /** Where a blocked user is sent; with `{ticket}` where the ticket stands. */
  readonly remediationUrl: string;
  /** What tickets are sealed with: the first; the second is still opened while it is replaced. */
  readonly ticketKeys: readonly Buffer[];
  /** The SEP Mobile app's own settings, for the app configuration policies. */
  readonly sepMobileAppSettings: Readonly<Record<string, string>>;
  readonly configurationCacheInSeconds: number;
  /** How fast stored views follow a change of the configuration. */
  readonly reevaluationDevicesPerSecond: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

const DEFAULT_CACHE_IN_SECONDS = 5;
/** Some 20 request units a device: a tenth of what a container of 10,000 a second can do is left alone by this. */
const DEFAULT_REEVALUATION_DEVICES_PER_SECOND = 100;
/** A caller's share of one process, which can do some thousands. */
const DEFAULT_DECISIONS_PER_SECOND = 1000;
/** Company Portal: where Intune sends a user whose device is not compliant. */
export const DEFAULT_REMEDIATION_URL = 'https://portal.manage.microsoft.com';
/** The organisation's own names stand in SEP Mobile's integration files. */
const DEFAULT_APP_SETTINGS =
  'DeviceId={{AzureADDeviceId}},SerialNumber={{serialnumber}},UserPrincipalName={{userprincipalname}}';
/** Entra waits for a second unless it is told otherwise; the way there and back takes some of it. */
const DEFAULT_ENTRA_ANSWER_WITHIN_IN_MILLISECONDS = 800;
const MAX_EVALUATION_KEYS = 2;
/** RFC 7518 section 3.3: RS256 wants 2048 bits or more. */
const MIN_EVALUATION_KEY_LENGTH_IN_BITS = 2048;
const MAX_WEBHOOK_SECRETS = 2;
const SECRET_LENGTHS_IN_BYTES = { min: 24, max: 64 };
const MAX_TICKET_KEYS = 2;
const TICKET_KEY_LENGTH_IN_BYTES = 32;
const MAX_VLAN_ID = 4094;
/** One to use, one that replaces it. */
const MAX_KEYS_A_CALLER = 2;

/**
 * Reads the settings; the only place that does. Call it when they are needed, never at import: a throw while the
 * runtime loads one file would hide every function after it.
 * @throws ConnectorError `settingInvalid` naming the setting and what is allowed, never its value.
 */
export function readConfig(environment: Environment = process.env): Config {
  return {
    cosmosDb: readConnection(environment, 'CosmosDbConnection', 'accountEndpoint'),
    serviceBus: readConnection(environment, 'ServiceBusConnection', 'fullyQualifiedNamespace'),
    storage: readConnection(environment, 'AzureWebJobsStorage', 'blobServiceUri'),
    tokenIssuer: readUrl(environment, 'TOKEN_ISSUER'),
    tokenAudiences: readRequired(environment, 'TOKEN_AUDIENCE').split(/\s+/),
    callerKeys: readCallerKeys(environment, 'CALLER_KEYS'),
    nacKeys: readCallerKeys(environment, 'NAC_KEYS'),
    trustedProxies: readWords(environment, 'TRUSTED_PROXIES'),
    decisionsPerSecond: readWhole(
      environment,
      'DECISIONS_PER_SECOND',
      DEFAULT_DECISIONS_PER_SECOND,
      1,
    ),
    cloudflare: readCloudflare(environment),
    entraAnswerWithinInMilliseconds: readWhole(
      environment,
      'ENTRA_ANSWER_WITHIN_IN_MILLISECONDS',
      DEFAULT_ENTRA_ANSWER_WITHIN_IN_MILLISECONDS,
      200,
    ),
    radiusQuarantineVlan: readVlan(environment, 'RADIUS_QUARANTINE_VLAN'),
    webhookSecrets: readWebhookSecrets(environment, 'SEP_MOBILE_WEBHOOK_SECRETS'),
    ...readRemediation(environment),
    sepMobileAppSettings: readAppSettings(environment, 'SEP_MOBILE_APP_SETTINGS'),
    configurationCacheInSeconds: readWhole(
      environment,
      'CONFIGURATION_CACHE_IN_SECONDS',
      DEFAULT_CACHE_IN_SECONDS,
      0,
    ),
    reevaluationDevicesPerSecond: readWhole(
      environment,
      'REEVALUATION_DEVICES_PER_SECOND',
      DEFAULT_REEVALUATION_DEVICES_PER_SECOND,
      1,
    ),
  };
}

function invalid(name: string, expected: string): ConnectorError {
  return new ConnectorError('settingInvalid', `setting \`${name}\` must be ${expected}`);
}

function readRequired(environment: Environment, name: string): string {
  const value = environment[name]?.trim();
  if (!value) throw invalid(name, 'set');
  return value;
}

/** The names that the Functions runtime itself uses for its connections (identity-based ones with `__`). */
function readConnection(environment: Environment, name: string, property: string): Connection {
  const connectionString = environment[name]?.trim();
  if (connectionString) return { kind: 'connectionString', connectionString };
  const endpoint =
    environment[`${name}__${property}`]?.trim() ?? storageEndpoint(environment, name);
  if (!endpoint) throw invalid(name, `a connection string, or \`${name}__${property}\` set`);
  const clientId = environment[`${name}__clientId`]?.trim();
  return { kind: 'identity', endpoint, ...(clientId ? { clientId } : {}) };
}

function storageEndpoint(environment: Environment, name: string): string | undefined {
  const account = environment[`${name}__accountName`]?.trim();
  return account ? `https://${account}.blob.core.windows.net` : undefined;
}

function readUrl(environment: Environment, name: string, fallback?: string): string {
  const value = environment[name]?.trim() || fallback;
  const url = value === undefined ? null : URL.parse(value);
  const isLoopback = url?.hostname === '127.0.0.1' || url?.hostname === 'localhost';
  if (
    value === undefined ||
    !(url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback))
  ) {
    throw invalid(name, 'an https URL, or an http URL on loopback');
  }
  return value;
}

function readWhole(
  environment: Environment,
  name: string,
  fallback: number,
  minimum: number,
): number {
  const value = environment[name]?.trim() || String(fallback);
  const isWhole = /^\d{1,4}$/.test(value) && Number(value) >= minimum;
  if (!isWhole) throw invalid(name, `a whole number from ${String(minimum)} to 9999`);
  return Number(value);
}

/** An id of IEEE 802.1Q, which keeps 0 and 4095 for itself, or the name that the access point knows it by. */
function readVlan(environment: Environment, name: string): string | undefined {
  const value = environment[name]?.trim();
  if (!value) return undefined;
  const isNumber = /^\d+$/.test(value);
  const isId = /^[1-9]\d{0,3}$/.test(value) && Number(value) <= MAX_VLAN_ID;
  if (isNumber ? isId : /^[A-Za-z0-9_-]{1,32}$/.test(value)) return value;
  throw invalid(
    name,
    `a VLAN's id from 1 to ${String(MAX_VLAN_ID)}, or its name of up to 32 letters, digits, \`-\` and \`_\``,
  );
}

function readWords(environment: Environment, name: string): readonly string[] {
  return (environment[name]?.trim() ?? '').split(/\s+/).filter((word) => word !== '');
}

/** `name=key` pairs; a key has no dot, by which it is told from a token. */
function readCallerKeys(environment: Environment, name: string): readonly CallerKey[] {
  const keys = readWords(environment, name).map((pair): CallerKey => {
    const [, caller, key] = /^([A-Za-z0-9-]{1,64})=([A-Za-z0-9_-]{32,128})$/.exec(pair) ?? [];
    if (caller !== undefined && key !== undefined) return { name: caller, key };
    throw invalid(
      name,
      'pairs `name=key` separated by spaces: a name of letters, digits and hyphens, a key of 32 to 128 letters, digits, `-` and `_`',
    );
  });
  for (const caller of new Set(keys.map((each) => each.name))) {
    if (keys.filter((each) => each.name === caller).length > MAX_KEYS_A_CALLER)
      throw invalid(name, 'at most two keys a name, while one replaces the other');
  }
  return keys;
}

const CLOUDFLARE_SETTINGS = [
  'CLOUDFLARE_TEAM_DOMAIN',
  'CLOUDFLARE_ACCESS_AUDIENCES',
  'CLOUDFLARE_EVALUATION_KEYS',
] as const;

/** All of it or nothing: half a configuration is a slip, and shall not look like none. */
function readCloudflare(environment: Environment): CloudflareConfig | undefined {
  const isSet = CLOUDFLARE_SETTINGS.map((name) => readWords(environment, name).length > 0);
  if (isSet.every((each) => !each)) return undefined;
  const [teamDomain, audiences, evaluationKeys] = CLOUDFLARE_SETTINGS;
  const team = readUrl(environment, teamDomain);
  if (team !== new URL(team).origin) throw invalid(teamDomain, 'an origin, without path or `/`');
  readRequired(environment, audiences);
  return {
    teamDomain: team,
    audiences: readWords(environment, audiences),
    evaluationKeys: readEvaluationKeys(environment, evaluationKeys),
  };
}

/** PEM has line breaks, which not every place for settings keeps: hence the base64 around it. */
function readEvaluationKeys(
  environment: Environment,
  name: string,
): CloudflareConfig['evaluationKeys'] {
  const [first, ...others] = readRequired(environment, name)
    .split(/\s+/)
    .map((word) => toRsaKey(Buffer.from(word, 'base64')));
  if (first !== undefined && others.length < MAX_EVALUATION_KEYS) {
    const second = others.filter((key) => key !== undefined);
    if (second.length === others.length) return [first, ...second];
  }
  throw invalid(
    name,
    'one or two RSA keys of 2048 bits or more, each the base64 of a PKCS #8 PEM file, separated by a space',
  );
}

function toRsaKey(pem: Buffer): KeyObject | undefined {
  try {
    const key = createPrivateKey(pem);
    const { modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
    const isRight =
      key.asymmetricKeyType === 'rsa' && modulusLength >= MIN_EVALUATION_KEY_LENGTH_IN_BITS;
    return isRight ? key : undefined;
  } catch {
    return undefined;
  }
}

function readRemediation(environment: Environment): Pick<Config, 'remediationUrl' | 'ticketKeys'> {
  const name = 'REMEDIATION_TICKET_KEYS';
  const remediationUrl = readUrl(environment, 'REMEDIATION_URL', DEFAULT_REMEDIATION_URL);
  const values = readWords(environment, name);
  const ticketKeys = values.map((value) => Buffer.from(value, 'base64'));
  const isRight =
    values.length <= MAX_TICKET_KEYS &&
    ticketKeys.every(({ length }) => length === TICKET_KEY_LENGTH_IN_BYTES);
  if (!isRight)
    throw invalid(name, 'one or two keys, each the base64 of 32 bytes, separated by a space');
  if (remediationUrl.includes('{ticket}') && ticketKeys.length === 0)
    throw invalid(name, 'set where `REMEDIATION_URL` has a `{ticket}`');
  return { remediationUrl, ticketKeys };
}

/** `key={{token}}` pairs; the tokens are Intune's, as `{{AzureADDeviceId}}`. */
function readAppSettings(environment: Environment, name: string): Record<string, string> {
  const pairs = (environment[name]?.trim() || DEFAULT_APP_SETTINGS).split(/\s*,\s*/);
  const settings = pairs.map((pair) => /^([A-Za-z0-9_.-]{1,100})=(\S{1,500})$/.exec(pair));
  if (settings.some((pair) => pair === null)) {
    throw invalid(name, 'pairs `key=value` separated by commas, as `deviceId={{AzureADDeviceId}}`');
  }
  return Object.fromEntries(settings.map((pair) => [pair?.[1] ?? '', pair?.[2] ?? '']));
}

/** Standard Webhooks secrets: `whsec_` and the base64 of 24 to 64 random bytes. */
function readWebhookSecrets(environment: Environment, name: string): readonly Buffer[] {
  const values = readRequired(environment, name).split(/\s+/);
  const expected =
    'one or two secrets, each `whsec_` and the base64 of 24 to 64 bytes, separated by a space';
  if (values.length > MAX_WEBHOOK_SECRETS) throw invalid(name, expected);
  return values.map((value) => {
    const secret = Buffer.from(value.replace(/^whsec_/, ''), 'base64');
    const isRightLength =
      secret.length >= SECRET_LENGTHS_IN_BYTES.min && secret.length <= SECRET_LENGTHS_IN_BYTES.max;
    if (!value.startsWith('whsec_') || !isRightLength) throw invalid(name, expected);
    return secret;
  });
}
