import { toDeployment, withKept, type DeployResult, type DeployRun } from './deployRun.ts';
import { readStack } from './stack/deploymentStack.ts';
import { listMissing } from './preflight/preflight.ts';
import { survey } from './preflight/survey.ts';
import { askWhatIf, isChange, toDifference, validate } from './resourceChanges.ts';
import { readGivenSecrets } from './readGivenSecrets.ts';

/**
 * Shows what `up` would change, and what it lacks. Needs the right to read only, and to validate and ask: a pipeline runs
 * it for whoever may push a branch.
 */
export async function whatIf(run: DeployRun): Promise<DeployResult> {
  const { arm, options, note } = run;
  const given = toDeployment(run);
  const secrets = readGivenSecrets(options.secret);
  const stack = await readStack(arm, run);
  const deployment = withKept(run, given, stack);
  const surveyed = await survey(run, { deployment, stack, secrets });
  for (const line of await listMissing(surveyed)) note(line);
  if (!surveyed.hasGroup) {
    const line = 'the resource group does not exist: `up` creates it with all resources';
    return { value: { changes: 'everything' }, lines: [line] };
  }
  await validate(arm, deployment, 'ProviderNoRbac');
  const changes = await askWhatIf(arm, deployment, 'ProviderNoRbac');
  return { value: { changes: changes.filter(isChange) }, lines: toDifference(changes) };
}
