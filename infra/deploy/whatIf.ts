import { hasResourceGroup, toDeployment, type DeployResult, type DeployRun } from './deployRun.ts';
import { askWhatIf, isChange, toDifference, validate } from './resourceChanges.ts';

/** Shows what `up` would change. */
export async function whatIf(run: DeployRun): Promise<DeployResult> {
  const deployment = toDeployment(run);
  if (!(await hasResourceGroup(run))) {
    const line = 'the resource group does not exist: `up` creates it with all resources';
    return { value: { changes: 'everything' }, lines: [line] };
  }
  await validate(run.arm, deployment);
  const changes = await askWhatIf(run.arm, deployment);
  return { value: { changes: changes.filter(isChange) }, lines: toDifference(changes) };
}
