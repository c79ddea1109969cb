import { UsageError } from '../cli/command.ts';
import { requireYes } from '../cli/requireYes.ts';
import type { DeployResult, DeployRun } from './deployRun.ts';
import { deleteStack, waitUntilFinal } from './stack/deploymentStack.ts';

/** Deletes the stack with all its resources. @throws UsageError if the stage is locked. */
export async function destroy(run: DeployRun): Promise<DeployResult> {
  const { arm, stage, scope, name, options, io, note } = run;
  if (stage.isLocked)
    throw new UsageError(
      `the stage ${stage.stage} is locked against deletion; infra/deploy/README.md describes how to unlock and delete it by hand`,
    );
  const stack = await waitUntilFinal(arm, run, { pause: io.pause, onWait: note });
  if (stack === undefined)
    return { value: { deleted: false }, lines: ['there is nothing to delete'] };
  await requireYes(options, `Delete ${name} in ${scope} with all its data?`, io);
  io.printError('[1/1] deployment stack');
  await deleteStack(arm, run);
  return {
    value: { deleted: true },
    lines: ['deleted; Key Vault reserves the name of the vault until its retention ends'],
  };
}
