/** A command of the Azure CLI that the pages of this project use. */
export interface AzCommand {
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

/** The options of every command (learn.microsoft.com/cli/azure/reference-index#global-parameters). */
export const GLOBAL_OPTIONS: readonly string[] = ['output', 'query'];

/** Options that take several values. */
export const LIST_OPTIONS: readonly string[] = ['headers', 'identifier-uris'];

/** The commands by name, with the options that the pages may use; the reference page of each group is named above it. */
export const AZ_COMMANDS: Readonly<Record<string, AzCommand>> = {
  // learn.microsoft.com/cli/azure/reference-index#az-rest
  rest: { required: ['method', 'url'], optional: ['body', 'headers', 'resource'] },
  // learn.microsoft.com/cli/azure/ad/app
  'ad app update': { required: ['id'], optional: ['identifier-uris', 'display-name'] },
  // learn.microsoft.com/cli/azure/ad/sp
  'ad sp create': { required: ['id'], optional: [] },
  'ad sp show': { required: ['id'], optional: [] },
  // learn.microsoft.com/cli/azure/ad/signed-in-user
  'ad signed-in-user show': { required: [], optional: [] },
  // learn.microsoft.com/cli/azure/functionapp
  'functionapp show': { required: ['name', 'resource-group'], optional: [] },
  'functionapp start': { required: ['name', 'resource-group'], optional: [] },
  'functionapp stop': { required: ['name', 'resource-group'], optional: [] },
  // learn.microsoft.com/cli/azure/cosmosdb#az-cosmosdb-restore
  'cosmosdb restore': {
    required: [
      'account-name',
      'location',
      'resource-group',
      'restore-timestamp',
      'target-database-account-name',
    ],
    optional: ['databases-to-restore', 'disable-ttl', 'public-network-access'],
  },
};
