import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../shared/settings/config.ts';

const EXAMPLE = new URL('../../../local.settings.example.json', import.meta.url);
const README = new URL('../../../shared/settings/README.md', import.meta.url);

/** Read by the runtime itself. */
const OF_THE_RUNTIME = [
  'FUNCTIONS_WORKER_RUNTIME',
  'FUNCTIONS_NODE_BLOCK_ON_ENTRY_POINT_ERROR',
  'FUNCTIONS_REQUEST_BODY_SIZE_LIMIT',
  'AzureWebJobsDisableHomepage',
];

/** Named in the registrations of timers. */
const SCHEDULES = [
  'ENROLMENT_SYNC_SCHEDULE',
  'EVENT_SOURCE_PULL_SCHEDULE',
  'HEARTBEAT_SWEEP_SCHEDULE',
  'PUBLICATION_RETRY_SCHEDULE',
  'REEVALUATION_SCHEDULE',
];

const { Values: written } = JSON.parse(readFileSync(EXAMPLE, 'utf8')) as {
  Values: Record<string, string>;
};

const KEY = Buffer.alloc(32).toString('base64');

/** With secrets in place of the examples. */
const secrets: Record<string, string> = {
  CALLER_KEYS: `proxy=${'0'.repeat(32)} radius=${'1'.repeat(32)}`,
  EVENT_SOURCE_SECRETS: 'sep-mobile=0123456789abcdef',
  MESSAGE_KEYS: KEY,
  NAC_KEYS: `nac=${'2'.repeat(32)}`,
  REMEDIATION_TICKET_KEYS: KEY,
  SEP_MOBILE_WEBHOOK_SECRETS: `whsec_${KEY}`,
};
const example: Record<string, string> = { ...written, ...secrets };
const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const SIGNING_KEY = Buffer.from(privateKey).toString('base64');

/** With every feature. */
const everything: Record<string, string> = {
  ...example,
  CLOUDFLARE_TEAM_DOMAIN: 'https://contoso.cloudflareaccess.com',
  CLOUDFLARE_ACCESS_AUDIENCES: 'audience',
  CLOUDFLARE_EVALUATION_KEYS: SIGNING_KEY,
  ENROLMENT_FROM_GRAPH: 'true',
  UNSIGNED_MESSAGES_UNTIL: '2026-01-31T23:59:59Z',
  ENTRA_COMPLIANCE_ATTRIBUTE: 'extensionAttribute1',
  ENTRA_RISK_ATTRIBUTE: 'extensionAttribute2',
  OUTGOING_ALLOWED_NETWORKS: '10.1.0.0/16',
  RADIUS_QUARANTINE_VLAN: '7',
  RECOVERED_DATETIME: '2026-01-31T23:59:59Z',
  SSF_ISSUER: 'https://mtd.contoso.example',
  SSF_SIGNING_KEYS: SIGNING_KEY,
  WEBHOOK_ORIGIN: 'https://mtd.contoso.example',
  WEBHOOK_MASTER_KEYS: KEY,
};

/** With managed identities instead of connection strings. */
const withIdentities: Record<string, string> = {
  ...example,
  AzureWebJobsStorage: '',
  AzureWebJobsStorage__accountName: 'mtd',
  CosmosDbConnection: '',
  CosmosDbConnection__accountEndpoint: 'https://mtd.documents.azure.com',
  ServiceBusConnection: '',
  ServiceBusConnection__fullyQualifiedNamespace: 'mtd.servicebus.windows.net',
};

/** The names of the settings that `readConfig` reads. */
function namesRead(environment: Record<string, string>): readonly string[] {
  const names = new Set<string>();
  const watched = new Proxy(environment, {
    get: (values, name, receiver): unknown => {
      names.add(String(name));
      return Reflect.get(values, name, receiver);
    },
  });
  readConfig(watched);
  return [...names];
}

const allRead = new Set([example, everything, withIdentities].flatMap(namesRead));

