import { processIo } from '../../../infra/cli/commandIo.ts';
import { runOutages } from './runOutages.ts';

// A client of a killed process leaves a timer in the broker's library, which would keep this process for minutes.
process.exit(await runOutages(process.argv.slice(2), processIo()));
