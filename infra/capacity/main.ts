import { processIo } from '../cli/commandIo.ts';
import { runCapacity } from './runCapacity.ts';

process.exitCode = await runCapacity(process.argv.slice(2), processIo());
