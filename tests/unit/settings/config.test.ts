import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../shared/settings/config.ts';

const SECRET = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const MESSAGE_KEY = Buffer.alloc(32, 7).toString('base64');
const EXAMPLE_KEY = Buffer.from('replace-this-example-key-before!').toString('base64');
const good = {
  CosmosDbConnection: 'AccountEndpoint=http://localhost:8081;AccountKey=a2V5;',
  ServiceBusConnection: 'Endpoint=sb://localhost;',
  AzureWebJobsStorage: 'UseDevelopmentStorage=true',
  MESSAGE_KEYS: MESSAGE_KEY,
  TOKEN_ISSUER: 'https://login.example/v2.0',
  TOKEN_AUDIENCE: 'api://mtd',
  SEP_MOBILE_WEBHOOK_SECRETS: SECRET,
};

const toBase64 = (key: KeyObject): string =>
  Buffer.from(key.export({ type: 'pkcs8', format: 'pem' })).toString('base64');
const createRsaKey = (modulusLength: number): string =>
  toBase64(generateKeyPairSync('rsa', { modulusLength }).privateKey);

const RSA_KEY = createRsaKey(2048);
const OTHER_RSA_KEY = createRsaKey(2048);
const EC_KEY = toBase64(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
const cloudflareTeam = {
  CLOUDFLARE_TEAM_DOMAIN: 'https://contoso.cloudflareaccess.com',
  CLOUDFLARE_ACCESS_AUDIENCES: 'audience',
  CLOUDFLARE_EVALUATION_KEYS: RSA_KEY,
};

/** The settings without which a setting is not read. */
const ofItsGroup = (name: string): object => (name.startsWith('CLOUDFLARE') ? cloudflareTeam : {});

describe('readConfig', () => {
  it('reads connection strings and defaults the rest', () => {
    expect(readConfig(good)).toMatchObject({
      cosmosDb: { kind: 'connectionString' },
      configurationCacheInSeconds: 5,
      remediationUrl: 'https://portal.manage.microsoft.com',
    });
  });

  it('reads the names of identity-based connections', () => {
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

  it('keeps the decision log in the storage of the runtime, unless it has one of its own', () => {
    expect(readConfig(good).decisionsStorage).toEqual(readConfig(good).storage);
    const own = { DecisionsStorage__accountName: 'mtdlog', DecisionsStorage__clientId: 'id' };
    expect(readConfig({ ...good, ...own }).decisionsStorage).toEqual({
      kind: 'identity',
      endpoint: 'https://mtdlog.blob.core.windows.net',
      clientId: 'id',
    });
    const half = { DecisionsStorage__clientId: 'id' };
    expect(() => readConfig({ ...good, ...half })).toThrow('DecisionsStorage');
  });

  it('reads two webhook secrets during a rotation', () => {
    expect(
      readConfig({ ...good, SEP_MOBILE_WEBHOOK_SECRETS: `${SECRET} ${SECRET}` }).webhookSecrets,
    ).toHaveLength(2);
  });

  it('has no Cloudflare team if none of its settings is set', () => {
    const blank = {
      CLOUDFLARE_TEAM_DOMAIN: '',
      CLOUDFLARE_ACCESS_AUDIENCES: ' ',
      CLOUDFLARE_EVALUATION_KEYS: undefined,
    };
    expect(readConfig({ ...good, ...blank }).cloudflare).toBeUndefined();
  });

  it('reads a Cloudflare team, with two keys during a rotation', () => {
    const { cloudflare } = readConfig({
      ...good,
      ...cloudflareTeam,
      CLOUDFLARE_ACCESS_AUDIENCES: 'one two',
      CLOUDFLARE_EVALUATION_KEYS: `${RSA_KEY} ${OTHER_RSA_KEY}`,
    });
    expect(cloudflare).toMatchObject({
      teamDomain: 'https://contoso.cloudflareaccess.com',
      audiences: ['one', 'two'],
    });
    expect(cloudflare?.evaluationKeys.map((key) => toBase64(key))).toEqual([
      RSA_KEY,
      OTHER_RSA_KEY,
    ]);
  });

  it.each(['CLOUDFLARE_TEAM_DOMAIN', 'CLOUDFLARE_ACCESS_AUDIENCES', 'CLOUDFLARE_EVALUATION_KEYS'])(
    'rejects an incomplete Cloudflare team and names the missing %s',
    (name) => {
      expect(() => readConfig({ ...good, ...cloudflareTeam, [name]: '' })).toThrow(
        expect.objectContaining({
          code: 'settingInvalid',
          message: expect.stringContaining(`\`${name}\``) as string,
        }),
      );
    },
  );

  it('transmits security events if both issuer and keys are set', () => {
    expect(readConfig(good).ssf).toBeUndefined();
    const ssf = { SSF_ISSUER: 'https://mtd.example/tenant', SSF_SIGNING_KEYS: RSA_KEY };
    expect(readConfig({ ...good, ...ssf }).ssf).toMatchObject({
      issuer: 'https://mtd.example/tenant',
    });
    for (const wrong of [
      { ...ssf, SSF_ISSUER: 'https://mtd.example/' },
      { ...ssf, SSF_ISSUER: 'http://mtd.example' },
      { ...ssf, SSF_ISSUER: '' },
      { ...ssf, SSF_SIGNING_KEYS: '' },
      { ...ssf, SSF_SIGNING_KEYS: EC_KEY },
    ])
      expect(() => readConfig({ ...good, ...wrong })).toThrow(/`SSF_/);
  });

  it('sends webhooks if both origin and master keys are set', () => {
    expect(readConfig(good).webhooks).toBeUndefined();
    const key = Buffer.alloc(32, 7).toString('base64');
    const webhooks = {
      WEBHOOK_ORIGIN: 'https://mtd.example',
      WEBHOOK_MASTER_KEYS: `${key} ${key}`,
    };
    expect(readConfig({ ...good, ...webhooks }).webhooks?.masterKeys).toHaveLength(2);
    for (const wrong of [
      { ...webhooks, WEBHOOK_ORIGIN: 'https://mtd.example/hooks' },
      { ...webhooks, WEBHOOK_ORIGIN: '' },
      { ...webhooks, WEBHOOK_MASTER_KEYS: '' },
      { ...webhooks, WEBHOOK_MASTER_KEYS: 'c2hvcnQ=' },
      { ...webhooks, WEBHOOK_MASTER_KEYS: `${key} ${key} ${key}` },
    ])
      expect(() => readConfig({ ...good, ...wrong })).toThrow(/`WEBHOOK_/);
  });

  it('uses Graph to enrol devices or to write Entra attributes if either is set', () => {
    expect(readConfig(good).graph).toBeUndefined();
    expect(readConfig({ ...good, ENROLMENT_FROM_GRAPH: 'true' }).graph).toEqual({
      endpoint: 'https://graph.microsoft.com/v1.0',
      clientId: undefined,
      isEnrolmentSource: true,
      maxLeaversInPercent: 10,
      attributes: undefined,
    });
    const attribute = { ENTRA_COMPLIANCE_ATTRIBUTE: 'extensionAttribute15' };
    expect(readConfig({ ...good, ...attribute }).graph).toMatchObject({
      isEnrolmentSource: false,
      attributes: { compliance: 'extensionAttribute15', risk: undefined },
    });
    for (const [wrong, name] of [
      [{ ENROLMENT_FROM_GRAPH: 'yes' }, 'ENROLMENT_FROM_GRAPH'],
      [{ ENROLMENT_MAX_LEAVERS_IN_PERCENT: '0' }, 'ENROLMENT_MAX_LEAVERS_IN_PERCENT'],
      [{ ENROLMENT_MAX_LEAVERS_IN_PERCENT: '101' }, 'ENROLMENT_MAX_LEAVERS_IN_PERCENT'],
      [{ GRAPH_ENDPOINT: 'http://graph.microsoft.com' }, 'GRAPH_ENDPOINT'],
      [{ ENTRA_COMPLIANCE_ATTRIBUTE: 'extensionAttribute16' }, 'ENTRA_COMPLIANCE_ATTRIBUTE'],
      [{ ENTRA_RISK_ATTRIBUTE: 'isCompliant' }, 'ENTRA_RISK_ATTRIBUTE'],
      [{ ...attribute, ENTRA_RISK_ATTRIBUTE: 'extensionAttribute15' }, 'ENTRA_RISK_ATTRIBUTE'],
    ] as const)
      expect(() => readConfig({ ...good, ...wrong })).toThrow(`\`${name}\``);
  });

  describe('keys of callers', () => {
    const KEY = 'a'.repeat(43);
    const OTHER_KEY = 'b'.repeat(43);
    const read = (value: string): readonly object[] =>
      readConfig({ ...good, CALLER_KEYS: value }).callerKeys;

    it('are valid everywhere unless they are limited to endpoints and resources', () => {
      expect(read(`proxy=${KEY} radius=${OTHER_KEY}@radius/wifi,nginx`)).toEqual([
        { name: 'proxy', key: KEY },
        {
          name: 'radius',
          key: OTHER_KEY,
          scopes: [{ door: 'radius', resource: 'wifi' }, { door: 'nginx' }],
        },
      ]);
    });

    it('may be limited to an app whose name needs an encoding', () => {
      expect(read(`site=${KEY}@nginx/companyApp:a%2Cb@c/d`)).toMatchObject([
        { scopes: [{ door: 'nginx', resource: 'companyApp:a,b@c/d' }] },
      ]);
    });

    it.each([
      `radius=${KEY}@`,
      `radius=${KEY}@radius,`,
      `radius=${KEY}@radius/`,
      `radius=${KEY}@radius/intranet`,
      `radius=${KEY}@nac`,
      `radius=${KEY}@Radius`,
      `radius=${KEY}@radius/companyApp:`,
      `radius=${KEY}@radius/companyApp:%ZZ`,
      `radius=${KEY}@radius/companyApp:a%20b`,
      `radius@radius=${KEY}`,
      `radius=${KEY}@radius/wifi radius=${KEY}`,
      `radius=${KEY} other=${KEY}@radius/wifi`,
      `a=${KEY} a=${OTHER_KEY} a=${'c'.repeat(43)}`,
    ])('are rejected in a wrong form, and never repeated: %s', (value) => {
      expect(() => read(value)).toThrow(/^setting `CALLER_KEYS` must be /);
      expect(() => read(value)).not.toThrow(KEY);
    });

    it('are rejected with the form, its doors and its separators', () => {
      expect(() => read(`radius=${KEY}@wlan`)).toThrow(
        /`name=key@door\/resource,door\/resource`.*accessDecisions, nginx, envoy, radius/,
      );
    });

    it('of a NAC have no limits, because they open the NAC endpoints only', () => {
      const nacKeys = (value: string): unknown => readConfig({ ...good, NAC_KEYS: value }).nacKeys;
      expect(nacKeys(`ise=${KEY}`)).toEqual([{ name: 'ise', key: KEY }]);
      expect(() => nacKeys(`ise=${KEY}@radius`)).toThrow('`NAC_KEYS` must be pairs `name=key`');
    });
  });

  describe('secrets of event sources', () => {
    const SHARED = 'shared-secret-of-the-vendor';
    const read = (value?: string): ReadonlyMap<string, readonly string[]> =>
      readConfig({ ...good, EVENT_SOURCE_SECRETS: value }).eventSourceSecrets;

    it('are none by default, and two for a source during a rotation', () => {
      expect(read()).toEqual(new Map());
      expect(read(`sep-mobile=${SHARED} ses=${SHARED}\n sep-mobile=${SHARED}2`)).toEqual(
        new Map([
          ['sep-mobile', [SHARED, `${SHARED}2`]],
          ['ses', [SHARED]],
        ]),
      );
    });

    it.each([
      'DefaultEndpointsProtocol=https;AccountName=mtd;AccountKey=YWJjZA==;EndpointSuffix=core.windows.net',
      'https://mtd.blob.core.windows.net/events?sv=2025-01-05&sig=a%2Fb%3D&sp=rl',
      'x'.repeat(2048),
    ])('may be a connection string or a signed address: %.40s', (secret) => {
      expect(read(`a-1=${secret}`)).toEqual(new Map([['a-1', [secret]]]));
    });

    it.each([
      SHARED,
      `=${SHARED}`,
      `-a=${SHARED}`,
      `SEP=${SHARED}`,
      `${'a'.repeat(64)}=${SHARED}`,
      'sep-mobile=too-short-of-it',
      `sep-mobile=${SHARED}${'x'.repeat(2048)}`,
      `sep-mobile=${SHARED}é`,
      `a=${SHARED} a=${SHARED}2 a=${SHARED}3`,
      `sep-mobile=${SHARED} @Microsoft.KeyVault(SecretUri=https://mtd.vault.azure.net/secrets/x)`,
    ])('are rejected in a wrong form, and never repeated: %.40s', (value) => {
      expect(() => read(value)).toThrow(/^setting `EVENT_SOURCE_SECRETS` must be .*`id=secret`/);
      expect(() => read(value)).not.toThrow(/shared-secret|too-short/);
    });
  });

  it('allows outgoing requests to private networks only if they are named', () => {
    const allowed = (value?: string): boolean =>
      readConfig({ ...good, OUTGOING_ALLOWED_NETWORKS: value }).outgoingAllowedNetworks.check(
        '10.1.2.3',
      );
    expect([allowed(), allowed('10.1.0.0/16 ::1/128')]).toEqual([false, true]);
    for (const wrong of ['10.1.0.0', '10.1.0.0/33', 'intranet', '::/129'])
      expect(() => allowed(wrong)).toThrow(/`OUTGOING_ALLOWED_NETWORKS`/);
  });

  it.each(['1', '4094', 'quarantine', 'guests_2-b'])(
    'reads the FreeRADIUS quarantine VLAN by id or by name: %s',
    (vlan) => {
      const { radiusQuarantineVlan } = readConfig({ ...good, RADIUS_QUARANTINE_VLAN: vlan });
      expect(radiusQuarantineVlan).toBe(vlan);
    },
  );

  it.each([undefined, '', ' '])('has no quarantine VLAN for %j', (vlan) => {
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
    ['MESSAGE_KEYS', undefined],
    ['MESSAGE_KEYS', ''],
    ['MESSAGE_KEYS', 'c2VjcmV0'],
    ['MESSAGE_KEYS', `${MESSAGE_KEY} c2VjcmV0`],
    ['MESSAGE_KEYS', `${MESSAGE_KEY} ${MESSAGE_KEY} ${MESSAGE_KEY}`],
    ['MESSAGE_KEYS', EXAMPLE_KEY],
    ['MESSAGE_KEYS', `${MESSAGE_KEY} ${EXAMPLE_KEY}`],
    ['MESSAGE_KEYS', '@Microsoft.KeyVault(SecretUri=https://mtd.vault.azure.net/secrets/x)'],
    ['UNSIGNED_MESSAGES_UNTIL', 'tomorrow'],
    ['REMEDIATION_URL', 'ftp://x'],
    ['CONFIGURATION_CACHE_IN_SECONDS', '-1'],
    ['CLOUDFLARE_TEAM_DOMAIN', 'http://contoso.cloudflareaccess.com'],
    ['CLOUDFLARE_TEAM_DOMAIN', 'https://contoso.cloudflareaccess.com/'],
    ['CLOUDFLARE_TEAM_DOMAIN', 'contoso.cloudflareaccess.com'],
    ['CLOUDFLARE_EVALUATION_KEYS', 'c2VjcmV0'],
    ['CLOUDFLARE_EVALUATION_KEYS', `${RSA_KEY} c2VjcmV0`],
    ['CLOUDFLARE_EVALUATION_KEYS', `${RSA_KEY} ${OTHER_RSA_KEY} ${RSA_KEY}`],
    ['CLOUDFLARE_EVALUATION_KEYS', createRsaKey(1024)],
    ['CLOUDFLARE_EVALUATION_KEYS', EC_KEY],
    ['ENTRA_ANSWER_WITHIN_IN_MILLISECONDS', '100'],
    ['ENTRA_ANSWER_WITHIN_IN_MILLISECONDS', '10000'],
    ['RADIUS_QUARANTINE_VLAN', '0'],
    ['RADIUS_QUARANTINE_VLAN', '4095'],
    ['RADIUS_QUARANTINE_VLAN', '030'],
    ['RADIUS_QUARANTINE_VLAN', 'quarantine 30'],
    ['RADIUS_QUARANTINE_VLAN', '%{exec:id}'],
    ['RADIUS_QUARANTINE_VLAN', 'a'.repeat(33)],
  ];
  for (const [name, value] of bad) {
    it(`rejects ${name} = ${JSON.stringify(value?.slice(0, 40))} with its name and never repeats a secret`, () => {
      const read = (): unknown => readConfig({ ...good, ...ofItsGroup(name), [name]: value });
      expect(read).toThrow(
        expect.objectContaining({
          code: 'settingInvalid',
          message: expect.stringContaining(`\`${name}\``) as string,
        }),
      );
      for (const secret of [SECRET, RSA_KEY, MESSAGE_KEY, EXAMPLE_KEY, 'c2VjcmV0'])
        expect(read).not.toThrow(new RegExp(secret.replace(/[+/]/g, '.')));
    });
  }
});
