import { runProcess, type ReadCommandLine } from '../cli/commandLine.ts';
import { runUntilStopped } from './stack/runUntilStopped.ts';
import { startStack, type StackDescription } from './stack/startStack.ts';
import { defined } from '../../shared/base/defined.ts';

const API_PORT = 7071;

const USAGE = `usage: npm start [-- options]

  --folder DIR    folder of the state, default .local
  --package DIR   run an unpacked package instead of the sources

Runs the whole system on this machine until Ctrl-C.`;

const OPTIONS = {
  folder: { type: 'string', default: '.local' },
  package: { type: 'string' },
} as const;

/** Runs the whole system and returns the exit code. */
function main({ values }: ReadCommandLine<typeof OPTIONS>): Promise<number> {
  return runUntilStopped(async (signal) => {
    const stack = await startStack({
      stateFolder: values.folder,
      apiPort: API_PORT,
      withGraph: true,
      withSes: true,
      ...defined({ packageFolder: values.package }),
      log: (message) => console.error(message),
      signal,
    });
    console.log(toWelcome(stack.description, values.folder));
    return stack;
  });
}

function toWelcome(description: StackDescription, folder: string): string {
  const { api, issuer, audience, clients, cosmos, serviceBus, graph, ses } = description;
  return `
The Mobile Threat Defense connector is running. Press Ctrl-C to stop it.

  API          ${api}/api
  Tokens       ${issuer}
  Cosmos DB    ${cosmos.endpoint}
  Service Bus  ${serviceBus.split(';')[0]?.replace('Endpoint=', '') ?? ''}
  Graph        ${graph?.endpoint ?? ''}
  Event export ${ses?.endpoint ?? ''}
  Keys         ${folder}/stack.json
  Logs         ${folder}/log

Get an access token for the API:

  curl -s ${issuer}/token -d grant_type=client_credentials -d scope=${audience}/.default \\
    -d client_id=${clients.caller.clientId} -d client_secret=${clients.caller.clientSecret}
`;
}

process.exit(await runProcess({ script: 'start', usage: USAGE, options: OPTIONS }, main));
