import { openKeyVaultSecrets } from '../../cli/webhookSecretStore.ts';
import { ApiTokenError } from '../requireApiToken.ts';
import { requireSmokeRoles, WEBHOOK_SECRET } from '../smokeDeployed.ts';
import type { Missing, Survey } from './survey.ts';

const VAULT = 'https://vault.azure.net/.default';

/**
 * What the smoke test lacks. Asks for the tokens of the vault and of the API, so that no later step needs a new one.
 */
export async function findMissingAccess(survey: Survey): Promise<readonly Missing[]> {
  if (!survey.run.options.smoke) return [];
  return [...(await findMissingApiRoles(survey)), ...(await findMissingWebhookSecret(survey))];
}

async function findMissingApiRoles({ run }: Survey): Promise<readonly Missing[]> {
  try {
    await requireSmokeRoles(run);
    return [];
  } catch (error) {
    if (!(error instanceof ApiTokenError)) throw error;
    const what = `for the smoke test: ${error.problems.join('\n').replaceAll('\n', ', ')}`;
    return [{ what, mend: error.advice.join('\n      ') }];
  }
}

/** The smoke test signs as SEP Mobile does. Before there is a vault, the secret is one that the command line gives. */
async function findMissingWebhookSecret(survey: Survey): Promise<readonly Missing[]> {
  const { run, stack, secrets } = survey;
  const { credential, webhookSecret, io } = run;
  await credential.getToken(VAULT).catch(() => undefined);
  const uri = stack?.outputs['keyVaultUri'];
  const isGiven = webhookSecret !== undefined || secrets.has(WEBHOOK_SECRET);
  if (isGiven || uri === undefined) return [];
  const store = openKeyVaultSecrets({ uri, credential, fetch: io.fetch }, WEBHOOK_SECRET);
  try {
    await store.read();
    return [];
  } catch (error) {
    const what = `the webhook secret for the smoke test: ${(error as Error).message}`;
    const role = `az role assignment create --assignee {your object id} --role 'Key Vault Secrets User' --scope ${run.scope}`;
    return [{ what, mend: `add --webhook-secret-file FILE, or --no-smoke; or ${role}` }];
  }
}
