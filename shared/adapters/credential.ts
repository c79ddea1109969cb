import {
  DefaultAzureCredential,
  ManagedIdentityCredential,
  type TokenCredential,
} from '@azure/identity';

/**
 * The identity that the system acts as: in Azure the user-assigned managed identity `clientId`; without one whatever
 * the environment offers (`az login` on a developer's machine).
 */
export function createCredential(clientId: string | undefined): TokenCredential {
  return clientId === undefined
    ? new DefaultAzureCredential()
    : new ManagedIdentityCredential({ clientId });
}
