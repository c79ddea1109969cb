import { processIo } from '../../../infra/cli/commandIo.ts';
import { runSimulate } from './runSimulate.ts';

process.exitCode = await runSimulate(process.argv.slice(2), processIo());
