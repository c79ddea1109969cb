import { Construct } from 'constructs';
import { AzureResource, HERE } from './azureResource.ts';
import type { ArmResource } from './engine/armResource.ts';
import type { StageConfiguration } from './stageConfiguration.ts';

/**
 * Log categories of resources that would otherwise log every operation. The database would write several records for
 * each request, and the functions would repeat Application Insights. No alert or chart queries them, and they would cost
 * more than the whole system. Changes of the database account are still logged. Other resources send all their logs.
 */
const LOGS: Readonly<Record<string, readonly string[]>> = {
  'Microsoft.DocumentDB/databaseAccounts': ['ControlPlaneRequests', 'PartitionKeyStatistics'],
  'Microsoft.Web/sites': [],
};

/**
 * A Log Analytics workspace, and Application Insights that stores its telemetry there. `networkAccess` is `Enabled` or
 * `Disabled`: whether networks without a private link scope reach them. Only tokens of Entra are accepted in any case.
 */
export class Monitoring extends Construct {
  readonly workspace: ArmResource;
  readonly applicationInsights: ArmResource;

  constructor(
    scope: Construct,
    id: string,
    names: { readonly base: string; readonly networkAccess: string },
    stage: StageConfiguration,
  ) {
    super(scope, id);
    const access = {
      publicNetworkAccessForIngestion: names.networkAccess,
      publicNetworkAccessForQuery: names.networkAccess,
    };
    this.workspace = new AzureResource(this, 'workspace', {
      type: 'Microsoft.OperationalInsights/workspaces',
      name: `${names.base}-logs`,
      body: {
        location: HERE,
        properties: {
          sku: { name: 'PerGB2018' },
          retentionInDays: stage.logRetentionInDays,
          features: { disableLocalAuth: true },
          ...access,
        },
      },
    });
    this.applicationInsights = new AzureResource(this, 'applicationInsights', {
      type: 'Microsoft.Insights/components',
      name: `${names.base}-insights`,
      body: {
        location: HERE,
        kind: 'web',
        properties: {
          Application_Type: 'web',
          WorkspaceResourceId: this.workspace.id,
          DisableLocalAuth: true,
          IngestionMode: 'LogAnalytics',
          ...access,
        },
      },
    });
  }

  /** Sends the logs and metrics of the resource to the workspace. */
  diagnose(resource: ArmResource): void {
    new AzureResource(resource, 'diagnostics', {
      type: 'Microsoft.Insights/diagnosticSettings',
      name: 'to-workspace',
      scope: resource,
      body: {
        properties: {
          workspaceId: this.workspace.id,
          logs: LOGS[resource.type]?.map((category) => ({ category, enabled: true })) ?? [
            { categoryGroup: 'allLogs', enabled: true },
          ],
          metrics: [{ category: 'AllMetrics', enabled: true }],
        },
      },
    });
  }
}
