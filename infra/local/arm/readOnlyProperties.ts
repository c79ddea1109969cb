import { toGuid } from './expressions/functions.ts';

type Properties = Readonly<Record<string, unknown>>;

/** What Azure adds to a resource, by its type; only what our templates refer to. */
const READ_ONLY: Readonly<Record<string, (name: string) => Properties>> = {
  'Microsoft.ManagedIdentity/userAssignedIdentities': (name) => ({
    principalId: toGuid(`principal of ${name}`),
    clientId: toGuid(`client of ${name}`),
  }),
  'Microsoft.KeyVault/vaults': (name) => ({ vaultUri: `https://${name}.vault.azure.net/` }),
  'Microsoft.DocumentDB/databaseAccounts': (name) => ({
    documentEndpoint: `https://${name}.documents.azure.com:443/`,
  }),
  'Microsoft.Storage/storageAccounts': (name) => ({
    primaryEndpoints: { blob: `https://${name}.blob.core.windows.net/` },
  }),
  'Microsoft.Insights/components': (name) => ({
    ConnectionString: `InstrumentationKey=${toGuid(name)}`,
    AppId: toGuid(`app of ${name}`),
  }),
  'Microsoft.OperationalInsights/workspaces': (name) => ({ customerId: toGuid(name) }),
  'Microsoft.Web/sites': (name) => ({ defaultHostName: `${name}.azurewebsites.net` }),
};

/** The properties that `reference()` of a resource finds. @throws Error naming a type that this server does not know. */
export function toReadOnlyProperties(type: string, name: string): Properties {
  const properties = READ_ONLY[type]?.(name);
  if (properties !== undefined) return properties;
  throw new Error(`The stand-in knows no properties of '${type}'.`);
}
