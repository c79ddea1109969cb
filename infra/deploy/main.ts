import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { DefaultAzureCredential, type TokenCredential } from '@azure/identity';
import { STAGES, type StageConfiguration } from '../azure/stageConfiguration.ts';
import { SECRET_SETTINGS } from '../azure/keyVault.ts';
import { synthesize } from '../azure/synthesize.ts';
import { requireYes, runMain, UsageError } from '../cli/command.ts';
import { openKeyVaultSecrets } from '../ops/webhookSecretStore.ts';
import { ArmError, createArmClient, type ArmClient } from './armClient.ts';
import {
  deleteStack,
  readStack,
  waitUntilFinal,
  writeStack,
  type DeployedStack,
} from './deploymentStack.ts';
import { publishPackage } from './publishPackage.ts';
import { readGiven, readParameters, type TemplateWithParameters } from './readParameters.ts';
import { findMissingSecrets } from './secretsOf.ts';
import { smoke } from './smoke.ts';
import {
  askWhatIf,
  isChange,
  toDifference,
  toSummary,
  validate,
  type Deployment,
} from './whatIf.ts';

const USAGE = `usage: npm run deploy -- <command> --stage dev|prod --subscription ID --resource-group NAME [options]

  what-if     what would change, and nothing is changed
  up          validate, what-if, deployment stack, package, smoke test; repeat it where it stopped
  smoke       the way of a device through the outer interface
  down        delete the stack and everything in it

  --parameters name=value | FILE     of the template; any number of times
  --location NAME                    where the resource group is made, if there is none
  --package FILE                     dist/package.zip, made by \`npm run package\`
  --no-smoke                         without the smoke test
  --audience TEXT                    of the API; the parameter tokenAudience
  --webhook-secret-file FILE         for the smoke test; else it is read from Key Vault
  --yes                              delete without asking
  --json                             one JSON document on standard output
  --arm https://…, --scm https://…   another cloud’s endpoints

As whoever is signed in (\`az login\`). Ends with 0 if it was done, 1 if not, 2 if it was not understood.`;

const options = {
  stage: { type: 'string' },
  subscription: { type: 'string' },
  'resource-group': { type: 'string' },
  location: { type: 'string' },
  parameters: { type: 'string', multiple: true, default: [] as string[] },
  package: { type: 'string', default: 'dist/package.zip' },
  smoke: { type: 'boolean', default: true },
  audience: { type: 'string' },
  'webhook-secret-file': { type: 'string' },
  yes: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
  arm: { type: 'string', default: 'https://management.azure.com' },
  scm: { type: 'string' },
} as const;

type Values = ReturnType<typeof parse>['values'];

/** Everything that a step needs. */
interface Run {
  readonly values: Values;
  readonly stage: StageConfiguration;
  readonly arm: ArmClient;
  readonly credential: TokenCredential;
  /** `/subscriptions/…/resourceGroups/…` */
  readonly scope: string;
  readonly name: string;
}

interface Outcome {
  readonly value: object;
  readonly lines: readonly string[];
}

function parse(): ReturnType<
  typeof parseArgs<{ options: typeof options; allowPositionals: true; allowNegative: true }>
> {
  return parseArgs({ options, allowPositionals: true, allowNegative: true });
}

/** Tells people what is done; programs read standard output. */
const say = (text: string): void => console.error(text);
/** A line below a step. */
const note = (text: string): void => say(`      ${text}`);

const COMMANDS: Readonly<Record<string, (run: Run) => Promise<Outcome>>> = {
  'what-if': whatIf,
  up: deploy,
  smoke: smokeDeployed,
  down: destroy,
};

function toRun(values: Values): Run {
  const stage = STAGES.find((each) => each.stage === values.stage);
  if (stage === undefined)
    throw new UsageError(`--stage must be ${STAGES.map((each) => each.stage).join(' or ')}`);
  const { subscription = '', 'resource-group': group = '' } = values;
  if (!/^[\da-f-]{36}$/i.test(subscription)) throw new UsageError('--subscription must be an id');
  if (!/^[-\w.()]{1,90}$/.test(group)) throw new UsageError('--resource-group must be named');
  const endpoint = requireEndpoint('--arm', values.arm);
  const credential = new DefaultAzureCredential();
  return {
    values,
    stage,
    credential,
    arm: createArmClient({ endpoint, credential, onWait: note }),
    scope: `/subscriptions/${subscription}/resourceGroups/${group}`,
    name: `mobile-threat-defense-${stage.stage}`,
  };
}

