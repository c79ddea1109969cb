import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { COSTS } from '../../../../infra/capacity/inputs.ts';
import type { ArmTemplate, WrittenResource } from '../../../../infra/azure/engine/toArmTemplate.ts';
import { SECRET_SETTINGS } from '../../../../infra/azure/secretSettings.ts';
import { DIAGNOSED_TYPES } from '../../../../infra/azure/landingZone.ts';
import { RESOURCE_TYPES } from '../../../../infra/azure/resourceTypes.ts';
import { ROLES } from '../../../../infra/azure/roles.ts';
import { STAGES, type StageConfiguration } from '../../../../infra/azure/stageConfiguration.ts';
import { synthesize } from '../../../../infra/azure/synthesize.ts';
import { readConfig } from '../../../../shared/settings/config.ts';
import {
  BLOB_CONTAINER_NAMES,
  CONTAINERS,
  DATABASE_NAME,
  DECISIONS_CONTAINER_NAME,
  QUEUES,
} from '../../../../shared/resources.ts';
import { appSettingsOf } from '../../../support/appSettingsOf.ts';

const read = (path: string): string =>
  readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8');
const DEPLOYING = read('infra/deploy/README.md');
const EXAMPLE = JSON.parse(
  readFileSync(new URL('../../../../local.settings.example.json', import.meta.url), 'utf8'),
) as { readonly Values: Readonly<Record<string, string>> };

type Json = Readonly<Record<string, unknown>>;

const templateOf = (stage: StageConfiguration): ArmTemplate =>
  JSON.parse(synthesize(stage)) as ArmTemplate;

const ofType = (template: ArmTemplate, type: string): readonly WrittenResource[] =>
  Object.values(template.resources).filter((each) => each.type === type);

const propertiesOf = (resource: WrittenResource | undefined): Json =>
  (resource?.['properties'] ?? {}) as Json;

/** The last part of a name that may be an expression. */
const ownName = ({ name }: WrittenResource): string => /([^/']+)(?:'\)\])?$/.exec(name)?.[1] ?? '';

