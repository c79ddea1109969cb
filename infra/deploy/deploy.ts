import { requireEndpoint } from '../cli/requireEndpoint.ts';
import { existsSync, readFileSync } from 'node:fs';
import { neededSecrets } from '../azure/secretSettings.ts';
import { UsageError } from '../cli/command.ts';
import {
  ensureResourceGroup,
  requireOutput,
  toDeployment,
  type DeployResult,
  type DeployRun,
} from './deployRun.ts';
import { waitUntilFinal, writeStack, type DeployedStack } from './deploymentStack.ts';
import { findMissingSecrets } from './findMissingSecrets.ts';
import { publishPackage } from './publishPackage.ts';
import { trySmoke } from './smokeDeployed.ts';
import {
  askWhatIf,
  isChange,
  toDifference,
  toSummary,
  validate,
  type Deployment,
  type ResourceChange,
} from './resourceChanges.ts';

/** Deploys in six steps. Each step skips what is already done, so a repeated run continues after a failure. */
export async function deploy(run: DeployRun): Promise<DeployResult> {
  const { options, io } = run;
  const zip = readPackage(options.package);
  const deployment = toDeployment(run);
  const changes = await prepare(run, deployment);
  io.printError('[4/6] deployment stack');
  const stack = await updateStack(run, deployment, changes);
  await requireSecrets(run, stack, neededSecrets(deployment.parameters));
  io.printError('[5/6] package');
  const outcome = await publish(run, stack, zip);
  const api = requireOutput(stack, 'api');
  const result = { resources: toSummary(changes), package: outcome, api };
  if (!options.smoke) return { value: result, lines: [`${api} is deployed, but not tested`] };
  io.printError('[6/6] smoke test');
  const tested = await trySmoke(run, stack);
  return { value: { ...result, ...tested.value }, lines: [`${api} is up`, ...tested.lines] };
}

/** @throws UsageError if there is no such file. */
function readPackage(file: string): Uint8Array {
  if (existsSync(file)) return readFileSync(file);
  throw new UsageError(`there is no package \`${file}\`: run \`npm run package\` first`);
}

/** Steps 1 to 3: returns what the template would change. */
async function prepare(run: DeployRun, deployment: Deployment): Promise<readonly ResourceChange[]> {
  const { arm, io, note } = run;
  io.printError('[1/6] resource group');
  await ensureResourceGroup(run);
  io.printError('[2/6] validate');
  await validate(arm, deployment);
  io.printError('[3/6] what-if');
  const changes = await askWhatIf(arm, deployment);
  for (const line of toDifference(changes)) note(line);
  return changes;
}

async function updateStack(
  { arm, stage, io, note }: DeployRun,
  deployment: Deployment,
  changes: readonly ResourceChange[],
): Promise<DeployedStack> {
  const stack = await waitUntilFinal(arm, deployment, { pause: io.pause, onWait: note });
  if (stack?.provisioningState !== 'succeeded' || changes.some(isChange))
    return writeStack(arm, deployment, stage.isLocked);
  note('unchanged');
  return stack;
}

/** Without its secrets the app fails to start and reports nothing, so the run stops here. @throws Error naming them. */
async function requireSecrets(
  run: DeployRun,
  stack: DeployedStack,
  needed: readonly string[],
): Promise<void> {
  const { credential, io, note } = run;
  const uri = requireOutput(stack, 'keyVaultUri');
  const vault = { uri, credential, fetch: io.fetch };
  const missing = await findMissingSecrets(vault, needed);
  if (missing === undefined) {
    note('could not check the secrets: you may not read the vault');
    return;
  }
  if (missing.length === 0) return;
  const vaultName = new URL(uri).hostname.split('.')[0] ?? '';
  const commands = missing.map(
    (name) => `  az keyvault secret set --vault-name ${vaultName} --name ${name} --file …`,
  );
  const advice = 'secrets are missing: write them, then run the same command again to continue';
  throw new Error([advice, ...commands].join('\n'));
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
  const app = requireOutput(stack, 'functionAppName');
  const path = `${scope}/providers/Microsoft.Web/sites/${app}?api-version=2024-04-01`;
  const site = await arm.run('GET', path);
  const { enabledHostNames = [] } = (site?.['properties'] ?? {}) as {
    readonly enabledHostNames?: readonly string[];
  };
  const host = enabledHostNames.find((each) => each.includes('.scm.'));
  if (host === undefined) throw new Error(`the app \`${app}\` has no deployment endpoint`);
  return `https://${host}`;
}
