import { Construct } from 'constructs';
import { AzureResource, HERE } from './azureResource.ts';
import type { ArmResource } from './engine/armResource.ts';
import { call, resourceGroup } from './engine/expression.ts';

/** What an operator looks at, from above: a title and a query each. */
const CHARTS = [
  [
    'Decisions a minute, and how slow the slowest hundredth is',
    "AppRequests | where Name == 'decideAccess' | summarize asked = sum(ItemCount), p99 = percentilew(DurationMs, ItemCount, 99) by bin(TimeGenerated, 1m)",
  ],
  [
    'What SEP Mobile sends',
    "AppRequests | where Name == 'receivePartnerWebhook' | summarize requests = sum(ItemCount) by ResultCode, bin(TimeGenerated, 5m)",
  ],
  [
    'Who is told, and who could not be',
    "AppRequests | where Name in ('publishComplianceChange', 'retryPublications') | summarize runs = sum(ItemCount) by Name, Success, bin(TimeGenerated, 5m)",
  ],
  [
    'Timers that should run',
    "AppRequests | where Name in ('expireHeartbeats', 'reevaluateDevices', 'retryPublications', 'syncManagedDevices') | summarize last = max(TimeGenerated) by Name",
  ],
  [
    'What went wrong, by its code',
    'AppTraces | where SeverityLevel >= 2 | summarize times = sum(ItemCount), example = any(Message) by OperationName | order by times desc',
  ],
] as const;

/** A workbook of the workspace. */
export class OperatorsWorkbook extends Construct {
  constructor(scope: Construct, id: string, workspace: ArmResource) {
    super(scope, id);
    new AzureResource(this, 'workbook', {
      type: 'Microsoft.Insights/workbooks',
      name: call('guid', resourceGroup('id'), 'mobile-threat-defense'),
      body: {
        location: HERE,
        kind: 'shared',
        properties: {
          displayName: 'Mobile Threat Defense connector',
          category: 'workbook',
          sourceId: workspace.id,
          serializedData: JSON.stringify({ version: 'Notebook/1.0', items: CHARTS.map(toItem) }),
        },
      },
    });
  }
}

function toItem([title, query]: (typeof CHARTS)[number], index: number): object {
  return {
    type: 3,
    name: `chart-${String(index)}`,
    content: {
      version: 'KqlItem/1.0',
      title,
      query,
      size: 0,
      timeContext: { durationMs: 86_400_000 },
      queryType: 0,
      resourceType: 'microsoft.operationalinsights/workspaces',
    },
  };
}
