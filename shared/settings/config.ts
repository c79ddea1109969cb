import type { BlockList } from 'node:net';
import { toDateTime, type DateTime } from '../base/dateTime.ts';
import { readCallerKeys, readScopedCallerKeys, type CallerKey } from './readCallerKeys.ts';
import { readCloudflare, type CloudflareConfig } from './readCloudflare.ts';
import { readEventSourceSecrets } from './readEventSourceSecrets.ts';
import { readGraph, type GraphConfig } from './readGraph.ts';
import { readMessageKeys } from './readMessageKeys.ts';
import { readSsf, type SsfConfig } from './readSsf.ts';
import { readWebhooks, type WebhooksConfig } from './readWebhooks.ts';
import { readNetworks } from './readNetworks.ts';
import { readPublicOrigin } from './readPublicOrigin.ts';
import {
  invalid,
  isConnectionSet,
  readConnection,
  readRequired,
  readUrl,
  readWhole,
  readWords,
  type Connection,
  type Environment,
} from './readSetting.ts';
import { rejectPlaceholders } from './rejectPlaceholders.ts';

/** The validated settings of the deployed system. */
export interface Config {
  readonly cosmosDb: Connection;
  readonly serviceBus: Connection;
  readonly storage: Connection;
  /** Storage of the decision log. */
  readonly decisionsStorage: Connection;
  /** Keys for the MACs of queue messages. The first makes them; both check them, during rotation. */
  readonly messageKeys: readonly [Buffer, ...Buffer[]];
  /** Until when messages of a release without MACs are accepted. */
  readonly unsignedMessagesUntilDateTime: DateTime | undefined;
  readonly tokenIssuer: string;
  /** A token's `aud` claim must be one of these: the application's id URI or, in newer tokens, its id. */
  readonly tokenAudiences: readonly string[];
  /** Keys of callers that cannot fetch tokens. */
  readonly callerKeys: readonly CallerKey[];
  /** Keys of network access controls. They open the NAC endpoints only. */
  readonly nacKeys: readonly CallerKey[];
  /**
   * By event source, what its pushes carry or what opens the service that it is fetched from: one secret, or two during
   * rotation.
   */
  readonly eventSourceSecrets: ReadonlyMap<string, readonly string[]>;
  /** Callers that may pass on a client certificate, by their application id or the name of their key. */
  readonly trustedProxies: readonly string[];
  readonly decisionsPerSecond: number;
  /** Absent if none of its settings is set. */
  readonly cloudflare: CloudflareConfig | undefined;
  /** Absent if this system transmits no security events. */
  readonly ssf: SsfConfig | undefined;
  /** Absent if this system sends no webhooks. */
  readonly webhooks: WebhooksConfig | undefined;
  /** Absent if this system does not use Microsoft Graph. */
  readonly graph: GraphConfig | undefined;
  /** Time budget for answering Entra's claims request. */
  readonly entraAnswerWithinInMilliseconds: number;
  /** VLAN for blocked but enrolled devices. If absent, FreeRADIUS rejects them. */
  readonly radiusQuarantineVlan: string | undefined;
  /** One secret, or two during rotation. */
  readonly webhookSecrets: readonly Buffer[];
  /** The origin of this system; `undefined` if no setting names it. */
  readonly publicOrigin: string | undefined;
  /** The page for blocked users. Contains `{ticket}` if the page takes a ticket. */
  readonly remediationUrl: string;
  /** Keys for tickets. The first encrypts; the second only decrypts, during rotation. */
  readonly ticketKeys: readonly Buffer[];
  /** The SEP Mobile app's own settings, for the app configuration policies. */
  readonly sepMobileAppSettings: Readonly<Record<string, string>>;
  /** Networks to which event streams and webhooks may be delivered although they are not public. */
  readonly outgoingAllowedNetworks: BlockList;
  readonly configurationCacheInSeconds: number;
  /** When the database was last restored from a backup. */
  readonly recoveredDateTime: DateTime | undefined;
  /** How fast devices are evaluated again after a change of the configuration. */
  readonly reevaluationDevicesPerSecond: number;
}

const DEFAULT_CACHE_IN_SECONDS = 5;
/** A device costs about 20 request units, so this uses a fifth of a container with 10,000 a second. */
const DEFAULT_REEVALUATION_DEVICES_PER_SECOND = 100;
/** The limit for one caller in one process. A process can make some thousands of decisions a second. */
const DEFAULT_DECISIONS_PER_SECOND = 1000;
/** The Company Portal. Intune sends the user of a noncompliant device there. */
export const DEFAULT_REMEDIATION_URL = 'https://portal.manage.microsoft.com';
/** SEP Mobile's integration files contain the organisation's own names. */
const DEFAULT_APP_SETTINGS =
  'DeviceId={{AzureADDeviceId}},SerialNumber={{serialnumber}},UserPrincipalName={{userprincipalname}}';
/** By default Entra waits one second. The network needs some of that. */
const DEFAULT_ENTRA_ANSWER_WITHIN_IN_MILLISECONDS = 800;
const MAX_WEBHOOK_SECRETS = 2;
const SECRET_LENGTHS_IN_BYTES = { min: 24, max: 64 };
const MAX_TICKET_KEYS = 2;
const TICKET_KEY_LENGTH_IN_BYTES = 32;
const MAX_VLAN_ID = 4094;

