import { Construct } from 'constructs';
import { AzureResource, HERE } from './azureResource.ts';
import type { ArmResource } from './engine/armResource.ts';
import type { StageConfiguration } from './stageConfiguration.ts';

/**
 * The logs of what would else write a record of each of its operations: the database a few for every request that is
 * answered, the functions what Application Insights has already. Nobody asks for them, and they would cost more than
 * all that they tell of; who changes the account is still told. What is not named here says all that it can.
 */
const LOGS: Readonly<Record<string, readonly string[]>> = {
  'Microsoft.DocumentDB/databaseAccounts': ['ControlPlaneRequests', 'PartitionKeyStatistics'],
  'Microsoft.Web/sites': [],
};

/** Where everything says what it does: a workspace, and Application Insights on top of it. */
export class Monitoring extends Construct {
  readonly workspace: ArmResource;
  readonly applicationInsights: ArmResource;

  constructor(
    scope: Construct,
    id: string,
    names: { readonly base: string },
    stage: StageConfiguration,
  ) {
    super(scope, id);
    this.workspace = new AzureResource(this, 'workspace', {
      type: 'Microsoft.OperationalInsights/workspaces',
      name: `${names.base}-logs`,
      body: {
        location: HERE,
        properties: {
          sku: { name: 'PerGB2018' },
          retentionInDays: stage.logRetentionInDays,
          features: { disableLocalAuth: true },
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
        },
      },
    });
  }

  /** Lets the resource say what somebody may ask for. */
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
