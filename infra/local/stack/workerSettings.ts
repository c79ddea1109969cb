import type { Secrets, WebhookSecrets } from './secrets.ts';

/** Where the parts of a local system are, and what opens them. */
export interface WorkerEnvironment {
  readonly port: string;
  /** The folder of `host.json`, and which files below it register functions. */
  readonly app: { readonly root: string; readonly entryPoints: string };
  readonly audience: string;
  readonly secrets: Secrets;
  /** As they are at this moment. */
  readonly webhookSecrets: WebhookSecrets;
  readonly addresses: {
    readonly storage: string;
    readonly serviceBus: string;
    readonly cosmos: string;
    readonly issuer: string;
    /** Absent where there is no Microsoft Graph. */
    readonly graph: string | undefined;
  };
}

/** The app settings of a local system, and what the runtime is told beside them. */
export function toWorkerSettings({
  port,
  app,
  audience,
  secrets,
  webhookSecrets,
  addresses,
}: WorkerEnvironment): Record<string, string> {
  const { graph } = addresses;
  return {
    LOCAL_PORT: port,
    FUNCTIONS_SCRIPT_ROOT: app.root,
    FUNCTIONS_ENTRY_POINTS: app.entryPoints,
    FUNCTIONS_WORKER_RUNTIME: 'node',
    FUNCTIONS_NODE_BLOCK_ON_ENTRY_POINT_ERROR: 'true',
    AzureWebJobsStorage: addresses.storage,
    ServiceBusConnection: addresses.serviceBus,
    CosmosDbConnection: `AccountEndpoint=${addresses.cosmos};AccountKey=${secrets.cosmosKey};`,
    TOKEN_ISSUER: addresses.issuer,
    TOKEN_AUDIENCE: audience,
    SEP_MOBILE_WEBHOOK_SECRETS: Object.values(webhookSecrets).join(' '),
    CALLER_KEYS: `proxy=${secrets.callerKeys.proxy} radius=${secrets.callerKeys.radius}`,
    NAC_KEYS: `nac=${secrets.callerKeys.nac}`,
    TRUSTED_PROXIES: 'proxy',
    REMEDIATION_URL: `http://127.0.0.1:${port}/api/remediation/{ticket}`,
    REMEDIATION_TICKET_KEYS: secrets.ticketKey,
    DECISIONS_PER_SECOND: '9999',
    ENTRA_ANSWER_WITHIN_IN_MILLISECONDS: '9999',
    HEARTBEAT_SWEEP_SCHEDULE: '*/2 * * * * *',
    SSF_ISSUER: `http://127.0.0.1:${port}`,
    SSF_SIGNING_KEYS: secrets.ssfSigningKey,
    WEBHOOK_ORIGIN: `http://127.0.0.1:${port}`,
    WEBHOOK_MASTER_KEYS: secrets.webhookMasterKey,
    OUTGOING_ALLOWED_NETWORKS: '127.0.0.1/32',
    PUBLICATION_RETRY_SCHEDULE: '* * * * * *',
    REEVALUATION_SCHEDULE: '*/2 * * * * *',
    REEVALUATION_DEVICES_PER_SECOND: '1000',
    CONFIGURATION_CACHE_IN_SECONDS: '1',
    ENROLMENT_SYNC_SCHEDULE: '*/2 * * * * *',
    ...(graph === undefined ? {} : toGraphSettings(graph, secrets.identityHeader)),
  };
}

/** As App Service tells a function app of its managed identity, and the app's own settings of Graph. */
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
