import { neededSecrets } from '../../azure/secretSettings.ts';
import { openVault, type VaultSecrets } from '../app/vaultSecrets.ts';
import { findManaged } from '../stack/deploymentStack.ts';
import { isNamedElsewhere, type Missing, type Survey } from './survey.ts';

/** The secrets that neither the command line gives nor the vault has. Asks Azure Resource Manager, never the vault. */
export async function findMissingSecrets(survey: Survey): Promise<readonly Missing[]> {
  const { run, deployment, stack, secrets } = survey;
  const vaultName = findManaged(stack, 'Microsoft.KeyVault/vaults');
  const wanted = neededSecrets(deployment.parameters).filter((name) => !secrets.has(name));
  const vault = vaultName === undefined ? undefined : openVault(run, vaultName);
  const found = await Promise.all(wanted.map((name) => mayHave(vault, name)));
  return wanted
    .filter((_, at) => found[at] === false)
    .map((name) => ({
      what: `the secret \`${name}\``,
      mend: `add --secret ${name}=FILE; infra/deploy/README.md#secrets makes one`,
    }));
}

/** Without the right to ask, the answer is yes: the missing role is named instead. */
async function mayHave(vault: VaultSecrets | undefined, name: string): Promise<boolean> {
  try {
    return (await vault?.has(name)) ?? false;
  } catch (error) {
    if (isNamedElsewhere(error)) return true;
    throw error;
  }
}
