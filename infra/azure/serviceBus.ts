import { Construct } from 'constructs';
import { QUEUES } from '../../shared/resources.ts';
import { AzureResource, HERE } from './azureResource.ts';
import type { ArmResource } from './engine/armResource.ts';
import type { StageConfiguration } from './stageConfiguration.ts';

/** The namespace with the queues of the code. */
export class ServiceBus extends Construct {
  readonly namespace: ArmResource;
  readonly queues: readonly ArmResource[];
  readonly tier: 'Premium' | 'Standard';

  constructor(scope: Construct, id: string, name: string, stage: StageConfiguration) {
    super(scope, id);
    // Private endpoints and availability zones need the premium tier.
    const tier = stage.isPrivate || stage.isZoneRedundant ? 'Premium' : 'Standard';
    this.tier = tier;
    this.namespace = new AzureResource(this, 'namespace', {
      type: 'Microsoft.ServiceBus/namespaces',
      name,
      body: {
        location: HERE,
        sku: { name: tier, tier, ...(tier === 'Premium' ? { capacity: 1 } : {}) },
        properties: {
          disableLocalAuth: true,
          minimumTlsVersion: '1.2',
          publicNetworkAccess: stage.isPrivate ? 'Disabled' : 'Enabled',
          ...(tier === 'Premium' ? { zoneRedundant: stage.isZoneRedundant } : {}),
        },
      },
    });
    this.queues = QUEUES.map(
      ({ name: queue, ...properties }) =>
        new AzureResource(this, queue, {
          type: 'Microsoft.ServiceBus/namespaces/queues',
          name: queue,
          parent: this.namespace,
          body: { properties },
        }),
    );
  }

  /**
   * The logs that are stored. Who uses the queues is logged in the premium tier only
   * (learn.microsoft.com/azure/azure-monitor/reference/tables/azmsruntimeauditlogs).
   */
  get logCategories(): readonly string[] {
    return this.tier === 'Premium' ? ['OperationalLogs', 'RuntimeAuditLogs'] : ['OperationalLogs'];
  }
}
