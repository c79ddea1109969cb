import { startStack, type Stack, type StackOptions } from '../../infra/local/stack/startStack.ts';

/** The system of the sources, or of the unpacked package that `npm run test:package` tests. */
export function startTestStack(options: StackOptions): Promise<Stack> {
  const packageFolder = process.env['MTD_PACKAGE'];
  return startStack({ ...options, ...(packageFolder === undefined ? {} : { packageFolder }) });
}
