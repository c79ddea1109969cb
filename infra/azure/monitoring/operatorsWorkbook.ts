import { Construct } from 'constructs';
import { AzureResource, HERE } from '../azureResource.ts';
import { call, resourceGroup } from '../engine/expression.ts';
import { toTolerantQuery, type LogOwners } from './logTables.ts';

/** The charts from top to bottom: title, form and query. */
const CHARTS = [
  [
    'Decisions per minute, with the 99th percentile of their duration',
    'timechart',
    "AppRequests | where Name == 'decideAccess' | summarize requests = sum(ItemCount), p99 = percentilew(DurationMs, ItemCount, 99) by bin(TimeGenerated, 1m)",
  ],
  [
    'Requests from SEP Mobile, by status',
    'timechart',
    "AppRequests | where Name == 'receivePartnerWebhook' | summarize requests = sum(ItemCount) by ResultCode, bin(TimeGenerated, 5m)",
  ],
  [
    'Publishing runs, succeeded and failed',
    'timechart',
    "AppRequests | where Name in ('publishComplianceChange', 'retryPublications') | summarize runs = sum(ItemCount) by Name, Success, bin(TimeGenerated, 5m)",
  ],
  [
    'Last run of each timer',
    'table',
    "AppRequests | where Name in ('expireHeartbeats', 'reevaluateDevices', 'retryPublications', 'syncManagedDevices', 'pullEventSources') | summarize last = max(TimeGenerated) by Name",
  ],
  [
    'Warnings and errors by operation',
    'table',
    "AppTraces | where SeverityLevel >= 2 and Message !startswith 'audit: ' | summarize occurrences = sum(ItemCount), example = take_any(Message) by OperationName | order by occurrences desc",
  ],
  [
    'Rejected callers, by endpoint',
    'timechart',
    "AppTraces | where Message startswith 'unauthenticated: ' or Message startswith 'accessDenied: ' | summarize rejected = sum(ItemCount) by OperationName, bin(TimeGenerated, 15m)",
  ],
  [
    'Audit log',
    'table',
    "AppTraces | where Message startswith 'audit: ' | extend event = parse_json(substring(Message, 7)) | project TimeGenerated, activity = tostring(event.activityType), result = tostring(event.activityResult), resource = tostring(event.resourceId), application = tostring(event.actor.applicationId), user = tostring(event.actor.userPrincipalName), id = tostring(event.id) | order by TimeGenerated desc",
  ],
] as const;

/** A workbook in the workspace. */
export class OperatorsWorkbook extends Construct {
  constructor(scope: Construct, id: string, workspaceId: string, owners: LogOwners) {
    super(scope, id);
    const items = CHARTS.map((chart, index) => toItem(chart, index, owners));
    new AzureResource(this, 'workbook', {
      type: 'Microsoft.Insights/workbooks',
      name: call('guid', resourceGroup('id'), 'mobile-threat-defense'),
      body: {
        location: HERE,
        kind: 'shared',
        properties: {
          displayName: 'Mobile Threat Defense connector',
          category: 'workbook',
          sourceId: workspaceId,
          serializedData: JSON.stringify({ version: 'Notebook/1.0', items }),
        },
      },
    });
  }
}

function toItem(
  [title, visualization, query]: (typeof CHARTS)[number],
  index: number,
  owners: LogOwners,
): object {
  return {
    type: 3,
    name: `chart-${String(index)}`,
    content: {
      version: 'KqlItem/1.0',
      title,
      query: toTolerantQuery(query, owners),
      size: 0,
      visualization,
      timeContext: { durationMs: 86_400_000 },
      queryType: 0,
      resourceType: 'microsoft.operationalinsights/workspaces',
    },
  };
}
