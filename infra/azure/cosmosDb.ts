import { Construct } from 'constructs';
import { CONTAINERS, DATABASE_NAME } from '../../shared/resources.ts';
import { AzureResource, HERE } from './azureResource.ts';
import type { ArmResource } from './engine/armResource.ts';
import { ArmExpression, unlessEmpty } from './engine/expression.ts';
import { COSMOS_DATA_CONTRIBUTOR_ID } from './roles.ts';
import type { StageConfiguration } from './stageConfiguration.ts';

/** Maximum request units a second, shared by the three containers. A changed device costs about 20. */
export const MAX_THROUGHPUT = { dev: 1000, prod: 10_000 } as const;

export interface CosmosDbProps {
  /** The name of the account. */
  readonly name: string;
  /** The parameter that names a restored account. It replaces the other one, and gets the same settings. */
  readonly restored: string;
  /** The parameter that spreads the account over zones; `undefined` in one zone. */
  readonly zoneRedundant: string | undefined;
  readonly stage: StageConfiguration;
}

/**
 * The database. Partition keys, indexes and times to live come from the code. The account takes one change at a time and
 * answers 412 to a second one, so each resource waits for the one before it (hashicorp/terraform-provider-azurerm#15842).
 */
export class CosmosDb extends Construct {
  readonly account: ArmResource;
  /** The last part of the name of the account's private endpoint. */
  readonly endpointName: string;
  /** The last resource of the account so far. */
  last: ArmResource;

  constructor(
    scope: Construct,
    id: string,
    { name, restored, zoneRedundant, stage }: CosmosDbProps,
  ) {
    super(scope, id);
    this.endpointName = unlessEmpty(restored, restored, 'db');
    this.account = new AzureResource(this, 'account', {
      type: 'Microsoft.DocumentDB/databaseAccounts',
      name: unlessEmpty(restored, restored, name),
      body: {
        location: HERE,
        kind: 'GlobalDocumentDB',
        properties: {
          databaseAccountOfferType: 'Standard',
          locations: [
            { locationName: HERE, failoverPriority: 0, isZoneRedundant: zoneRedundant ?? false },
          ],
          // A worker reads its own writes. With one region, a stronger level changes nothing.
          consistencyPolicy: { defaultConsistencyLevel: 'Session' },
          disableLocalAuth: true,
          disableKeyBasedMetadataWriteAccess: true,
          minimalTlsVersion: 'Tls12',
          publicNetworkAccess: stage.isPrivate ? 'Disabled' : 'Enabled',
          backupPolicy: {
            type: 'Continuous',
            continuousModeProperties: {
              tier: stage.stage === 'prod' ? 'Continuous30Days' : 'Continuous7Days',
            },
          },
        },
      },
    });
    const database = new AzureResource(this, 'database', {
      type: 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases',
      name: DATABASE_NAME,
      parent: this.account,
      body: {
        properties: {
          resource: { id: DATABASE_NAME },
          options: { autoscaleSettings: { maxThroughput: MAX_THROUGHPUT[stage.stage] } },
        },
      },
    });
    this.last = CONTAINERS.reduce<ArmResource>(
      (before, resource) =>
        new AzureResource(this, resource.id, {
          type: 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers',
          name: resource.id,
          parent: database,
          after: [before],
          body: { properties: { resource } },
        }),
      database,
    );
  }

  /**
   * Lets `identity` read and write documents of this database, but not manage the account. The account's metadata, which
   * the client reads first, may be read with any assignment (learn.microsoft.com/azure/cosmos-db/how-to-setup-rbac;
   * Azure/azure-cosmos-dotnet-v3#3638 names the database as a scope that works).
   */
  grantData(identity: ArmResource): ArmResource {
    const scope = `${this.account.id}/dbs/${DATABASE_NAME}`;
    const given = [scope, identity.id, COSMOS_DATA_CONTRIBUTOR_ID];
    this.last = new AzureResource(this, 'dataContributor', {
      type: 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments',
      name: new ArmExpression('guid', given).toString(),
      parent: this.account,
      after: [this.last],
      body: {
        properties: {
          roleDefinitionId: `${this.account.id}/sqlRoleDefinitions/${COSMOS_DATA_CONTRIBUTOR_ID}`,
          principalId: identity.read('principalId'),
          scope,
        },
      },
    });
    return this.last;
  }
}
