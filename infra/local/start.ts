import { startStack } from './stack/startStack.ts';

/** `npm start`: the whole system on this machine until Ctrl-C. */
async function main(): Promise<void> {
  const stack = await startStack({ log: (message) => console.error(message) });
  const { api, issuer, audience, clients, cosmos, serviceBus } = stack.description;
  console.log(`
The Mobile Threat Defense connector is running.

  api          ${api}/api
  issuer       ${issuer}
  Cosmos DB    ${cosmos.endpoint}
  Service Bus  ${serviceBus.split(';')[0]?.replace('Endpoint=', '') ?? ''}
  all of it    .local/stack.json, logs in .local/log

A token for a caller:

  curl -s ${issuer}/token -d grant_type=client_credentials -d scope=${audience}/.default \\
    -d client_id=${clients.caller.clientId} -d client_secret=${clients.caller.clientSecret}

Ctrl-C stops it.
`);
  let isStopping = false;
  const stop = (): void => {
    // Asked twice, it goes at once; the other processes end with this one.
    if (isStopping) process.exit(1);
    isStopping = true;
    console.log('stopping');
    stack.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  const failure = await stack.broken;
  console.error(`${failure}: the system stops`);
  await stack.stop();
  process.exit(1);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
