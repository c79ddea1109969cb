import { expect, it } from 'vitest';
import { UsageError } from '../../../../infra/cli/command.ts';
import { assertExtraSettings } from '../../../../infra/deploy/assertExtraSettings.ts';

const OWN = { metadata: { appSettings: ['TOKEN_ISSUER', 'CosmosDbConnection__accountEndpoint'] } };

const check = (settings: Readonly<Record<string, string>>) => (): void =>
  assertExtraSettings(OWN, { extraSettings: { value: settings } });

it.each([
  [{}],
  [{ DECISIONS_PER_SECOND: '20', AzureFunctionsJobHost__logging: 'x' }],
  [{ TOKEN_ISSUER: 'https://elsewhere' }],
  [{ CosmosDbConnection__accountEndpoint: 'https://restored.documents.azure.com' }],
])('%j is accepted', (settings) => {
  expect(check(settings)).not.toThrow();
});

it.each([
  [{ 'a b': 'x' }, 'a b', 'letters, digits and `_`'],
  [{ '': 'x' }, '', 'letters, digits and `_`'],
  [{ '1A': 'x' }, '1A', 'letters, digits and `_`'],
  [{ A: '1', a: '2' }, 'a', 'is there as `A` too'],
  [{ token_issuer: 'x' }, 'token_issuer', 'the setting `TOKEN_ISSUER` of the template'],
  [
    { COSMOSDBCONNECTION__ACCOUNTENDPOINT: 'x' },
    'COSMOSDBCONNECTION__ACCOUNTENDPOINT',
    'use its name as it is',
  ],
  [{ FUNCTIONS_WORKER_RUNTIME: 'x' }, 'FUNCTIONS_WORKER_RUNTIME', 'Flex Consumption'],
  [{ website_run_from_package: '1' }, 'website_run_from_package', 'Flex Consumption'],
  [{ MESSAGE_KEYS: 'hidden' }, 'MESSAGE_KEYS', '--secret message-keys=FILE'],
  [{ message_keys: 'hidden' }, 'message_keys', '--secret message-keys=FILE'],
  [{ AzureWebJobsStorage: 'hidden' }, 'AzureWebJobsStorage', 'by a key'],
  [{ SERVICEBUSCONNECTION: 'hidden' }, 'SERVICEBUSCONNECTION', '`ServiceBusConnection__…`'],
  [{ CosmosDbConnection: 'hidden' }, 'CosmosDbConnection', 'by a key'],
  [{ DECISIONS_PER_SECOND: '…' }, 'DECISIONS_PER_SECOND', "the setting's own value"],
])('%j is refused, by name and without its value', (settings, name, allowed) => {
  expect(check(settings)).toThrow(UsageError);
  expect(check(settings)).toThrow(`the setting \`${name}\` in \`extraSettings\``);
  expect(check(settings)).toThrow(allowed);
  expect(check(settings)).not.toThrow('hidden');
});

it('all that is wrong is named at once', () => {
  expect(check({ 'a b': 'x', TZ: 'x' })).toThrow(/`a b`[^]*\n[^]*`TZ`/);
});
