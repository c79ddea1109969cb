import { AzureResource } from './azureResource.ts';
import { ArmExpression, call } from './engine/expression.ts';
import type { ArmResource } from './engine/armResource.ts';

/** An Azure role, where the app has it, and what it needs it for. */
export interface AzureRole {
  readonly definitionId: string;
  readonly displayName: string;
  /** The resources of its assignments. */
  readonly on: string;
  readonly neededFor: string;
}

/** All roles of the app; synthesis rejects any other. */
export const ROLES = {
  storageBlobDataOwner: {
    definitionId: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b',
    displayName: 'Storage Blob Data Owner',
    on: 'the containers `azure-webjobs-hosts` and `azure-webjobs-secrets`',
    neededFor: 'store leases and keys of the Functions host',
  },
  storageBlobDataContributor: {
    definitionId: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
    displayName: 'Storage Blob Data Contributor',
    on: 'the containers `quarantine` and `decisions`; for the second identity, on `package`',
    neededFor: 'store rejected requests, decisions and the package',
  },
  serviceBusDataReceiver: {
    definitionId: '4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0',
    displayName: 'Azure Service Bus Data Receiver',
    on: 'each queue',
    neededFor: 'receive signals and announcements',
  },
  serviceBusDataSender: {
    definitionId: '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39',
    displayName: 'Azure Service Bus Data Sender',
    on: 'each queue',
    neededFor: 'send signals and announcements',
  },
  serviceBusDataOwner: {
    definitionId: '090c5cfd-751d-490a-894a-3ce6f1109419',
    displayName: 'Azure Service Bus Data Owner',
    on: 'each queue',
    neededFor: 'let the scaler read the queue length, if scalesByQueueLength is set',
  },
  keyVaultSecretsUser: {
    definitionId: '4633458b-17de-408a-b874-0445c86b69e6',
    displayName: 'Key Vault Secrets User',
    on: 'the vault',
    neededFor: 'read the secrets that app settings refer to',
  },
  monitoringMetricsPublisher: {
    definitionId: '3913510d-42f4-4e42-8a64-420c390055eb',
    displayName: 'Monitoring Metrics Publisher',
    on: 'Application Insights',
    neededFor: 'send telemetry to Application Insights without a key',
  },
} as const satisfies Readonly<Record<string, AzureRole>>;

export type RoleName = keyof typeof ROLES;

/** Cosmos DB Built-in Data Contributor: a role of the account, not of Azure. */
export const COSMOS_DATA_CONTRIBUTOR_ID = '00000000-0000-0000-0000-000000000002';

/** Assigns the role on `resource` to `identity`. Azure requires a name that is known before deployment. */
export function grant(resource: ArmResource, identity: ArmResource, role: RoleName): ArmResource {
  const { definitionId, neededFor } = ROLES[role];
  const name = new ArmExpression('guid', [resource.id, identity.id, definitionId]).toString();
  return new AzureResource(resource, role, {
    type: 'Microsoft.Authorization/roleAssignments',
    name,
    scope: resource,
    body: {
      properties: {
        roleDefinitionId: call(
          'subscriptionResourceId',
          'Microsoft.Authorization/roleDefinitions',
          definitionId,
        ),
        principalId: identity.read('principalId'),
        principalType: 'ServicePrincipal',
        description: neededFor,
      },
    },
  });
}
