import { parseArgs } from 'node:util';
import { runUntilStopped } from './stack/runUntilStopped.ts';
import { startStack, type StackDescription } from './stack/startStack.ts';
import { defined } from '../../shared/base/defined.ts';

const API_PORT = 7071;

/**
 * `npm start [-- --folder DIR] [--package DIR]`: runs the whole system on this machine until Ctrl-C, with its state in
 * the folder (default `.local`), and with an unpacked package instead of the sources. Returns the exit code.
 */
function main(): Promise<number> {
  return runUntilStopped(async (signal) => {
    const { values } = parseArgs({
      options: { folder: { type: 'string', default: '.local' }, package: { type: 'string' } },
    });
    const stack = await startStack({
      stateFolder: values.folder,
      apiPort: API_PORT,
      withGraph: true,
      ...defined({ packageFolder: values.package }),
      log: (message) => console.error(message),
      signal,
    });
    console.log(toWelcome(stack.description, values.folder));
    return stack;
  });
}

function toWelcome(description: StackDescription, folder: string): string {
  const { api, issuer, audience, clients, cosmos, serviceBus, graph } = description;
  return `
The Mobile Threat Defense connector is running. Press Ctrl-C to stop it.

  API          ${api}/api
  Tokens       ${issuer}
  Cosmos DB    ${cosmos.endpoint}
  Service Bus  ${serviceBus.split(';')[0]?.replace('Endpoint=', '') ?? ''}
  Graph        ${graph?.endpoint ?? ''}
  Keys         ${folder}/stack.json
  Logs         ${folder}/log

Get an access token for the API:

  curl -s ${issuer}/token -d grant_type=client_credentials -d scope=${audience}/.default \\
    -d client_id=${clients.caller.clientId} -d client_secret=${clients.caller.clientSecret}
`;
}

process.exit(await main());