describe('local.settings.example.json', () => {
  it('is accepted once its secrets are replaced', () => {
    expect(() => readConfig(example)).not.toThrow();
  });

  it.each(Object.keys(secrets))('is rejected by the name of %s if that is not replaced', (name) => {
    const { [name]: value = '' } = written;
    const rejected = { code: 'settingInvalid', message: expect.stringContaining(name) as string };
    for (const each of [value, `${secrets[name] ?? ''} ${value}`])
      expect(() => readConfig({ ...example, [name]: each })).toThrow(
        expect.objectContaining(rejected),
      );
  });

  it('has no other secret that everybody knows', () => {
    const isExample = (value: string): boolean =>
      [value, ...value.split('_').map((part) => Buffer.from(part, 'base64').toString())].some(
        (text) => text.includes('replace-this'),
      );
    const found = Object.entries(written).filter(([, value]) => isExample(value));
    expect(found.map(([name]) => name).toSorted()).toEqual(Object.keys(secrets));
  });

  it('has no setting that nothing reads', () => {
    const read = new Set([...namesRead(example), ...SCHEDULES, ...OF_THE_RUNTIME]);
    expect(Object.keys(example).filter((name) => !read.has(name))).toEqual([]);
  });

  it('leaves out the settings that the README names', () => {
    const others = [...allRead].filter((name) => !(name in example) && !name.includes('__'));
    expect(others.toSorted()).toEqual([
      'OUTGOING_ALLOWED_NETWORKS',
      'SSF_ISSUER',
      'SSF_SIGNING_KEYS',
      'WEBHOOK_MASTER_KEYS',
      'WEBHOOK_ORIGIN',
      'WEBSITE_HOSTNAME',
    ]);
  });
});

describe('the README of the settings', () => {
  const readme = readFileSync(README, 'utf8');
  const explained = new Map(
    [...readme.matchAll(/^- `([A-Za-z_]+)`: ((?:.|\n(?!- |\n))+)/gm)].map(
      ([, name = '', text = '']): [string, string] => [name, text.replaceAll(/\s+/g, ' ')],
    ),
  );
  const found = (pattern: RegExp): readonly (readonly [string, ...string[]])[] =>
    [...explained].flatMap(([name, text]) => {
      const match = name in example ? pattern.exec(text) : null;
      return match === null ? [] : [[name, ...match.slice(1)] as const];
    });

  it('explains every setting', () => {
    const parts = Object.entries(readConfig(everything));
    expect(parts.filter(([, value]) => value === undefined)).toEqual([]);
    const isExplained = (name: string): boolean =>
      explained.has(name) ||
      (name.includes('__') &&
        [name, name.replace(/^\w+?(?=__)/, '…')].some((each) => readme.includes(`\`${each}\``)));
    const names = new Set([...Object.keys(example), ...allRead]);
    expect([...names].filter((name) => !isExplained(name))).toEqual(OF_THE_RUNTIME);
  });

  const defaults = found(/Default: `([^`]+)`/);
  it.each(defaults)('names the default of %s', (name, value) => {
    const { [name]: _, ...others } = example;
    expect(readConfig(others)).toEqual(readConfig({ ...others, [name]: value }));
  });

  const ranges = found(/Allowed: (\d+) to (\d+)/);
  it.each(ranges)('names the range of %s', (name, least = '', most = '') => {
    const withValue = (value: number) => () => readConfig({ ...example, [name]: String(value) });
    expect(withValue(Number(least))).not.toThrow();
    expect(withValue(Number(most))).not.toThrow();
    expect(withValue(Number(least) - 1)).toThrow(name);
    expect(withValue(Number(most) + 1)).toThrow(name);
  });

  it.each(SCHEDULES.map((name) => [name]))('shows the example of %s', (name) => {
    expect(explained.get(name)).toContain(`Example: \`${example[name] ?? ''}\``);
  });

  it('names the required settings', () => {
    const required = Object.keys(example).filter((name) => {
      const { [name]: _, ...others } = example;
      try {
        readConfig(others);
        return false;
      } catch {
        return true;
      }
    });
    const named = [...explained].filter(([, text]) => /\brequired\b/i.test(text));
    expect(named.map(([name]) => name)).toEqual(expect.arrayContaining(required));
    expect([defaults.length > 8, ranges.length > 4]).toEqual([true, true]);
  });
});
