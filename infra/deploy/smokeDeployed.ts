import { readFileSync } from 'node:fs';
import { SECRET_SETTINGS } from '../azure/secretSettings.ts';
import { UsageError } from '../cli/command.ts';
import { openKeyVaultSecrets } from '../cli/webhookSecretStore.ts';
import {
  requireOutput,
  type DeployOptions,
  type DeployResult,
  type DeployRun,
} from './deployRun.ts';
import { readStack, type DeployedStack } from './deploymentStack.ts';
import { readGiven } from './readParameters.ts';
import { smoke } from './smoke.ts';

/** Runs the smoke test on the system that is deployed. */
export async function smokeDeployed(run: DeployRun): Promise<DeployResult> {
  const stack = await readStack(run.arm, run);
  if (stack === undefined) throw new Error('there is no stack: run `up` first');
  return trySmoke(run, stack);
}

/** Runs the smoke test on the system of this stack. */
export async function trySmoke(run: DeployRun, stack: DeployedStack): Promise<DeployResult> {
  const { credential, options, io, note } = run;
  const result = await smoke({
    api: requireOutput(stack, 'api'),
    webhookSecret: await readWebhookSecret(run, stack),
    token: async () => {
      const audience = options.audience ?? findAudience(options);
      return (await credential.getToken(`${audience}/.default`))?.token ?? '';
    },
    fetch: io.fetch,
    onStep: note,
  });
  const { blockedAfterInMilliseconds: blocked, allowedAgainAfterInMilliseconds: allowed } = result;
  return {
    value: { smoke: result },
    lines: [`blocked after ${String(blocked)} ms, allowed again after ${String(allowed)} ms`],
  };
}

/** The parameter tokenAudience. @throws UsageError if it is not given. */
function findAudience({ parameters }: DeployOptions): string {
  const { value } = readGiven(parameters)['tokenAudience'] ?? {};
  if (typeof value === 'string') return value;
  throw new UsageError('the smoke test needs --audience, or the parameter tokenAudience');
}

async function readWebhookSecret(
  { credential, options, io }: DeployRun,
  stack: DeployedStack,
): Promise<string> {
  const file = options['webhook-secret-file'];
  if (file !== undefined) return readFileSync(file, 'utf8').trim();
  const vault = { uri: requireOutput(stack, 'keyVaultUri'), credential, fetch: io.fetch };
  const name = SECRET_SETTINGS['SEP_MOBILE_WEBHOOK_SECRETS'] ?? '';
  const [secret] = await openKeyVaultSecrets(vault, name).read();
  return secret;
}
