import { appendFileSync } from 'node:fs';
import { readAzCall, type AzCall } from './readAzCall.ts';
import { runAzCall } from './runAzCall.ts';

/**
 * A stand-in for the Azure CLI: it refuses an unknown command, an unknown option and a missing one, sends `az rest` and
 * `az ad` to the address in AZ_GRAPH or AZ_ARM, and writes each call to the file AZ_LOG.
 */
const call = read();
appendFileSync(process.env['AZ_LOG'] ?? '', `${JSON.stringify(call)}\n`);
const output = await runAzCall(call, process.env).catch((error: unknown) => {
  console.error(`ERROR: ${(error as Error).message}`);
  process.exit(1);
});
if (output !== undefined) console.log(output);

function read(): AzCall {
  try {
    return readAzCall(process.argv.slice(2));
  } catch (error) {
    // As the CLI does for a wrong command line.
    console.error((error as Error).message);
    process.exit(2);
  }
}
