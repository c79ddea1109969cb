import type { ArmResource } from './engine/armResource.ts';
import { unlessEmpty } from './engine/expression.ts';
import type { Monitoring } from './monitoring/monitoring.ts';
import { SECRET_SETTINGS, SECRET_SWITCHES } from './secretSettings.ts';
import type { Services } from './services.ts';
import type { StackParameters } from './stackParameters.ts';

/** The resources and values that the settings refer to. */
export interface SettingSources {
  readonly identity: ArmResource;
  readonly services: Services;
  readonly monitoring: Pick<Monitoring, 'applicationInsights'>;
  /** `https://…` of the app. */
  readonly origin: string;
  readonly parameters: StackParameters;
}

/**
 * The connector accepts no larger body, in bytes. By default the Functions host reads 100 MiB of anybody's request into
 * memory (learn.microsoft.com/azure/azure-functions/functions-app-settings).
 */
export const REQUEST_BODY_SIZE_LIMIT = '1048576';

/** Timer schedules; the same as with Microsoft's emulators on one machine. */
const SCHEDULES = {
  HEARTBEAT_SWEEP_SCHEDULE: '0 */5 * * * *',
  REEVALUATION_SCHEDULE: '*/30 * * * * *',
  PUBLICATION_RETRY_SCHEDULE: '*/5 * * * * *',
  ENROLMENT_SYNC_SCHEDULE: '0 * * * * *',
  EVENT_SOURCE_PULL_SCHEDULE: '*/30 * * * * *',
} as const;

/** The app settings. Connections use the managed identity; secrets are references to Key Vault, never values. */
export function toAppSettings(sources: SettingSources): Readonly<Record<string, string>> {
  const { identity, services, monitoring, origin, parameters } = sources;
  const { storage, decisionStorage, serviceBus, cosmosDb } = services;
  const { applicationInsights } = monitoring;
  const clientId = identity.read('clientId');
  return {
    ...toConnection('AzureWebJobsStorage', clientId, {
      accountName: storage.account.names.join(''),
    }),
    ...toConnection('DecisionsStorage', clientId, {
      accountName: decisionStorage.account.names.join(''),
    }),
    ...toConnection('ServiceBusConnection', clientId, {
      fullyQualifiedNamespace: `${serviceBus.namespace.names.join('')}.servicebus.windows.net`,
    }),
    ...toConnection('CosmosDbConnection', clientId, {
      accountEndpoint: cosmosDb.account.read('documentEndpoint'),
    }),
    APPLICATIONINSIGHTS_CONNECTION_STRING: applicationInsights.read('ConnectionString'),
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: `ClientId=${clientId};Authorization=AAD`,
    // A file that fails to load stops the start. Otherwise its functions would be missing without an error.
    FUNCTIONS_NODE_BLOCK_ON_ENTRY_POINT_ERROR: 'true',
    FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: REQUEST_BODY_SIZE_LIMIT,
    // The host's own page answers 200 to anybody, and a proxy with a wrong address would take that for an allowance.
    AzureWebJobsDisableHomepage: 'true',
    TOKEN_ISSUER: parameters.tokenIssuer,
    TOKEN_AUDIENCE: parameters.tokenAudience,
    ENROLMENT_FROM_GRAPH: parameters.enrolmentFromGraph,
    ENTRA_COMPLIANCE_ATTRIBUTE: parameters.entraComplianceAttribute,
    ENTRA_RISK_ATTRIBUTE: parameters.entraRiskAttribute,
    CLOUDFLARE_TEAM_DOMAIN: parameters.cloudflareTeamDomain,
    CLOUDFLARE_ACCESS_AUDIENCES: parameters.cloudflareAccessAudiences,
    REMEDIATION_URL: `${origin}/api/remediation/{ticket}`,
    SSF_ISSUER: origin,
    WEBHOOK_ORIGIN: origin,
    GRAPH_CLIENT_ID: clientId,
    RECOVERED_DATETIME: parameters.recoveredDateTime,
    ...SCHEDULES,
    ...toSecrets(sources),
  };
}

/** References to the secrets. A secret that a parameter switches on is empty without a value of that parameter. */
function toSecrets({ services, parameters }: SettingSources): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(SECRET_SETTINGS).map(([setting, name]) => {
      const parameter = SECRET_SWITCHES[setting];
      const reference = services.vault.reference(name);
      if (parameter === undefined) return [setting, reference];
      return [setting, unlessEmpty(parameters[parameter], reference, '')];
    }),
  );
}

/** An identity-based connection. Each must name the user-assigned identity. */
function toConnection(
  name: string,
  clientId: string,
  address: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries({ ...address, credential: 'managedidentity', clientId }).map(([key, value]) => [
      `${name}__${key}`,
      value,
    ]),
  );
}
