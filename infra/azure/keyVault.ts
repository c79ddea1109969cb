import { Construct } from 'constructs';
import { AzureResource, HERE } from './azureResource.ts';
import type { ArmResource } from './engine/armResource.ts';
import { subscription } from './engine/expression.ts';
import type { StageConfiguration } from './stageConfiguration.ts';

/** App settings that are secrets, with the name of each secret. Operators write the values; no template contains one. */
export const SECRET_SETTINGS: Readonly<Record<string, string>> = {
  SEP_MOBILE_WEBHOOK_SECRETS: 'sep-mobile-webhook-secrets',
  MESSAGE_KEYS: 'message-keys',
  REMEDIATION_TICKET_KEYS: 'remediation-ticket-keys',
  CALLER_KEYS: 'caller-keys',
  NAC_KEYS: 'nac-keys',
  SSF_SIGNING_KEYS: 'ssf-signing-keys',
  WEBHOOK_MASTER_KEYS: 'webhook-master-keys',
};

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
        },
      },
    });
  }

  /** The value of an app setting that the platform replaces with the secret. */
  reference(secretName: string): string {
    return `@Microsoft.KeyVault(SecretUri=${this.vault.read('vaultUri')}secrets/${secretName})`;
  }
}
