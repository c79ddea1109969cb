import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import {
  neededSecrets,
  SECRET_SETTINGS,
  SECRET_SWITCHES,
} from '../../../../infra/azure/secretSettings.ts';
import { PROJECT_ROOT } from '../../../../infra/node/projectRoot.ts';
import { readConfig } from '../../../../shared/settings/config.ts';

const README = readFileSync(join(PROJECT_ROOT, 'infra/deploy/README.md'), 'utf8');
/** A row of the table: the secret and its setting. */
const ROW = /^\| `([a-z-]+)` \| `([A-Z_]+)` \|$/gm;
/** The shell script that writes all secrets. */
const SCRIPT = /```sh\n[^`]*?\n(put\(\) [^]*?)```/;

/** Runs the script of the README with a `put` that prints. */
function makeSecrets(): ReadonlyMap<string, string> {
  const [, script = ''] = SCRIPT.exec(README) ?? [];
  const printing = script.replace(/^put\(\) .*$/m, `put() { printf '%s %s\\n' "$1" "$2"; }`);
  const PATH = [dirname(process.execPath), process.env['PATH']].join(delimiter);
  const env = { ...process.env, PATH };
  const lines = execFileSync('sh', ['-c', printing], { encoding: 'utf8', env }).trim().split('\n');
  return new Map(
    lines.map((line): [string, string] => {
      const [name = '', value = ''] = line.split(' ');
      return [name, value];
    }),
  );
}

it('accepts every secret that the script of the README writes', () => {
  const rows = [...README.matchAll(ROW)].map(([, secret = '', setting = '']) => [setting, secret]);
  expect(Object.fromEntries(rows)).toEqual(SECRET_SETTINGS);
  const secrets = makeSecrets();
  const made = rows.map(([setting, secret = '']) => [setting, secrets.get(secret)] as const);
  const config = readConfig({
    CosmosDbConnection__accountEndpoint: 'https://db.documents.azure.com',
    ServiceBusConnection__fullyQualifiedNamespace: 'bus.servicebus.windows.net',
    AzureWebJobsStorage__accountName: 'mtd',
    TOKEN_ISSUER: 'https://login.microsoftonline.com/tenant/v2.0',
    TOKEN_AUDIENCE: 'api://mtd',
    REMEDIATION_URL: 'https://mtd.example/api/remediation/{ticket}',
    SSF_ISSUER: 'https://mtd.example',
    WEBHOOK_ORIGIN: 'https://mtd.example',
    CLOUDFLARE_TEAM_DOMAIN: 'https://contoso.cloudflareaccess.com',
    CLOUDFLARE_ACCESS_AUDIENCES: 'tag',
    ...Object.fromEntries(made),
  });
  expect(config.webhookSecrets).toHaveLength(1);
  expect(config.ssf?.signingKeys).toHaveLength(1);
  expect(config.cloudflare?.evaluationKeys).toHaveLength(1);
  expect(config.webhooks?.masterKeys).toHaveLength(1);
  expect([config.callerKeys.length, config.nacKeys.length, config.ticketKeys.length]).toEqual([
    1, 1, 1,
  ]);
  expect(config.eventSourceSecrets.size).toBe(1);
});

it('needs the keys of Cloudflare only with Cloudflare', () => {
  const all = Object.values(SECRET_SETTINGS);
  const [switched = ''] = Object.keys(SECRET_SWITCHES);
  const secret = SECRET_SETTINGS[switched];
  expect(secret).toBe('cloudflare-evaluation-keys');
  expect(neededSecrets({})).toEqual(all.filter((name) => name !== secret));
  expect(neededSecrets({ cloudflareTeamDomain: { value: '' } })).not.toContain(secret);
  expect(neededSecrets({ cloudflareTeamDomain: { value: 'https://team' } })).toEqual(all);
});

/** Settings whose explanation speaks of keys or secrets, although their value is none. */
const NO_SECRETS: Readonly<Record<string, string>> = {
  TRUSTED_PROXIES: 'names of keys',
  TOKEN_ISSUER: 'a public address',
};

it('takes every setting that is a key or a secret from the vault', () => {
  const readme = readFileSync(join(PROJECT_ROOT, 'shared/settings/README.md'), 'utf8');
  const explained = [...readme.matchAll(/^- `([A-Z_]+)`: ((?:.|\n(?!- |\n))+)/gm)];
  const speakOfSecrets = explained
    .filter(([, name = '', text = '']) => /(?:KEY|SECRET|PASSWORD)S?$/.test(name) || isSecret(text))
    .map(([, name = '']) => name)
    .filter((name) => !(name in NO_SECRETS));
  expect(explained.length).toBeGreaterThan(25);
  expect(speakOfSecrets.toSorted()).toEqual(Object.keys(SECRET_SETTINGS).toSorted());
});

/** Whether the first sentence says that the value is, or holds, a key or a secret. */
function isSecret(text: string): boolean {
  const [first = ''] = text.replace(/^required\. /i, '').split(/[.:](?=\s|$)/);
  return /\b(?:keys?|secrets?|passwords?)\b/i.test(first);
}
