import {
  DefaultAzureCredential,
  ManagedIdentityCredential,
  type TokenCredential,
} from '@azure/identity';

/**
 * The system's own identity: the user-assigned managed identity `clientId` in Azure. Without a `clientId` the
 * environment decides, for example `az login` on a developer's machine.
 */
export function createCredential(clientId: string | undefined): TokenCredential {
  return clientId === undefined
    ? new DefaultAzureCredential()
    : new ManagedIdentityCredential({ clientId });
}
