import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { provisionCosmos, provisionStorage } from '../local/stack/provision.ts';

/**
 * `npm run provision [-- --settings FILE]` creates the database, its containers, the blob containers and a sample
 * organisation in the services that `local.settings.json` names. It changes nothing that exists. The emulator creates the
 * queues from its own file.
 */
const { values } = parseArgs({
  options: { settings: { type: 'string', default: 'local.settings.json' } },
});
if (!existsSync(values.settings)) {
  console.error(`there is no \`${values.settings}\`: create it from local.settings.example.json`);
  process.exit(2);
}
const { Values: settings } = JSON.parse(readFileSync(values.settings, 'utf8')) as {
  readonly Values: Readonly<Record<string, string>>;
};
const { AzureWebJobsStorage: storage = '', CosmosDbConnection: cosmos = '' } = settings;
const [, endpoint, key] = /^AccountEndpoint=([^;]+);AccountKey=([^;]+);?$/.exec(cosmos) ?? [];
if (endpoint === undefined || key === undefined || storage === '') {
  console.error(
    `\`${values.settings}\` must contain AzureWebJobsStorage, and CosmosDbConnection with an account key`,
  );
  process.exit(2);
}
await provisionCosmos(endpoint, key);
await provisionStorage(storage);
console.log('database and blob containers are ready');
