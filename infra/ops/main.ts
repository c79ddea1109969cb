import { processIo } from '../cli/commandIo.ts';
import { runOps } from './runOps.ts';

process.exitCode = await runOps(process.argv.slice(2), processIo());
