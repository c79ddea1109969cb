import { processIo } from '../cli/commandIo.ts';
import { runProvision } from './runProvision.ts';

process.exitCode = await runProvision(process.argv.slice(2), processIo());
