import { appendFileSync } from 'node:fs';
import { readAzCall } from './readAzCall.ts';
import { runAzCall } from './runAzCall.ts';

/**
 * A stand-in for the Azure CLI: it refuses an unknown command, an unknown option and a missing one, sends `az rest` and
 * `az ad` to the address in AZ_GRAPH or AZ_ARM, and writes each call to the file AZ_LOG.
 */
process.exitCode = await run(process.argv.slice(2)).catch((error: unknown) => {
  console.error(`ERROR: ${(error as Error).message}`);
  return 1;
});

async function run(argv: readonly string[]): Promise<number> {
  const call = readAzCall(argv);
  appendFileSync(process.env['AZ_LOG'] ?? '', `${JSON.stringify(call)}\n`);
  const output = await runAzCall(call, process.env);
  if (output !== undefined) console.log(output);
  return 0;
}
