import { processIo, type CommandIo } from './commandIo.ts';

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
    // Errors of `parseArgs` are TypeErrors with a code.
    const isUsage = error instanceof UsageError || (error instanceof TypeError && 'code' in error);
    io.printError(error instanceof Error ? error.message : String(error));
    if (isUsage) io.printError(`see \`npm run ${script} -- --help\``);
    else onFailure(error);
    return isUsage ? 2 : 1;
  }
}

/** Runs the command line `npm run {script}` as this process and sets its exit code. */
export function runMain(main: () => Promise<number>, script: string): void {
  void runCommand(script, processIo(), main).then((code) => {
    process.exitCode = code;
  });
}
