import { existsSync, readFileSync } from 'node:fs';
import { UsageError } from '../cli/command.ts';
import { requireEndpoint } from '../cli/requireEndpoint.ts';
import { findReplacedSecrets } from './app/findReplacedSecrets.ts';
import { resolveReferences } from './app/resolveReferences.ts';
import { openVault } from './app/vaultSecrets.ts';
import {
  createResourceGroup,
  requireOutput,
  toDeployment,
  withKept,
  type DeployResult,
  type DeployRun,
} from './deployRun.ts';
import { findManaged, waitUntilFinal, type DeployedStack } from './stack/deploymentStack.ts';
import { requireReady } from './preflight/preflight.ts';
import { survey, type Survey } from './preflight/survey.ts';
import { publishPackage } from './app/publishPackage.ts';
import { readGivenSecrets } from './readGivenSecrets.ts';
import {
  askWhatIf,
  toDifference,
  toSummary,
  validate,
  type ResourceChange,
} from './resourceChanges.ts';
import { trySmoke, WEBHOOK_SECRET } from './smokeDeployed.ts';
import { updateStack } from './stack/updateStack.ts';

/** Deploys in eight steps. Each step skips what is already done, so a repeated run continues after a failure. */
export async function deploy(run: DeployRun): Promise<DeployResult> {
  const { io, options } = run;
  const zip = readPackage(options.package);
  const surveyed = await prepare(run);
  const changes = await preview(surveyed);
  io.printError('[5/8] deployment stack');
  const stack = await updateStack(surveyed);
  io.printError('[6/8] secrets');
  await writeSecrets(surveyed, stack);
  io.printError('[7/8] package');
  const outcome = await publish(run, stack, zip);
  const api = requireOutput(stack, 'api');
  const result = { resources: toSummary(changes), package: outcome, api };
  if (!options.smoke) return { value: result, lines: [`${api} is deployed, but not tested`] };
  io.printError('[8/8] smoke test');
  const tested = await test(surveyed, stack);
  return { value: { ...result, ...tested.value }, lines: [`${api} is up`, ...tested.lines] };
}

/** What-if does not see every change that somebody makes by hand, such as a role that is gone, so a failure says so. */
async function test(
  { run, secrets, stack: before }: Survey,
  stack: DeployedStack,
): Promise<DeployResult> {
  try {
    return await trySmoke(run, stack, secrets.get(WEBHOOK_SECRET));
  } catch (error) {
    if (stack !== before) throw error;
    const advice = 'the stack is unchanged; `up --force` puts back what was changed by hand';
    throw new Error(`${(error as Error).message}\n${advice}`, { cause: error });
  }
}

/** @throws UsageError if there is no such file. */
function readPackage(file: string): Uint8Array {
  if (existsSync(file)) return readFileSync(file);
  throw new UsageError(`there is no package \`${file}\`: run \`npm run package\` first`);
}

/** Steps 1 and 2: everything that is needed is there, and the resource group. */
async function prepare(run: DeployRun): Promise<Survey> {
  const { arm, io, note } = run;
  const given = toDeployment(run);
  const secrets = readGivenSecrets(run.options.secret);
  io.printError('[1/8] preflight');
  const stack = await waitUntilFinal(arm, run, { pause: io.pause, onWait: note });
  const deployment = withKept(run, given, stack);
  const surveyed = await survey(run, { deployment, stack, secrets });
  if (surveyed.location === undefined)
    throw new UsageError('the resource group does not exist: add --location NAME to create it');
  await requireReady(surveyed);
  for (const line of await findReplacedSecrets(surveyed)) note(line);
  io.printError('[2/8] resource group');
  if (!surveyed.hasGroup) await createResourceGroup(run);
  return surveyed;
}

/** Steps 3 and 4: returns what the template would change. */
async function preview({ run, deployment }: Survey): Promise<readonly ResourceChange[]> {
  const { arm, io, note } = run;
  io.printError('[3/8] validate');
  await validate(arm, deployment, 'Provider');
  io.printError('[4/8] what-if');
  const changes = await askWhatIf(arm, deployment, 'Provider');
  for (const line of toDifference(changes)) note(line);
  return changes;
}

/** Writes the given secrets, and waits until the app has read all: else it fails to start and reports nothing. */
async function writeSecrets({ run, secrets }: Survey, stack: DeployedStack): Promise<void> {
  const vault = openVault(run, requireManaged(stack, 'Microsoft.KeyVault/vaults'));
  for (const [name, value] of secrets) {
    run.note(`writing ${name}`);
    await vault.write(name, value);
  }
  const app = requireManaged(stack, 'Microsoft.Web/sites');
  await resolveReferences(run, app, { areSecretsNew: secrets.size > 0 });
}

function requireManaged(stack: DeployedStack, type: string): string {
  const name = findManaged(stack, type);
  if (name === undefined) throw new Error(`the stack has no resource of ${type}`);
  return name;
}

async function publish(
  run: DeployRun,
  stack: DeployedStack,
  zip: Uint8Array,
): ReturnType<typeof publishPackage> {
  const { credential, io, note } = run;
  const scm = await findScm(run, stack);
  const outcome = await publishPackage(
    { scm, credential, fetch: io.fetch, pause: io.pause, onWait: note },
    zip,
  );
  if (outcome === 'asItIs') note('unchanged');
  return outcome;
}

/** The address where the app accepts its package, as Azure Resource Manager reports it. */
async function findScm({ arm, scope, options }: DeployRun, stack: DeployedStack): Promise<string> {
  if (options.scm !== undefined) return requireEndpoint('--scm', options.scm);
  const app = requireManaged(stack, 'Microsoft.Web/sites');
  const path = `${scope}/providers/Microsoft.Web/sites/${app}?api-version=2024-04-01`;
  const site = await arm.run('GET', path);
  const { enabledHostNames = [] } = (site?.['properties'] ?? {}) as {
    readonly enabledHostNames?: readonly string[];
  };
  const host = enabledHostNames.find((each) => each.includes('.scm.'));
  if (host === undefined) throw new Error(`the app \`${app}\` has no deployment endpoint`);
  return `https://${host}`;
}
