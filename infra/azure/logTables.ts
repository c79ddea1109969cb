/**
 * The columns that our queries use, with their types: a column of another type would appear twice in a union
 * (learn.microsoft.com/azure/azure-monitor/reference/tables/apprequests, apptraces, storagebloblogs).
 */
const COLUMNS: Readonly<Record<string, string>> = {
  AppRequests:
    'TimeGenerated:datetime, Name:string, Success:bool, ResultCode:string, DurationMs:real, ItemCount:int',
  AppTraces:
    'TimeGenerated:datetime, Message:string, OperationName:string, SeverityLevel:int, ItemCount:int',
  StorageBlobLogs: 'TimeGenerated:datetime, OperationName:string, Uri:string, StatusCode:string',
};

/**
 * The query in a form that finds nothing, instead of failing, while its table does not exist. A new workspace gets a table
 * with its first record, and Azure refuses a rule whose query fails (Azure/bicep#11378; mspnp/aks-baseline#422).
 */
export function toTolerantQuery(query: string): string {
  const [table = ''] = /^\w+/.exec(query) ?? [];
  const columns = COLUMNS[table];
  if (columns === undefined) throw new TypeError(`\`${table}\` is not a known table`);
  return `union isfuzzy=true (datatable(${columns})[]), ${query}`;
}