/** A token goes nowhere in the clear but to this machine itself. */
function requireEndpoint(option: string, text: string): string {
  const url = URL.parse(text);
  const isHere =
    url?.protocol === 'http:' && /^(?:127\.0\.0\.1|\[::1\]|localhost)$/.test(url.hostname);
  if (url?.protocol === 'https:' || isHere) return text;
  throw new UsageError(`${option} must be an https address`);
}

function toDeployment({ stage, values, scope, name }: Run): Deployment {
  const template = JSON.parse(synthesize(stage)) as TemplateWithParameters;
  return { scope, name, template, parameters: readParameters(template, values.parameters) };
}

async function whatIf(run: Run): Promise<Outcome> {
  const deployment = toDeployment(run);
  if (!(await hasGroup(run))) {
    const what = 'there is no such resource group: `up` makes it, and everything in it';
    return { value: { changes: 'everything' }, lines: [what] };
  }
  await validate(run.arm, deployment);
  const changes = await askWhatIf(run.arm, deployment);
  return { value: { changes: changes.filter(isChange) }, lines: toDifference(changes) };
}

async function deploy(run: Run): Promise<Outcome> {
  const { arm, stage, values, credential } = run;
  const zip = readPackage(values.package);
  const deployment = toDeployment(run);
  say('[1/6] resource group');
  await requireGroup(run);
  say('[2/6] validate');
  await validate(arm, deployment);
  say('[3/6] what-if');
  const changes = await askWhatIf(arm, deployment);
  for (const line of toDifference(changes)) note(line);
  say('[4/6] deployment stack');
  const before = await waitUntilFinal(arm, deployment, note);
  const isThere = before?.provisioningState === 'succeeded' && !changes.some(isChange);
  if (isThere) note('as it is');
  const stack = isThere ? before : await writeStack(arm, deployment, stage.isLocked);
  await requireSecrets(run, stack);
  say('[5/6] package');
  const scm = await findScm(run, stack);
  const outcome = await publishPackage({ scm, credential, onWait: note }, zip);
  if (outcome === 'asItIs') note('as it is');
  const result = {
    resources: toSummary(changes),
    package: outcome,
    api: requireOutput(stack, 'api'),
  };
  if (!values.smoke) return { value: result, lines: [`${result.api} is up, and was not tried`] };
  say('[6/6] smoke test');
  const seen = await trySmoke(run, stack);
  return { value: { ...result, ...seen.value }, lines: [`${result.api} is up`, ...seen.lines] };
}

function readPackage(file: string): Uint8Array {
  if (existsSync(file)) return readFileSync(file);
  throw new UsageError(`there is no package \`${file}\`: run \`npm run package\` first`);
}

async function hasGroup({ arm, scope }: Run): Promise<boolean> {
  return (await arm.run('GET', groupPath(scope))) !== undefined;
}

function groupPath(scope: string): string {
  return `${scope}?api-version=2024-11-01`;
}

async function requireGroup(run: Run): Promise<void> {
  const { arm, scope, values } = run;
  if (await hasGroup(run)) return;
  if (values.location === undefined)
    throw new UsageError('there is no such resource group: say --location NAME to make it');
  await arm.run('PUT', groupPath(scope), { location: values.location });
}

/** An app whose secrets are missing does not start, and says so nowhere: better to stop before. */
async function requireSecrets({ credential }: Run, stack: DeployedStack): Promise<void> {
  const vault = requireOutput(stack, 'keyVaultUri');
  const names = Object.values(SECRET_SETTINGS);
  const missing = await findMissingSecrets(vault, names, credential);
  if (missing === undefined) {
    note('whether the secrets are in the vault could not be seen: you may not read there');
    return;
  }
  if (missing.length === 0) return;
  const name = new URL(vault).hostname.split('.')[0] ?? '';
  const commands = missing.map(
    (each) => `  az keyvault secret set --vault-name ${name} --name ${each} --file …`,
  );
  throw new Error(
    [
      'secrets are missing; write them, and run the same command again, it goes on from here:',
      ...commands,
    ].join('\n'),
  );
}

