import { processIo } from '../cli/commandIo.ts';
import { runDeploy } from './runDeploy.ts';

process.exitCode = await runDeploy(process.argv.slice(2), processIo());
