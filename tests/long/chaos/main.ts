import { processIo } from '../../../infra/cli/commandIo.ts';
import { runChaos } from './runChaos.ts';

// A client of a killed process leaves a timer in the broker's library, which would keep this process for minutes.
process.exit(await runChaos(process.argv.slice(2), processIo()));
