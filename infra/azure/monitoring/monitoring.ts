import { Construct } from 'constructs';
import { AzureResource, HERE } from '../azureResource.ts';
import type { ArmResource } from '../engine/armResource.ts';
import { call, unlessEmpty } from '../engine/expression.ts';
import type { StackParameters } from '../stackParameters.ts';
import type { StageConfiguration } from '../stageConfiguration.ts';

/**
 * Log categories that are stored, by type; for others all. No alert or chart reads what is left out, and it would cost more
 * than the system: each read and write of the database, each read of the storage, and a second copy of the functions'
 * telemetry.
 */
const LOGS: Readonly<Record<string, readonly string[]>> = {
  'Microsoft.DocumentDB/databaseAccounts': ['ControlPlaneRequests', 'PartitionKeyStatistics'],
  'Microsoft.Storage/storageAccounts/blobServices': ['StorageWrite', 'StorageDelete'],
  'Microsoft.Web/sites': [],
};

export interface MonitoringProps {
  readonly base: string;
  readonly parameters: Pick<StackParameters, 'monitoringNetworkAccess' | 'workspaceId'>;
  readonly stage: StageConfiguration;
}

/**
 * Application Insights, and the Log Analytics workspace that stores its telemetry: an existing one or one of its own.
 * `monitoringNetworkAccess` is `Enabled` or `Disabled`: whether networks without a private link scope reach them. Only
 * tokens of Entra are accepted in any case.
 */
export class Monitoring extends Construct {
  readonly workspaceId: string;
  readonly applicationInsights: ArmResource;

  constructor(scope: Construct, id: string, { base, parameters, stage }: MonitoringProps) {
    super(scope, id);
    const access = {
      publicNetworkAccessForIngestion: parameters.monitoringNetworkAccess,
      publicNetworkAccessForQuery: parameters.monitoringNetworkAccess,
    };
    const workspace = new AzureResource(this, 'workspace', {
      type: 'Microsoft.OperationalInsights/workspaces',
      name: `${base}-logs`,
      condition: call('empty', parameters.workspaceId),
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
    this.workspaceId = unlessEmpty(parameters.workspaceId, parameters.workspaceId, workspace.id);
    this.applicationInsights = new AzureResource(this, 'applicationInsights', {
      type: 'Microsoft.Insights/components',
      name: `${base}-insights`,
      body: {
        location: HERE,
        kind: 'web',
        properties: {
          Application_Type: 'web',
          WorkspaceResourceId: this.workspaceId,
          DisableLocalAuth: true,
          IngestionMode: 'LogAnalytics',
          ...access,
        },
      },
    });
  }

  /** Sends the logs and metrics of the resource to the workspace; by default the categories of `LOGS`. */
  diagnose(resource: ArmResource, categories = LOGS[resource.type]): void {
    new AzureResource(resource, 'diagnostics', {
      type: 'Microsoft.Insights/diagnosticSettings',
      name: 'to-workspace',
      scope: resource,
      body: {
        properties: {
          workspaceId: this.workspaceId,
          logs: categories?.map((category) => ({ category, enabled: true })) ?? [
            { categoryGroup: 'allLogs', enabled: true },
          ],
          metrics: [{ category: 'AllMetrics', enabled: true }],
        },
      },
    });
  }
}