/** Each role assignment: the role, the identity, and the type and name of its resource. */
function grantsOf(template: ArmTemplate): readonly string[] {
  return ofType(template, 'Microsoft.Authorization/roleAssignments').map((each) => {
    const { roleDefinitionId, principalId } = propertiesOf(each);
    const role = Object.values(ROLES).find(({ definitionId }) =>
      String(roleDefinitionId).includes(definitionId),
    );
    const [, identity = ''] = /^\[reference\('(\w+)'\)/.exec(String(principalId)) ?? [];
    const [, type = '', names = ''] =
      /^\[resourceId\('[^']*\/(\w+)', (.*)\)\]$/.exec(each.scope ?? '') ?? [];
    const [, name = ''] = /, '([\w-]+)'$/.exec(names) ?? [];
    return `${role?.displayName ?? ''}: ${identity} on ${type} ${name}`.trim();
  });
}

describe.each(STAGES)('the stage $stage', (stage) => {
  const template = templateOf(stage);

  it('is reproducible', () => {
    expect(synthesize(stage)).toBe(synthesize(stage));
  });

  it('has the queues that the code needs', () => {
    const queues = ofType(template, 'Microsoft.ServiceBus/namespaces/queues');
    expect(queues.map((each) => ({ name: ownName(each), ...propertiesOf(each) }))).toEqual(QUEUES);
  });

  it('has the database with the keys, indexes and times to live of the code', () => {
    const [database] = ofType(template, 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases');
    expect(propertiesOf(database)['resource']).toEqual({ id: DATABASE_NAME });
    const containers = ofType(
      template,
      'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers',
    );
    expect(containers.map((each) => propertiesOf(each)['resource'])).toEqual(CONTAINERS);
  });

  it('has the blob containers of the code, of the package and of the host', () => {
    const type = 'Microsoft.Storage/storageAccounts/blobServices/containers';
    const byAccount = Object.groupBy(ofType(template, type), ({ name }) =>
      /^\[concat\('mtd\w+log',/.test(name) ? 'ofDecisions' : 'ofRuntime',
    );
    expect(byAccount.ofDecisions?.map(ownName)).toEqual([DECISIONS_CONTAINER_NAME]);
    expect(byAccount.ofRuntime?.map(ownName)).toEqual([
      'quarantine',
      'package',
      'azure-webjobs-hosts',
      'azure-webjobs-secrets',
    ]);
    expect(BLOB_CONTAINER_NAMES).toEqual(['quarantine', DECISIONS_CONTAINER_NAME]);
  });

  it('starts the app after its role assignments and the container of its package', () => {
    const [site] = ofType(template, 'Microsoft.Web/sites');
    const rights = Object.entries(template.resources)
      .filter(([, { type }]) => /roleAssignments$/i.test(type))
      .map(([symbol]) => symbol);
    expect(rights.length).toBeGreaterThan(5);
    expect(site?.dependsOn).toEqual(expect.arrayContaining([...rights, 'storagePackage']));
  });

  it('starts the app after its private endpoints, and the names that lead to them', () => {
    const [site] = ofType(template, 'Microsoft.Web/sites');
    const ways = Object.entries(template.resources)
      .filter(([, { type }]) => /privateEndpoints|privateDnsZoneGroups|NetworkLinks$/.test(type))
      .map(([symbol]) => symbol)
      // Its own endpoint comes after it.
      .filter((symbol) => !/^privateApi|AzurewebsitesNet/.test(symbol));
    expect(ways.length > 0).toBe(stage.isPrivate);
    expect(site?.dependsOn).toEqual(expect.arrayContaining(ways));
  });

  it('changes the database account by one resource after the other', () => {
    const { resources } = template;
    const chain = [
      'cosmosDbAccount',
      'cosmosDbDatabase',
      ...CONTAINERS.map(({ id }) => `cosmosDb${id.charAt(0).toUpperCase()}${id.slice(1)}`),
      'cosmosDbDataContributor',
      ...(stage.isPrivate ? ['privateDb', 'cosmosDbAccountLock'] : []),
    ];
    for (const [index, symbol] of chain.slice(1).entries())
      expect(resources[symbol]?.dependsOn).toContain(chain[index]);
    const others = Object.keys(resources).filter(
      (symbol) => symbol.startsWith('cosmosDb') && !chain.includes(symbol),
    );
    // Azure Monitor stores diagnostic settings, not the account.
    expect(others).toEqual(['cosmosDbAccountDiagnostics']);
  });

  it('takes a restored database account in place of its own, with everything around it', () => {
    const ofAccount = Object.entries(template.resources).filter(([, resource]) =>
      JSON.stringify(resource).includes("-db'"),
    );
    const withoutChoice = ofAccount.filter(
      ([, resource]) =>
        !JSON.stringify(resource).includes("if(empty(parameters('databaseAccount'))"),
    );
    expect(withoutChoice.map(([symbol]) => symbol)).toEqual([]);
    const { type } = template.resources['cosmosDbAccount'] ?? {};
    expect(type).toBe('Microsoft.DocumentDB/databaseAccounts');
    expect(template.outputs['databaseAccountName']).toMatchObject({
      value: template.resources['cosmosDbAccount']?.name,
    });
  });

  it('names its settings for deployers, and takes further ones', () => {
    expect(template.metadata).toEqual({ appSettings: Object.keys(appSettingsOf(template)) });
    expect(template.parameters).toMatchObject({
      extraSettings: { type: 'object', defaultValue: {} },
      databaseAccount: { type: 'string', defaultValue: '' },
      recoveredDateTime: { type: 'string', defaultValue: '' },
    });
    expect(appSettingsOf(template)['RECOVERED_DATETIME']).toBe("[parameters('recoveredDateTime')]");
  });

  it('allows no access by a key', () => {
    const open = Object.entries(template.resources).filter(([, resource]) => {
      const properties = propertiesOf(resource);
      const features = properties['features'] as Json | undefined;
      return (
        properties['disableLocalAuth'] === false ||
        properties['DisableLocalAuth'] === false ||
        features?.['disableLocalAuth'] === false ||
        properties['allowSharedKeyAccess'] === true ||
        properties['allow'] === true
      );
    });
    expect(open).toEqual([]);
    expect(JSON.stringify(template)).not.toMatch(
      /listKeys|listAccountSas|AccountKey=|SharedAccess/,
    );
  });

  it('assigns each role on the smallest resource, for the reason that the README names', () => {
    expect(grantsOf(template).toSorted()).toEqual(
      [
        ...(stage.stage === 'prod'
          ? [
              'Azure Service Bus Data Owner: identity on queues compliance-changes',
              'Azure Service Bus Data Owner: identity on queues device-signals',
            ]
          : []),
        'Azure Service Bus Data Receiver: identity on queues compliance-changes',
        'Azure Service Bus Data Receiver: identity on queues device-signals',
        'Azure Service Bus Data Sender: identity on queues compliance-changes',
        'Azure Service Bus Data Sender: identity on queues device-signals',
        'Key Vault Secrets User: identity on vaults',
        'Monitoring Metrics Publisher: identity on components',
        'Storage Blob Data Contributor: identity on containers decisions',
        'Storage Blob Data Contributor: identity on containers quarantine',
        'Storage Blob Data Contributor: packageIdentity on containers package',
        'Storage Blob Data Owner: identity on containers azure-webjobs-hosts',
        'Storage Blob Data Owner: identity on containers azure-webjobs-secrets',
      ].toSorted(),
    );
    const readme = DEPLOYING.replaceAll(/\n +/g, ' ');
    for (const { displayName, on, neededFor } of Object.values(ROLES))
      expect(readme).toContain(`- ${displayName}, on ${on}: ${neededFor}`);
  });

  it('lets the app use the documents of its database only', () => {
    const type = 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments';
    const assignments = ofType(template, type);
    expect(assignments).toHaveLength(1);
    const [given] = assignments;
    expect(propertiesOf(given)['scope']).toMatch(/'\/dbs\/mtd'\)\]$/);
    expect(DEPLOYING).toContain('- Cosmos DB Built-in Data Contributor, on the database `mtd`:');
  });

  it('keeps the package under an identity that the code does not use', () => {
    const [site] = ofType(template, 'Microsoft.Web/sites');
    const { functionAppConfig } = propertiesOf(site) as {
      readonly functionAppConfig: { readonly deployment: object };
    };
    expect(JSON.stringify(functionAppConfig.deployment)).toContain('-package-identity');
    expect(JSON.stringify(appSettingsOf(template))).not.toContain('packageIdentity');
  });

  it('has the tags of the parameter on every resource that takes tags', () => {
    const tagged = Object.values(template.resources).filter(({ type }) =>
      RESOURCE_TYPES[type]?.members?.includes('tags'),
    );
    expect(tagged.length).toBeGreaterThan(30);
    for (const { tags } of tagged) expect(tags).toContain("parameters('tags')");
  });

  it('answers many requests at once, so that receivers that wait leave room for decisions', () => {
    const [site] = ofType(template, 'Microsoft.Web/sites');
    expect(propertiesOf(site)['functionAppConfig']).toMatchObject({
      scaleAndConcurrency: { triggers: { http: { perInstanceConcurrency: 100 } } },
    });
  });

  it('logs to an existing workspace in place of its own', () => {
    const workspace = template.resources['monitoringWorkspace'];
    expect(workspace?.condition).toBe("[empty(parameters('workspaceId'))]");
    const users = Object.values(template.resources).filter((each) =>
      JSON.stringify(each).includes('/workspaces'),
    );
    const fixed = users.filter(
      (each) =>
        each !== workspace && !JSON.stringify(each).includes(", parameters('workspaceId'))]"),
    );
    expect(users.length).toBeGreaterThan(20);
    expect(fixed).toEqual([]);
  });

  it('has no setting that Flex Consumption rejects or that opens the app', () => {
    const [site] = ofType(template, 'Microsoft.Web/sites');
    const { appSettings: _, ...siteConfig } = propertiesOf(site)['siteConfig'] as Json;
    expect(siteConfig).toEqual({
      minTlsVersion: '1.2',
      scmMinTlsVersion: '1.2',
      remoteDebuggingEnabled: false,
      http20Enabled: true,
      scmIpSecurityRestrictionsDefaultAction: 'Deny',
      scmIpSecurityRestrictions: [
        {
          name: 'deployers',
          action: 'Allow',
          priority: 100,
          ipAddress: "[parameters('deploymentAddressRange')]",
        },
      ],
    });
    expect(appSettingsOf(template)['AzureWebJobsDisableHomepage']).toBe('true');
  });

  it('says who reaches the logs, and the README says why', () => {
    const access = {
      publicNetworkAccessForIngestion: "[parameters('monitoringNetworkAccess')]",
      publicNetworkAccessForQuery: "[parameters('monitoringNetworkAccess')]",
    };
    for (const type of [
      'Microsoft.OperationalInsights/workspaces',
      'Microsoft.Insights/components',
    ])
      expect(propertiesOf(ofType(template, type)[0])).toMatchObject(access);
    expect(DEPLOYING).toMatch(
      /\*\*Log Analytics and Application Insights\.\*\*[^]*private link scope/,
    );
  });

  it('keeps replaced and deleted blobs for a while only', () => {
    const policies = ofType(template, 'Microsoft.Storage/storageAccounts/managementPolicies');
    expect(policies).toHaveLength(2);
    for (const policy of policies) {
      const { rules } = propertiesOf(policy)['policy'] as {
        readonly rules: readonly { readonly definition: { readonly actions: object } }[];
      };
      const days = stage.softDeleteRetentionInDays;
      expect(rules.map(({ definition }) => definition.actions)).toEqual([
        { baseBlob: { delete: { daysAfterModificationGreaterThan: 90 } } },
        { version: { delete: { daysAfterCreationGreaterThan: days } } },
      ]);
    }
  });

  it('has no secret among its outputs or parameters', () => {
    const { outputs, parameters } = template;
    expect(JSON.stringify(outputs)).not.toMatch(/list\w+\(|secret|key(?!Vault)/i);
    expect(Object.keys(parameters).filter((name) => /secret|key|password/i.test(name))).toEqual([]);
  });

  it('collects the logs of every resource that writes some', () => {
    const diagnosed = ofType(template, 'Microsoft.Insights/diagnosticSettings').map((each) =>
      String(each.scope),
    );
    for (const type of DIAGNOSED_TYPES)
      expect(diagnosed.filter((scope) => scope.includes(`'${type}'`))).toHaveLength(
        type.startsWith('Microsoft.Storage') ? 2 : 1,
      );
  });

  it('stores no log of each operation, and no second copy of the logs of the functions', () => {
    const logsOf = (symbol: string): unknown =>
      propertiesOf(template.resources[`${symbol}Diagnostics`])['logs'];
    const of = (...categories: readonly string[]): unknown =>
      categories.map((category) => ({ category, enabled: true }));
    expect(logsOf('appSite')).toEqual([]);
    expect(logsOf('cosmosDbAccount')).toEqual(of('ControlPlaneRequests', 'PartitionKeyStatistics'));
    expect(logsOf('storageBlobs')).toEqual(of('StorageWrite', 'StorageDelete'));
    expect(logsOf('decisionStorageBlobs')).toEqual(of('StorageDelete'));
    // The standard tier has no audit log.
    expect(logsOf('serviceBusNamespace')).toEqual(
      stage.isPrivate ? of('OperationalLogs', 'RuntimeAuditLogs') : of('OperationalLogs'),
    );
  });

  it('has app settings that the code accepts', () => {
    const settings = appSettingsOf(template);
    const base64 = Buffer.alloc(32, 1).toString('base64');
    const { SSF_SIGNING_KEYS: _, SSF_ISSUER: __, ...read } = settings;
    const asDeployed = {
      ...Object.fromEntries(
        Object.entries(read).map(([name, value]) => [
          name,
          value.includes("'https://") || name.endsWith('accountEndpoint')
            ? `https://of.example${name === 'REMEDIATION_URL' ? '/{ticket}' : ''}`
            : value
                .replace(/^\[parameters\('((?:entra|cloudflare|recovered)\w+)'\)\]$/, '')
                .replace(/^\[parameters\('enrolmentFromGraph'\)\]$/, 'false'),
        ]),
      ),
      TOKEN_ISSUER: 'https://login.example/v2.0',
      SEP_MOBILE_WEBHOOK_SECRETS: `whsec_${base64}`,
      MESSAGE_KEYS: base64,
      REMEDIATION_TICKET_KEYS: base64,
      WEBHOOK_MASTER_KEYS: base64,
      CLOUDFLARE_EVALUATION_KEYS: '',
      CALLER_KEYS: `proxy=${base64.replaceAll('=', '')}`,
      NAC_KEYS: `nac=${base64.replaceAll('=', 'a')}`,
      EVENT_SOURCE_SECRETS: `none=${base64}`,
    };
    expect(readConfig(asDeployed)).toMatchObject({
      cosmosDb: { kind: 'identity' },
      serviceBus: { kind: 'identity' },
      storage: { kind: 'identity', endpoint: expect.not.stringContaining('log') as string },
      decisionsStorage: { kind: 'identity', endpoint: expect.stringContaining('log') as string },
    });
  });

  it('has every setting of the example that has no default', () => {
    const settings = appSettingsOf(template);
    const withoutDefault = Object.keys(EXAMPLE.Values).filter((name) =>
      /SCHEDULE$|^TOKEN_|SECRETS$|_KEYS$|^FUNCTIONS_NODE|^CLOUDFLARE/.test(name),
    );
    expect(withoutDefault.filter((name) => settings[name] === undefined)).toEqual([]);
    for (const name of Object.keys(SECRET_SETTINGS))
      expect(settings[name]).toContain('@Microsoft.KeyVault(SecretUri=');
    expect(settings['CLOUDFLARE_EVALUATION_KEYS']).toMatch(
      /^\[if\(empty\(parameters\('cloudflareTeamDomain'\)\), '', concat\('@Microsoft\.KeyVault/,
    );
  });
});

it('the host stores the log lines of every timer, unsampled', () => {
  const host = JSON.parse(
    readFileSync(new URL('../../../../host.json', import.meta.url), 'utf8'),
  ) as {
    readonly logging: {
      readonly logLevel: Readonly<Record<string, string>>;
      readonly applicationInsights: unknown;
    };
  };
  expect(host.logging.applicationInsights).toEqual({
    samplingSettings: {
      isEnabled: true,
      maxTelemetryItemsPerSecond: COSTS.recordsAnInstanceSecond,
      excludedTypes: 'Exception',
    },
  });
  const { Function: others, ...stored } = host.logging.logLevel;
  const folder = new URL('../../../../functions/', import.meta.url);
  const timers = globSync('**/*.ts', { cwd: fileURLToPath(folder) }).filter((name) =>
    readFileSync(new URL(name, folder), 'utf8').includes('app.timer('),
  );
  expect(others).toBe('Warning');
  expect(Object.keys(stored).toSorted()).toEqual(
    timers.map((name) => `Function.${basename(name, '.ts')}`).toSorted(),
  );
});

it('production is private, locked and zone-redundant', () => {
  const prod = STAGES.find(({ stage }) => stage === 'prod');
  if (prod === undefined) throw new Error('there is no production');
  const template = templateOf(prod);
  expect(ofType(template, 'Microsoft.Authorization/locks')).toHaveLength(5);
  expect(ofType(template, 'Microsoft.Network/privateEndpoints')).toHaveLength(6);
  for (const type of [
    'Microsoft.Storage/storageAccounts',
    'Microsoft.ServiceBus/namespaces',
    'Microsoft.DocumentDB/databaseAccounts',
    'Microsoft.KeyVault/vaults',
  ])
    for (const resource of ofType(template, type))
      expect(propertiesOf(resource)['publicNetworkAccess']).toBe('Disabled');
  for (const account of ofType(template, 'Microsoft.Storage/storageAccounts'))
    expect(propertiesOf(account)['networkAcls']).toEqual({ defaultAction: 'Deny', bypass: 'None' });
  const [network] = ofType(template, 'Microsoft.Network/virtualNetworks');
  const { subnets } = propertiesOf(network) as {
    readonly subnets: readonly { readonly properties: Json }[];
  };
  expect(subnets.map(({ properties }) => properties['networkSecurityGroup'])).toEqual([
    { id: expect.stringContaining('-net-app') as string },
    { id: expect.stringContaining('-net-endpoints') as string },
  ]);
  expect(propertiesOf(ofType(template, 'Microsoft.Web/serverfarms')[0])['zoneRedundant']).toBe(
    "[parameters('planZoneRedundant')]",
  );
  expect(template.parameters).toMatchObject({
    planZoneRedundant: { type: 'bool', defaultValue: true },
    databaseZoneRedundant: { type: 'bool', defaultValue: true },
  });
});

it('production appends to its decision log, and cannot change it', () => {
  const [dev, prod] = STAGES.map(templateOf);
  const type = 'Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies';
  if (dev === undefined || prod === undefined) throw new Error('there is no production');
  expect(ofType(dev, type)).toEqual([]);
  const policies = ofType(prod, type);
  expect(policies.map(({ name }) => /'\/default\/(\w+)\/default'/.exec(name)?.[1])).toEqual([
    DECISIONS_CONTAINER_NAME,
  ]);
  expect(propertiesOf(policies[0])).toEqual({
    immutabilityPeriodSinceCreationInDays: 90,
    allowProtectedAppendWrites: true,
  });
});

it('a stage without `assignsRoles` assigns no role', () => {
  const [dev] = STAGES;
  if (dev === undefined) throw new Error('there is no stage');
  const template = templateOf({ ...dev, assignsRoles: false });
  expect(ofType(template, 'Microsoft.Authorization/roleAssignments')).toEqual([]);
});
