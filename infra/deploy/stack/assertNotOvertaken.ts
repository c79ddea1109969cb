import { isDeepStrictEqual } from 'node:util';
import { KEPT } from '../keepParameters.ts';
import type { Survey } from '../preflight/survey.ts';
import type { DeployedStack } from './deploymentStack.ts';

/**
 * Another run may have ended since this one looked at the stack. What it has set in an incident must stay, such as the
 * restored database, and this run would write the value from before.
 * @throws Error naming each such parameter.
 */
export function assertNotOvertaken(
  { deployment, stack }: Pick<Survey, 'deployment' | 'stack'>,
  now: DeployedStack | undefined,
): void {
  const changed = KEPT.filter((name) => {
    const value = now?.parameters[name]?.value;
    const isSame = isDeepStrictEqual(value, stack?.parameters[name]?.value);
    return !isSame && !isDeepStrictEqual(value, deployment.parameters[name]?.value);
  });
  if (changed.length === 0) return;
  throw new Error(
    `another run has changed ${changed.join(', ')} in the meantime, so nothing was written; run the same command again`,
  );
}
