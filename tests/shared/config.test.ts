import { describe, expect, it } from 'vitest';
import { readConfig } from '../../shared/config.ts';

const SECRET = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const good = {
  CosmosDbConnection: 'AccountEndpoint=http://localhost:8081;AccountKey=a2V5;',
  ServiceBusConnection: 'Endpoint=sb://localhost;',
  AzureWebJobsStorage: 'UseDevelopmentStorage=true',
  TOKEN_ISSUER: 'https://login.example/v2.0',
  TOKEN_AUDIENCE: 'api://mtd',
  SEP_MOBILE_WEBHOOK_SECRETS: SECRET,
};

describe('reading the settings', () => {
  it('takes connection strings, and defaults for the rest', () => {
    expect(readConfig(good)).toMatchObject({
      cosmosDb: { kind: 'connectionString' },
      configurationCacheInSeconds: 5,
      remediationUrl: 'https://portal.manage.microsoft.com',
    });
  });

  it('takes the names of identity-based connections', () => {
    const config = readConfig({
      ...good,
      CosmosDbConnection: undefined,
      CosmosDbConnection__accountEndpoint: 'https://mtd.documents.azure.com',
      ServiceBusConnection: '',
      ServiceBusConnection__fullyQualifiedNamespace: 'mtd.servicebus.windows.net',
      ServiceBusConnection__clientId: 'id',
      AzureWebJobsStorage: undefined,
      AzureWebJobsStorage__accountName: 'mtd',
    });
    expect(config).toMatchObject({
      cosmosDb: { kind: 'identity', endpoint: 'https://mtd.documents.azure.com' },
      serviceBus: { kind: 'identity', endpoint: 'mtd.servicebus.windows.net', clientId: 'id' },
      storage: { kind: 'identity', endpoint: 'https://mtd.blob.core.windows.net' },
    });
  });

  it('takes two webhook secrets while one replaces the other', () => {
    expect(
      readConfig({ ...good, SEP_MOBILE_WEBHOOK_SECRETS: `${SECRET} ${SECRET}` }).webhookSecrets,
    ).toHaveLength(2);
  });

  it.each(['1', '4094', 'quarantine', 'guests_2-b'])(
    'takes a VLAN for the quarantine of FreeRADIUS by id or by name: %s',
    (vlan) => {
      const { radiusQuarantineVlan } = readConfig({ ...good, RADIUS_QUARANTINE_VLAN: vlan });
      expect(radiusQuarantineVlan).toBe(vlan);
    },
  );

  it.each([undefined, '', ' '])('knows no quarantine without one: %j', (vlan) => {
    const { radiusQuarantineVlan } = readConfig({ ...good, RADIUS_QUARANTINE_VLAN: vlan });
    expect(radiusQuarantineVlan).toBeUndefined();
  });

  const bad: readonly [string, string | undefined][] = [
    ['CosmosDbConnection', undefined],
    ['ServiceBusConnection', ' '],
    ['AzureWebJobsStorage', undefined],
    ['TOKEN_ISSUER', 'http://login.example'],
    ['TOKEN_ISSUER', 'nowhere'],
    ['TOKEN_AUDIENCE', ''],
    ['SEP_MOBILE_WEBHOOK_SECRETS', undefined],
    ['SEP_MOBILE_WEBHOOK_SECRETS', 'secret'],
    ['SEP_MOBILE_WEBHOOK_SECRETS', 'whsec_c2hvcnQ='],
    ['SEP_MOBILE_WEBHOOK_SECRETS', `${SECRET} ${SECRET} ${SECRET}`],
    ['REMEDIATION_URL', 'ftp://x'],
    ['CONFIGURATION_CACHE_IN_SECONDS', '-1'],
    ['RADIUS_QUARANTINE_VLAN', '0'],
    ['RADIUS_QUARANTINE_VLAN', '4095'],
    ['RADIUS_QUARANTINE_VLAN', '030'],
    ['RADIUS_QUARANTINE_VLAN', 'quarantine 30'],
    ['RADIUS_QUARANTINE_VLAN', '%{exec:id}'],
    ['RADIUS_QUARANTINE_VLAN', 'a'.repeat(33)],
  ];
  for (const [name, value] of bad) {
    it(`refuses ${name} = ${JSON.stringify(value)} by name, and never repeats a secret`, () => {
      const read = (): unknown => readConfig({ ...good, [name]: value });
      expect(read).toThrow(
        expect.objectContaining({
          code: 'settingInvalid',
          message: expect.stringContaining(`\`${name}\``) as string,
        }),
      );
      expect(read).not.toThrow(new RegExp(SECRET.replace(/[+/]/g, '.')));
    });
  }
});
