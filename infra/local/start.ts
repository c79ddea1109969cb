import { parseArgs } from 'node:util';
import { onStopSignal } from './stack/onStopSignal.ts';
import { startStack, type StackDescription } from './stack/startStack.ts';

const API_PORT = 7071;

/**
 * `npm start [-- --folder DIR] [--package DIR]`: the whole system on this machine until Ctrl-C, its state in the folder or
 * in `.local`; with an unpacked package instead of the sources.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { folder: { type: 'string' }, package: { type: 'string' } },
  });
  const folder = values.folder ?? '.local';
  const stopping = new AbortController();
  onStopSignal(() => {
    console.log('stopping');
    stopping.abort();
  });
  const stack = await startStack({
    stateFolder: folder,
    apiPort: API_PORT,
    withGraph: true,
    ...(values.package === undefined ? {} : { packageFolder: values.package }),
    log: (message) => console.error(message),
    signal: stopping.signal,
  });
  console.log(describe(stack.description, folder));
  const asked = new Promise<undefined>((resolve) => {
    stopping.signal.addEventListener('abort', () => resolve(undefined));
  });
  const failure = await Promise.race([asked, stack.broken]);
  if (failure !== undefined) console.error(`${failure}: the system stops`);
  await stack.stop();
  process.exit(failure === undefined ? 0 : 1);
}

function describe(description: StackDescription, folder: string): string {
  const { api, issuer, audience, clients, cosmos, serviceBus, graph } = description;
  return `
The Mobile Threat Defense connector is running.

  api          ${api}/api
  issuer       ${issuer}
  Cosmos DB    ${cosmos.endpoint}
  Service Bus  ${serviceBus.split(';')[0]?.replace('Endpoint=', '') ?? ''}
  Graph        ${graph?.endpoint ?? ''}
  all of it    ${folder}/stack.json, logs in ${folder}/log

A token for a caller:

  curl -s ${issuer}/token -d grant_type=client_credentials -d scope=${audience}/.default \\
    -d client_id=${clients.caller.clientId} -d client_secret=${clients.caller.clientSecret}

Ctrl-C stops it.
`;
}

main().catch((error: unknown) => {
  const isAsked = error instanceof DOMException && error.name === 'AbortError';
  if (!isAsked) console.error(error instanceof Error ? error.message : error);
  process.exit(isAsked ? 0 : 1);
});
