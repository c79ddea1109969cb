import { processIo } from '../cli/commandIo.ts';
import { runDeployCommand } from './runDeployCommand.ts';

// The entry of the bundle. CommonJS has no `await` at the top level.
void runDeployCommand(process.argv.slice(2), processIo()).then((code) => {
  process.exitCode = code;
});
