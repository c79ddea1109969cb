import { inject } from 'vitest';
import { startStack, type Stack, type StackOptions } from '../../infra/local/stack/startStack.ts';

/** Starts a system that runs the package that is deployed, not the sources. */
export function startTestStack(options: StackOptions): Promise<Stack> {
  return startStack({ packageFolder: inject('packageFolder'), ...options });
}
