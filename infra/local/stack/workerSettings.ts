import type { EventSourceSecrets, Secrets, WebhookSecrets } from './secrets.ts';

/** The addresses and secrets of a local system. */
export interface WorkerEnvironment {
  readonly port: string;
  /** The folder of `host.json`, and the pattern of the files in it that register functions. */
  readonly app: { readonly root: string; readonly entryPoints: string };
  readonly audience: string;
  readonly secrets: Secrets;
  /** The current webhook secrets. */
  readonly webhookSecrets: WebhookSecrets;
  readonly addresses: {
    readonly storage: string;
    readonly serviceBus: string;
    readonly cosmos: string;
    readonly issuer: string;
    /** `undefined` without a stand-in for Microsoft Graph. */
    readonly graph: string | undefined;
  };
}

/** The app settings of a local system, and the settings of its Functions host. */
export function toWorkerSettings(environment: WorkerEnvironment): Record<string, string> {
  const { addresses, secrets } = environment;
  return {
    ...toHostSettings(environment),
    ...toServiceSettings(environment),
    ...toCallerSettings(environment),
    ...toEventSettings(environment),
    ...FAST_SCHEDULES,
    ...(addresses.graph === undefined
      ? {}
      : toGraphSettings(addresses.graph, secrets.identityHeader)),
  };
}

/** Schedules and limits with which a user sees every effect within seconds. */
const FAST_SCHEDULES = {
  DECISIONS_PER_SECOND: '9999',
  ENTRA_ANSWER_WITHIN_IN_MILLISECONDS: '9999',
  HEARTBEAT_SWEEP_SCHEDULE: '*/2 * * * * *',
  PUBLICATION_RETRY_SCHEDULE: '* * * * * *',
  REEVALUATION_SCHEDULE: '*/2 * * * * *',
  REEVALUATION_DEVICES_PER_SECOND: '1000',
  CONFIGURATION_CACHE_IN_SECONDS: '1',
  ENROLMENT_SYNC_SCHEDULE: '*/2 * * * * *',
  EVENT_SOURCE_PULL_SCHEDULE: '*/2 * * * * *',
};

function toHostSettings({ port, app }: WorkerEnvironment): Record<string, string> {
  return {
    LOCAL_PORT: port,
    FUNCTIONS_SCRIPT_ROOT: app.root,
    FUNCTIONS_ENTRY_POINTS: app.entryPoints,
    FUNCTIONS_WORKER_RUNTIME: 'node',
    FUNCTIONS_NODE_BLOCK_ON_ENTRY_POINT_ERROR: 'true',
    FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '1048576',
    AzureWebJobsDisableHomepage: 'true',
  };
}

function toServiceSettings({
  addresses,
  audience,
  secrets,
}: WorkerEnvironment): Record<string, string> {
  return {
    AzureWebJobsStorage: addresses.storage,
    ServiceBusConnection: addresses.serviceBus,
    CosmosDbConnection: `AccountEndpoint=${addresses.cosmos};AccountKey=${secrets.cosmosKey};`,
    MESSAGE_KEYS: secrets.messageKey,
    TOKEN_ISSUER: addresses.issuer,
    TOKEN_AUDIENCE: audience,
  };
}

function toCallerSettings({
  port,
  secrets,
  webhookSecrets,
}: WorkerEnvironment): Record<string, string> {
  const { proxy, radius, nac } = secrets.callerKeys;
  return {
    SEP_MOBILE_WEBHOOK_SECRETS: Object.values(webhookSecrets).join(' '),
    CALLER_KEYS: `proxy=${proxy} radius=${radius}`,
    NAC_KEYS: `nac=${nac}`,
    EVENT_SOURCE_SECRETS: toEntries(secrets.eventSourceSecrets),
    TRUSTED_PROXIES: 'proxy',
    REMEDIATION_URL: `http://127.0.0.1:${port}/api/remediation/{ticket}`,
    REMEDIATION_TICKET_KEYS: secrets.ticketKey,
  };
}

/** `id=secret` entries, two for a source in rotation. */
function toEntries(secrets: EventSourceSecrets): string {
  return Object.entries(secrets)
    .flatMap(([id, values]) => values.map((value) => `${id}=${value}`))
    .join(' ');
}

function toEventSettings({ port, secrets }: WorkerEnvironment): Record<string, string> {
  return {
    SSF_ISSUER: `http://127.0.0.1:${port}`,
    SSF_SIGNING_KEYS: secrets.ssfSigningKey,
    WEBHOOK_ORIGIN: `http://127.0.0.1:${port}`,
    WEBHOOK_MASTER_KEYS: secrets.webhookMasterKey,
    OUTGOING_ALLOWED_NETWORKS: '127.0.0.1/32',
  };
}

/** The settings with which App Service provides a managed identity, and the app's own settings for Graph. */
function toGraphSettings(endpoint: string, identityHeader: string): Record<string, string> {
  return {
    IDENTITY_ENDPOINT: new URL('/msi/token', endpoint).href,
    IDENTITY_HEADER: identityHeader,
    GRAPH_ENDPOINT: endpoint,
    ENROLMENT_FROM_GRAPH: 'true',
    ENTRA_COMPLIANCE_ATTRIBUTE: 'extensionAttribute1',
    ENTRA_RISK_ATTRIBUTE: 'extensionAttribute2',
  };
}
