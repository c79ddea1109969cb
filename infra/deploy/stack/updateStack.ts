import { ArmError } from '../armClient.ts';
import { isUpToDate, writeStack, type DeployedStack } from './deploymentStack.ts';
import type { Survey } from '../preflight/survey.ts';

const PAUSE_IN_MILLISECONDS = 30_000;

/**
 * Writes the stack, unless it was made from the same template with the same parameters: each write restarts the app, and
 * what-if shows changes where there are none (Azure/arm-template-whatif#409 and others), so it does not decide.
 */
export async function updateStack({ run, deployment, stack }: Survey): Promise<DeployedStack> {
  const { arm, stage, options, io, note } = run;
  if (stack !== undefined && isUpToDate(stack, deployment) && !options.force) {
    note('unchanged; --force writes it again and puts back what was changed by hand');
    return stack;
  }
  try {
    return await writeStack(arm, deployment, stage.isLocked);
  } catch (error) {
    if (!isLockedAccount(error)) throw error;
    note('Cosmos DB is busy with another change, trying once more');
    await io.pause(PAUSE_IN_MILLISECONDS);
    return writeStack(arm, deployment, stage.isLocked);
  }
}

/** A Cosmos DB account makes one change at a time (hashicorp/terraform-provider-azurerm#15842). */
function isLockedAccount(error: unknown): boolean {
  return error instanceof ArmError && /PreconditionFailed[^]*exclusive lock/.test(error.message);
}
