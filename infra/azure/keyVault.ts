import { Construct } from 'constructs';
import { AzureResource, HERE } from './azureResource.ts';
import type { ArmResource } from './engine/armResource.ts';
import { subscription } from './engine/expression.ts';
import type { StageConfiguration } from './stageConfiguration.ts';

/** The vault of the secrets: access by roles, with purge protection. */
export class Vault extends Construct {
  readonly vault: ArmResource;

  constructor(scope: Construct, id: string, name: string, stage: StageConfiguration) {
    super(scope, id);
    this.vault = new AzureResource(this, 'vault', {
      type: 'Microsoft.KeyVault/vaults',
      name,
      body: {
        location: HERE,
        properties: {
          tenantId: subscription('tenantId'),
          sku: { family: 'A', name: 'standard' },
          enableRbacAuthorization: true,
          enableSoftDelete: true,
          enablePurgeProtection: true,
          softDeleteRetentionInDays: stage.softDeleteRetentionInDays,
          publicNetworkAccess: stage.isPrivate ? 'Disabled' : 'Enabled',
          networkAcls: {
            defaultAction: stage.isPrivate ? 'Deny' : 'Allow',
            bypass: 'AzureServices',
          },
        },
      },
    });
  }

  /**
   * The value of an app setting that the platform replaces with the secret, in the newest version
   * (learn.microsoft.com/azure/app-service/app-service-key-vault-references).
   */
  reference(secretName: string): string {
    return `@Microsoft.KeyVault(SecretUri=${this.vault.read('vaultUri')}secrets/${secretName}/)`;
  }
}
