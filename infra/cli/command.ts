import type { CommandIo } from './commandIo.ts';

/** The command line is wrong. */
export class UsageError extends Error {}

/**
 * Runs the command line `npm run {script}` and returns its exit code: that of `work`, 2 after a usage error, 1 after any
 * other error. The error goes to standard error; `onFailure` may add to it.
 */
export async function runCommand(
  script: string,
  io: CommandIo,
  work: () => Promise<number> | number,
  onFailure: (error: unknown) => void = () => undefined,
): Promise<number> {
  try {
    return await work();
  } catch (error) {
    const isUsage = error instanceof UsageError;
    io.printError(error instanceof Error ? error.message : String(error));
    if (isUsage) io.printError(`see \`npm run ${script} -- --help\``);
    else onFailure(error);
    return isUsage ? 2 : 1;
  }
}