/** Where the app takes its package, as the app itself says. */
async function findScm({ arm, scope, values }: Run, stack: DeployedStack): Promise<string> {
  if (values.scm !== undefined) return requireEndpoint('--scm', values.scm);
  const app = requireOutput(stack, 'functionAppName');
  const path = `${scope}/providers/Microsoft.Web/sites/${app}?api-version=2024-04-01`;
  const site = await arm.run('GET', path);
  const { enabledHostNames = [] } = (site?.['properties'] ?? {}) as {
    readonly enabledHostNames?: readonly string[];
  };
  const host = enabledHostNames.find((each) => each.includes('.scm.'));
  if (host === undefined) throw new Error(`the app \`${app}\` has no deployment door`);
  return `https://${host}`;
}

function requireOutput({ outputs }: DeployedStack, name: string): string {
  const value = outputs[name];
  if (value === undefined) throw new Error(`the stack has no output \`${name}\`: run \`up\` first`);
  return value;
}

async function smokeDeployed(run: Run): Promise<Outcome> {
  const stack = await readStack(run.arm, run);
  if (stack === undefined) throw new Error('there is no stack: run `up` first');
  return trySmoke(run, stack);
}

async function trySmoke(run: Run, stack: DeployedStack): Promise<Outcome> {
  const { credential, values } = run;
  const seen = await smoke({
    api: requireOutput(stack, 'api'),
    webhookSecret: await readWebhookSecret(run, stack),
    token: async () => {
      const audience = values.audience ?? audienceOf(values);
      return (await credential.getToken(`${audience}/.default`))?.token ?? '';
    },
    onStep: note,
  });
  const { blockedAfterInMilliseconds: blocked, allowedAgainAfterInMilliseconds: allowed } = seen;
  return {
    value: { smoke: seen },
    lines: [`kept out after ${String(blocked)} ms, let in again after ${String(allowed)} ms`],
  };
}

function audienceOf({ parameters }: Values): string {
  const { value } = readGiven(parameters)['tokenAudience'] ?? {};
  if (typeof value === 'string') return value;
  throw new UsageError('the smoke test needs --audience, or the parameter tokenAudience');
}

async function readWebhookSecret(
  { credential, values }: Run,
  stack: DeployedStack,
): Promise<string> {
  const file = values['webhook-secret-file'];
  if (file !== undefined) return readFileSync(file, 'utf8').trim();
  const name = SECRET_SETTINGS['SEP_MOBILE_WEBHOOK_SECRETS'] ?? '';
  const [secret] = await openKeyVaultSecrets(
    requireOutput(stack, 'keyVaultUri'),
    name,
    credential,
  ).read();
  return secret;
}

async function destroy(run: Run): Promise<Outcome> {
  const { arm, stage, scope, name, values } = run;
  if (stage.isLocked)
    throw new UsageError(
      `the stage ${stage.stage} is locked against deletion; README.md says how it is unlocked and deleted by hand`,
    );
  const stack = await waitUntilFinal(arm, run, note);
  if (stack === undefined)
    return { value: { deleted: false }, lines: ['there is nothing to delete'] };
  await requireYes(values, `Delete ${name} in ${scope} with all that it holds?`);
  say('[1/1] deployment stack');
  await deleteStack(arm, run);
  return {
    value: { deleted: true },
    lines: ['deleted; the vault is kept under its name until its retention is over'],
  };
}

/** Returns the exit code. */
async function main(): Promise<number> {
  const { values, positionals } = parse();
  if (values.help || positionals.length === 0) {
    console.log(USAGE);
    return values.help ? 0 : 2;
  }
  const [name = '', unknown] = positionals;
  const command = COMMANDS[name];
  if (command === undefined) throw new UsageError(`there is no command \`${name}\``);
  if (unknown !== undefined) throw new UsageError(`\`${unknown}\` is one word too many`);
  const { value, lines } = await command(toRun(values));
  console.log(values.json ? JSON.stringify(value) : lines.join('\n'));
  return 0;
}

runMain(main, 'deploy', (error) => {
  if (error instanceof ArmError)
    console.error('nothing that was made is lost; once that is mended, run the same command again');
});
