import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { SECRET_SETTINGS } from '../../../../infra/azure/keyVault.ts';
import { PROJECT_ROOT } from '../../../../infra/node/projectRoot.ts';
import { readConfig } from '../../../../shared/settings/config.ts';

/** The rows of the README's table of secrets: the secret, its setting, and the program that makes it. */
const ROW = /^\| `([a-z-]+)` +\| `([A-Z_]+)` +\| `node -p "(.+)"` +\|$/gm;

it('every secret is made as the README says, and the system takes it', () => {
  const readme = readFileSync(join(PROJECT_ROOT, 'README.md'), 'utf8');
  const rows = [...readme.matchAll(ROW)].map(([, secret = '', setting = '', program = '']) => ({
    secret,
    setting,
    program,
  }));
  expect(Object.fromEntries(rows.map(({ setting, secret }) => [setting, secret]))).toEqual(
    SECRET_SETTINGS,
  );
  const made = rows.map(({ setting, program }): [string, string] => [
    setting,
    execFileSync(process.execPath, ['-p', program], { encoding: 'utf8' }).trim(),
  ]);
  const config = readConfig({
    CosmosDbConnection__accountEndpoint: 'https://db.documents.azure.com',
    ServiceBusConnection__fullyQualifiedNamespace: 'bus.servicebus.windows.net',
    AzureWebJobsStorage__accountName: 'mtd',
    TOKEN_ISSUER: 'https://login.microsoftonline.com/tenant/v2.0',
    TOKEN_AUDIENCE: 'api://mtd',
    REMEDIATION_URL: 'https://mtd.example/api/remediation/{ticket}',
    SSF_ISSUER: 'https://mtd.example',
    WEBHOOK_ORIGIN: 'https://mtd.example',
    ...Object.fromEntries(made),
  });
  expect(config.webhookSecrets).toHaveLength(1);
  expect(config.ssf?.signingKeys).toHaveLength(1);
  expect(config.webhooks?.masterKeys).toHaveLength(1);
  expect([config.callerKeys.length, config.nacKeys.length, config.ticketKeys.length]).toEqual([
    1, 1, 1,
  ]);
});
