import type { BlockList } from 'node:net';
import { toDateTime, type DateTime } from '../base/dateTime.ts';
import { readCallerKeys, type CallerKey } from './readCallerKeys.ts';
import { readCloudflare, type CloudflareConfig } from './readCloudflare.ts';
import { readGraph, type GraphConfig } from './readGraph.ts';
import { readSsf, type SsfConfig } from './readSsf.ts';
import { readWebhooks, type WebhooksConfig } from './readWebhooks.ts';
import { readNetworks } from './readNetworks.ts';
import {
  invalid,
  readConnection,
  readRequired,
  readUrl,
  readWhole,
  readWords,
  type Connection,
  type Environment,
} from './readSetting.ts';

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
  /** Absent where this system transmits no security events. */
  readonly ssf: SsfConfig | undefined;
  /** Absent where this system sends no webhooks. */
  readonly webhooks: WebhooksConfig | undefined;
  /** Absent where nothing is asked of Microsoft Graph. */
  readonly graph: GraphConfig | undefined;
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
  /** Where event streams and webhooks may be sent although it is not the open internet. */
  readonly outgoingAllowedNetworks: BlockList;
  readonly configurationCacheInSeconds: number;
  /** When the database was last put back to what it was at an earlier time. */
  readonly recoveredDateTime: DateTime | undefined;
  /** How fast stored views follow a change of the configuration. */
  readonly reevaluationDevicesPerSecond: number;
}

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
const MAX_WEBHOOK_SECRETS = 2;
const SECRET_LENGTHS_IN_BYTES = { min: 24, max: 64 };
const MAX_TICKET_KEYS = 2;
const TICKET_KEY_LENGTH_IN_BYTES = 32;
const MAX_VLAN_ID = 4094;
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
  throw invalid(name, 'a date and time as `2026-01-31T23:59:59Z`');
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
