import { ArmError } from '../armClient.ts';
import type { Survey } from '../preflight/survey.ts';
import { assertNotOvertaken } from './assertNotOvertaken.ts';
import { isUpToDate, waitUntilFinal, writeStack, type DeployedStack } from './deploymentStack.ts';

const PAUSE_IN_MILLISECONDS = 30_000;
/** So many other runs may begin just before this one writes. */
const MAX_TRIES = 5;

/**
 * Writes the stack, unless it was made from the same template with the same parameters: each write restarts the app, and
 * what-if shows changes where there are none (Azure/arm-template-whatif#409 and others), so it does not decide. Waits for
 * a run that began after this one has looked at the stack.
 */
export async function updateStack(survey: Survey): Promise<DeployedStack> {
  const { run, deployment, stack } = survey;
  const { arm, options, io, note } = run;
  if (stack !== undefined && isUpToDate(stack, deployment) && !options.force) {
    note('unchanged; --force writes it again and puts back what was changed by hand');
    return stack;
  }
  for (let tries = 1; ; tries += 1) {
    const now = await waitUntilFinal(arm, run, { pause: io.pause, onWait: note });
    if (now !== undefined && isUpToDate(now, deployment) && !options.force) {
      note('another run has written the same');
      return now;
    }
    assertNotOvertaken(survey, now);
    try {
      return await writeTwice(survey);
    } catch (error) {
      if (!isBusyStack(error) || tries === MAX_TRIES) throw error;
      note('another run is writing the stack, trying again after it');
      await io.pause(PAUSE_IN_MILLISECONDS);
    }
  }
}

async function writeTwice({ run, deployment }: Survey): Promise<DeployedStack> {
  const { arm, stage, io, note } = run;
  try {
    return await writeStack(arm, deployment, stage.isLocked);
  } catch (error) {
    if (!isLockedAccount(error)) throw error;
    note('Cosmos DB is busy with another change, trying once more');
    await io.pause(PAUSE_IN_MILLISECONDS);
    return writeStack(arm, deployment, stage.isLocked);
  }
}

/** A stack takes one run at a time. */
function isBusyStack(error: unknown): boolean {
  return error instanceof ArmError && error.code === 'DeploymentStackInNonTerminalState';
}

/** A Cosmos DB account makes one change at a time (hashicorp/terraform-provider-azurerm#15842). */
function isLockedAccount(error: unknown): boolean {
  return error instanceof ArmError && /PreconditionFailed[^]*exclusive lock/.test(error.message);
}
