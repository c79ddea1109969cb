import { processIo } from '../../../infra/cli/commandIo.ts';
import { runSourcesProof } from './runSourcesProof.ts';

process.exit(await runSourcesProof(process.argv.slice(2), processIo()));
