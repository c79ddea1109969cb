import { SECRET_SETTINGS } from '../azure/secretSettings.ts';
import { UsageError } from '../cli/command.ts';
import { openKeyVaultSecrets } from '../cli/webhookSecretStore.ts';
import {
  requireOutput,
  type DeployOptions,
  type DeployResult,
  type DeployRun,
} from './deployRun.ts';
import { readStack, type DeployedStack } from './stack/deploymentStack.ts';
import { readGiven } from './readParameters.ts';
import { requireApiToken } from './requireApiToken.ts';
import { smoke, SMOKE_ROLES } from './smoke.ts';

/** The secret that SEP Mobile signs with. */
export const WEBHOOK_SECRET = SECRET_SETTINGS['SEP_MOBILE_WEBHOOK_SECRETS'] ?? '';

/** Runs the smoke test on the system that is deployed. */
export async function smokeDeployed(run: DeployRun): Promise<DeployResult> {
  const stack = await readStack(run.arm, run);
  if (stack === undefined) throw new Error('there is no stack: run `up` first');
  return trySmoke(run, stack);
}

/** Runs the smoke test on the system of this stack; `secret` is the webhook secret, if it is known. */
export async function trySmoke(
  run: DeployRun,
  stack: Pick<DeployedStack, 'outputs'>,
  secret?: string,
): Promise<DeployResult> {
  const { credential, io, note } = run;
  const audience = await requireSmokeRoles(run);
  const result = await smoke({
    api: requireOutput(stack, 'api'),
    webhookSecret: await readWebhookSecret(run, stack, secret),
    token: async () => (await credential.getToken(`${audience}/.default`))?.token ?? '',
    fetch: io.fetch,
    onStep: note,
  });
  const { blockedAfterInMilliseconds: blocked, allowedAgainAfterInMilliseconds: allowed } = result;
  return {
    value: { smoke: result },
    lines: [`blocked after ${String(blocked)} ms, allowed again after ${String(allowed)} ms`],
  };
}

/**
 * Returns the audience for which the smoke test asks a token.
 * @throws ApiTokenError naming each role that the token lacks, and the command that assigns it.
 */
export async function requireSmokeRoles({
  credential,
  options,
  stage,
}: DeployRun): Promise<string> {
  const accepted = findAudiences(options);
  const audience = options.audience ?? accepted?.[0];
  if (audience === undefined)
    throw new UsageError('the smoke test needs --audience, or the parameter tokenAudience');
  const demand = { audience, roles: SMOKE_ROLES, stage: stage.stage };
  await requireApiToken(credential, { ...demand, ...(accepted && { accepted }) });
  return audience;
}

/** The parameter tokenAudience, which names audiences separated by spaces. */
function findAudiences({ parameters }: DeployOptions): readonly string[] | undefined {
  const { value } = readGiven(parameters)['tokenAudience'] ?? {};
  return typeof value === 'string' ? value.split(' ').filter(Boolean) : undefined;
}

async function readWebhookSecret(
  { credential, webhookSecret, io }: DeployRun,
  stack: Pick<DeployedStack, 'outputs'>,
  given: string | undefined,
): Promise<string> {
  const text = webhookSecret ?? given;
  // During a rotation there are two.
  if (text !== undefined) return text.split(/\s+/)[0] ?? '';
  const vault = { uri: requireOutput(stack, 'keyVaultUri'), credential, fetch: io.fetch };
  const [secret] = await openKeyVaultSecrets(vault, WEBHOOK_SECRET).read();
  return secret;
}
