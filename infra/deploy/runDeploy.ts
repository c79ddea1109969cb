import { synthesize } from '../azure/synthesize.ts';
import type { CommandIo } from '../cli/commandIo.ts';
import { runDeployCommand } from './runDeployCommand.ts';

/** Runs `npm run deploy -- {argv}` and returns its exit code. Synthesizes the template unless the command line names one. */
export function runDeploy(argv: readonly string[], io: CommandIo): Promise<number> {
  return runDeployCommand(argv, io, synthesize);
}
