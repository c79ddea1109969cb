import type { ArmResource } from './engine/armResource.ts';
import { unlessEmpty } from './engine/expression.ts';
import type { Vault } from './keyVault.ts';
import { SECRET_SETTINGS, SECRET_SWITCHES } from './secretSettings.ts';
import type { StackParameters } from './stackParameters.ts';

/** The resources and values that the settings refer to. */
export interface SettingSources {
  readonly identity: ArmResource;
  readonly storageAccount: ArmResource;
  readonly serviceBus: ArmResource;
  readonly cosmosDb: ArmResource;
  readonly applicationInsights: ArmResource;
  readonly vault: Vault;
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
} as const;

/** The app settings. Connections use the managed identity; secrets are references to Key Vault, never values. */
export function toAppSettings(sources: SettingSources): Readonly<Record<string, string>> {
  const { identity, origin, parameters } = sources;
  const clientId = identity.read('clientId');
  return {
    ...toConnection('AzureWebJobsStorage', clientId, {
      accountName: sources.storageAccount.names.join(''),
    }),
    ...toConnection('ServiceBusConnection', clientId, {
      fullyQualifiedNamespace: `${sources.serviceBus.names.join('')}.servicebus.windows.net`,
    }),
    ...toConnection('CosmosDbConnection', clientId, {
      accountEndpoint: sources.cosmosDb.read('documentEndpoint'),
    }),
    APPLICATIONINSIGHTS_CONNECTION_STRING: sources.applicationInsights.read('ConnectionString'),
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: `ClientId=${clientId};Authorization=AAD`,
    // A file that fails to load stops the start. Otherwise its functions would be missing without an error.
    FUNCTIONS_NODE_BLOCK_ON_ENTRY_POINT_ERROR: 'true',
    FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: REQUEST_BODY_SIZE_LIMIT,
    // The host's own page answers 200 to anybody, and a proxy with a wrong address would take that for an allowance.
    AzureWebJobsDisableHomepage: 'true',
    TOKEN_ISSUER: parameters.tokenIssuer.value,
    TOKEN_AUDIENCE: parameters.tokenAudience.value,
    ENROLMENT_FROM_GRAPH: parameters.enrolmentFromGraph.value,
    ENTRA_COMPLIANCE_ATTRIBUTE: parameters.entraComplianceAttribute.value,
    ENTRA_RISK_ATTRIBUTE: parameters.entraRiskAttribute.value,
    CLOUDFLARE_TEAM_DOMAIN: parameters.cloudflareTeamDomain.value,
    CLOUDFLARE_ACCESS_AUDIENCES: parameters.cloudflareAccessAudiences.value,
    REMEDIATION_URL: `${origin}/api/remediation/{ticket}`,
    SSF_ISSUER: origin,
    WEBHOOK_ORIGIN: origin,
    GRAPH_CLIENT_ID: clientId,
    RECOVERED_DATETIME: parameters.recoveredDateTime.value,
    ...SCHEDULES,
    ...toSecrets(sources),
  };
}

/** References to the secrets. A secret that a parameter switches on is empty without a value of that parameter. */
function toSecrets({ vault, parameters }: SettingSources): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(SECRET_SETTINGS).map(([setting, name]) => {
      const parameter = SECRET_SWITCHES[setting];
      const reference = vault.reference(name);
      if (parameter === undefined) return [setting, reference];
      return [setting, unlessEmpty(parameters[parameter].value, reference, '')];
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
