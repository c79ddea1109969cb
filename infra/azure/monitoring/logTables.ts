/**
 * The columns that our queries use, with their types: a column of another type would appear twice in a union
 * (learn.microsoft.com/azure/azure-monitor/reference/tables/apprequests, apptraces, appavailabilityresults,
 * storagebloblogs).
 */
const COLUMNS: Readonly<Record<string, string>> = {
  AppAvailabilityResults:
    'TimeGenerated:datetime, _ResourceId:string, Location:string, Success:bool',
  AppRequests:
    'TimeGenerated:datetime, _ResourceId:string, Name:string, Success:bool, ResultCode:string, DurationMs:real, ItemCount:int',
  AppTraces:
    'TimeGenerated:datetime, _ResourceId:string, Message:string, OperationName:string, SeverityLevel:int, ItemCount:int',
  StorageBlobLogs:
    'TimeGenerated:datetime, AccountName:string, OperationName:string, Uri:string, StatusCode:string, AuthenticationType:string',
};

/** The resources whose records count. Others may log to the same workspace. */
export interface LogOwners {
  /** The id of Application Insights. */
  readonly applicationInsightsId: string;
  readonly storageAccountName: string;
}

/**
 * The query of our own records, in a form that finds nothing, instead of failing, while its table does not exist. A new
 * workspace gets a table with its first record, and Azure refuses a rule whose query fails (Azure/bicep#11378;
 * mspnp/aks-baseline#422).
 */
export function toTolerantQuery(query: string, owners: LogOwners): string {
  const [, table = '', rest = ''] = /^(\w+) (.*)$/s.exec(query) ?? [];
  const columns = COLUMNS[table];
  if (columns === undefined) throw new TypeError(`\`${table}\` is not a known table`);
  const isOurs = table.startsWith('App')
    ? `_ResourceId =~ '${owners.applicationInsightsId}'`
    : `AccountName == '${owners.storageAccountName}'`;
  return `union isfuzzy=true (datatable(${columns})[]), ${table} | where ${isOurs} ${rest}`;
}
