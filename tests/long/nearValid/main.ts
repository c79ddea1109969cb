import { processIo } from '../../../infra/cli/commandIo.ts';
import { runNearValid } from './runNearValid.ts';

process.exitCode = await runNearValid(process.argv.slice(2), processIo());
