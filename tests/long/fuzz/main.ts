import { processIo } from '../../../infra/cli/commandIo.ts';
import { runFuzz } from './runFuzz.ts';

process.exitCode = await runFuzz(process.argv.slice(2), processIo());