/**
 * Reads the settings. No other code reads the environment. Call it on first use, never at import: an error while the
 * runtime loads one file would hide every function after it.
 * @throws ConnectorError `settingInvalid` with the setting's name and the allowed values, never with its value.
 */
export function readConfig(environment: Environment = process.env): Config {
  rejectPlaceholders(environment);
  return {
    cosmosDb: readConnection(environment, 'CosmosDbConnection', 'accountEndpoint'),
    serviceBus: readConnection(environment, 'ServiceBusConnection', 'fullyQualifiedNamespace'),
    storage: readConnection(environment, 'AzureWebJobsStorage', 'blobServiceUri'),
    decisionsStorage: readConnection(
      environment,
      isConnectionSet(environment, 'DecisionsStorage') ? 'DecisionsStorage' : 'AzureWebJobsStorage',
      'blobServiceUri',
    ),
    messageKeys: readMessageKeys(environment, 'MESSAGE_KEYS'),
    unsignedMessagesUntilDateTime: readDateTime(environment, 'UNSIGNED_MESSAGES_UNTIL'),
    tokenIssuer: readUrl(environment, 'TOKEN_ISSUER'),
    tokenAudiences: readRequired(environment, 'TOKEN_AUDIENCE').split(/\s+/),
    callerKeys: readScopedCallerKeys(environment, 'CALLER_KEYS'),
    nacKeys: readCallerKeys(environment, 'NAC_KEYS'),
    eventSourceSecrets: readEventSourceSecrets(environment, 'EVENT_SOURCE_SECRETS'),
    trustedProxies: readWords(environment, 'TRUSTED_PROXIES'),
    decisionsPerSecond: readWhole(
      environment,
      'DECISIONS_PER_SECOND',
      DEFAULT_DECISIONS_PER_SECOND,
      1,
    ),
    cloudflare: readCloudflare(environment),
    ssf: readSsf(environment),
    webhooks: readWebhooks(environment),
    graph: readGraph(environment),
    entraAnswerWithinInMilliseconds: readWhole(
      environment,
      'ENTRA_ANSWER_WITHIN_IN_MILLISECONDS',
      DEFAULT_ENTRA_ANSWER_WITHIN_IN_MILLISECONDS,
      200,
    ),
    radiusQuarantineVlan: readVlan(environment, 'RADIUS_QUARANTINE_VLAN'),
    webhookSecrets: readWebhookSecrets(environment, 'SEP_MOBILE_WEBHOOK_SECRETS'),
    publicOrigin: readPublicOrigin(environment),
    ...readRemediation(environment),
    sepMobileAppSettings: readAppSettings(environment, 'SEP_MOBILE_APP_SETTINGS'),
    outgoingAllowedNetworks: readNetworks(environment, 'OUTGOING_ALLOWED_NETWORKS'),
    configurationCacheInSeconds: readWhole(
      environment,
      'CONFIGURATION_CACHE_IN_SECONDS',
      DEFAULT_CACHE_IN_SECONDS,
      0,
    ),
    recoveredDateTime: readDateTime(environment, 'RECOVERED_DATETIME'),
    reevaluationDevicesPerSecond: readWhole(
      environment,
      'REEVALUATION_DEVICES_PER_SECOND',
      DEFAULT_REEVALUATION_DEVICES_PER_SECOND,
      1,
    ),
  };
}

function readDateTime(environment: Environment, name: string): DateTime | undefined {
  const value = environment[name]?.trim();
  if (!value) return undefined;
  const moment = toDateTime(value);
  if (moment !== undefined) return moment;
  throw invalid(name, 'a date and time such as `2026-01-31T23:59:59Z`');
}

/** An id of IEEE 802.1Q, which reserves 0 and 4095, or the name of the VLAN at the access point. */
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

function readRemediation(environment: Environment): Pick<Config, 'remediationUrl' | 'ticketKeys'> {
  const name = 'REMEDIATION_TICKET_KEYS';
  const remediationUrl = readUrl(environment, 'REMEDIATION_URL', DEFAULT_REMEDIATION_URL);
  const values = readWords(environment, name);
  const ticketKeys = values.map((value) => Buffer.from(value, 'base64'));
  const isValid =
    values.length <= MAX_TICKET_KEYS &&
    ticketKeys.every(({ length }) => length === TICKET_KEY_LENGTH_IN_BYTES);
  if (!isValid)
    throw invalid(name, 'one or two keys, each the base64 of 32 bytes, separated by a space');
  if (remediationUrl.includes('{ticket}') && ticketKeys.length === 0)
    throw invalid(name, 'set if `REMEDIATION_URL` contains `{ticket}`');
  return { remediationUrl, ticketKeys };
}

/** `key={{token}}` pairs. The tokens are Intune's, such as `{{AzureADDeviceId}}`. */
function readAppSettings(environment: Environment, name: string): Record<string, string> {
  const pairs = (environment[name]?.trim() || DEFAULT_APP_SETTINGS).split(/\s*,\s*/);
  const settings = pairs.map((pair) => /^([A-Za-z0-9_.-]{1,100})=(\S{1,500})$/.exec(pair));
  if (settings.some((pair) => pair === null)) {
    throw invalid(
      name,
      'pairs `key=value` separated by commas, such as `deviceId={{AzureADDeviceId}}`',
    );
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
