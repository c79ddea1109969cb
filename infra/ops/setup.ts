import { processIo } from '../cli/commandIo.ts';
import { runSetup } from './runSetup.ts';

process.exitCode = await runSetup(process.argv.slice(2), processIo());
