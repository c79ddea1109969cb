import { globSync, readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ALERT_RULES, describeAlert, METRIC_RULES } from '../../../../infra/azure/alertRules.ts';
import { COSTS } from '../../../../infra/capacity/inputs.ts';
import type { ArmTemplate, WrittenResource } from '../../../../infra/azure/engine/toArmTemplate.ts';
import { SECRET_SETTINGS } from '../../../../infra/azure/secretSettings.ts';
import { DIAGNOSED_TYPES } from '../../../../infra/azure/landingZone.ts';
import { ROLES } from '../../../../infra/azure/roles.ts';
import { STAGES, type StageConfiguration } from '../../../../infra/azure/stageConfiguration.ts';
import { synthesize } from '../../../../infra/azure/synthesize.ts';
import { ConnectorError } from '../../../../shared/base/connectorError.ts';
import { traceAudit } from '../../../../shared/core/configuration/traceAudit.ts';
import { logFault } from '../../../../shared/edge/http/handler.ts';
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
const RUNBOOK = read('infra/ops/README.md');
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
    expect(ofType(template, type).map(ownName)).toEqual([
      ...BLOB_CONTAINER_NAMES,
      'package',
      'azure-webjobs-hosts',
      'azure-webjobs-secrets',
    ]);
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
      .map(([symbol]) => symbol);
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
      ...(stage.isPrivate ? ['privateDbEndpoint', 'cosmosDbAccountLock'] : []),
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
      JSON.stringify(resource).includes('-db'),
    );
    const withoutChoice = ofAccount.filter(
      ([, resource]) =>
        !JSON.stringify(resource).includes("if(empty(parameters('databaseAccount'))"),
    );
    expect(withoutChoice.map(([symbol]) => symbol)).toEqual([]);
    const { type } = template.resources['cosmosDbAccount'] ?? {};
    expect(type).toBe('Microsoft.DocumentDB/databaseAccounts');
    expect(template.outputs['databaseAccount']).toMatchObject({
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
    const [policy] = ofType(template, 'Microsoft.Storage/storageAccounts/managementPolicies');
    const { rules } = propertiesOf(policy)['policy'] as {
      readonly rules: readonly { readonly definition: { readonly actions: object } }[];
    };
    const days = stage.softDeleteRetentionInDays;
    expect(rules.map(({ definition }) => definition.actions)).toEqual([
      { baseBlob: { delete: { daysAfterModificationGreaterThan: 90 } } },
      { version: { delete: { daysAfterCreationGreaterThan: days } } },
    ]);
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
      expect(diagnosed.filter((scope) => scope.includes(`'${type}'`))).toHaveLength(1);
  });

  it('stores no log of each database operation, and no second copy of the logs of the functions', () => {
    const logsOf = (type: string): unknown =>
      propertiesOf(
        ofType(template, 'Microsoft.Insights/diagnosticSettings').find((each) =>
          String(each.scope).includes(`'${type}'`),
        ),
      )['logs'];
    expect(logsOf('Microsoft.Web/sites')).toEqual([]);
    expect(logsOf('Microsoft.DocumentDB/databaseAccounts')).toEqual([
      { category: 'ControlPlaneRequests', enabled: true },
      { category: 'PartitionKeyStatistics', enabled: true },
    ]);
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
    };
    expect(readConfig(asDeployed)).toMatchObject({
      cosmosDb: { kind: 'identity' },
      serviceBus: { kind: 'identity' },
      storage: { kind: 'identity' },
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

  it('has an alert for each rule', () => {
    const alerts = [
      ...ofType(template, 'Microsoft.Insights/scheduledQueryRules'),
      ...ofType(template, 'Microsoft.Insights/metricAlerts'),
    ];
    expect(alerts.map((each) => propertiesOf(each)['description'])).toEqual(
      [...ALERT_RULES, ...METRIC_RULES].map(describeAlert),
    );
  });
});

describe('the runbook', () => {
  const headings = [...RUNBOOK.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  /** In GitHub's form (github.com/gjtorikian/html-pipeline, table of contents). */
  const anchors = headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_\- ]/gu, '')
      .replaceAll(' ', '-'),
  );

  it.each([...ALERT_RULES, ...METRIC_RULES])('has a section for the alert "$title"', (alert) => {
    expect(headings.filter((heading) => heading === alert.title)).toHaveLength(1);
    const [, anchor = ''] = /infra\/ops\/README\.md#(\S+)$/.exec(describeAlert(alert)) ?? [];
    expect(anchors.filter((each) => each === anchor)).toHaveLength(1);
  });
});

it('alerts sum the requests that each record stands for, because the log is sampled', () => {
  const ofRequests = ALERT_RULES.filter(({ query }) => query.startsWith('AppRequests'));
  for (const { query } of ofRequests.filter((each) => each.query.includes('percentile')))
    expect(query).toContain('percentilew(DurationMs, ItemCount, 99)');
  // A query for zero runs need not count.
  const unweighted = ofRequests.filter(
    ({ query }) => !query.includes('ItemCount') && !query.endsWith('where runs == 0'),
  );
  expect(ofRequests.length).toBeGreaterThan(3);
  expect(unweighted).toEqual([]);
});

it.each(STAGES)('an alert of $stage finds nothing, and does not fail, without its table', (stage) => {
  const rules = ofType(templateOf(stage), 'Microsoft.Insights/scheduledQueryRules');
  expect(rules.length).toBeGreaterThan(10);
  for (const rule of rules) {
    const { skipQueryValidation, criteria } = propertiesOf(rule) as {
      readonly skipQueryValidation: boolean;
      readonly criteria: { readonly allOf: readonly { readonly query: string }[] };
    };
    expect(skipQueryValidation).toBe(true);
    for (const { query } of criteria.allOf) {
      const [, columns = '', rest = ''] =
        /^union isfuzzy=true \(datatable\((TimeGenerated:datetime[^)]*)\)\[\]\), (\w+ \|.*)$/.exec(query) ??
        [];
      const known = columns.split(', ').map((each) => each.split(':')[0]);
      const used = ['Name', 'Success', 'ResultCode', 'DurationMs', 'ItemCount', 'Message', 'Uri'];
      const unquoted = rest.replaceAll(/'[^']*'/g, "''");
      expect(rest).not.toBe('');
      expect(
        used.filter((name) => new RegExp(`\\b${name}\\b`).test(unquoted) && !known.includes(name)),
      ).toEqual([]);
    }
  }
});

it('alerts search for messages that the code logs', () => {
  const phrases = ALERT_RULES.flatMap(({ query }) => /Message has '(.+?)'/.exec(query)?.[1] ?? []);
  const folder = new URL('../../../../shared/', import.meta.url);
  const code = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readFileSync(new URL(path, folder), 'utf8'))
    .join('');
  expect(phrases).toHaveLength(7);
  expect(phrases.filter((phrase) => !code.includes(phrase))).toEqual([]);
});

it('alerts and charts search for lines that begin as the code writes them', async () => {
  const lines: string[] = [];
  const log = { warn: (line: string) => void lines.push(line), error: () => undefined };
  for (const code of ['unauthenticated', 'accessDenied'] as const)
    logFault(new ConnectorError(code, 'a cause'), log);
  const audit = { record: () => Promise.resolve(), list: () => Promise.resolve({ items: [] }) };
  await traceAudit(audit, log).record({
    id: 'id',
    activityDateTime: '2026-01-31T12:00:00.000Z',
    activityType: 'update settings',
    activityResult: 'success',
    actor: {},
    resourceType: 'settings',
    resourceId: 'default',
    isConfirmed: true,
  });
  const queries = JSON.stringify([
    ...ALERT_RULES.map(({ query }) => query),
    ...STAGES.map((stage) => synthesize(stage)),
  ]);
  const beginnings = new Set(
    [...queries.matchAll(/Message !?startswith '([^']+)'/g)].map(([, text = '']) => text),
  );
  expect(beginnings.size).toBe(3);
  expect([...beginnings].filter((text) => !lines.some((line) => line.startsWith(text)))).toEqual(
    [],
  );
  // The query reads the JSON behind the beginning.
  const { query = '' } = ALERT_RULES.find(({ id }) => id === 'confirmedChange') ?? {};
  const [, start = ''] = /parse_json\(substring\(Message, (\d+)\)\)/.exec(query) ?? [];
  expect(JSON.parse(lines.at(-1)?.slice(Number(start)) ?? '')).toMatchObject({ isConfirmed: true });
});

it('somebody is woken where callers are rejected, requests are stored, or a check is skipped', () => {
  const ids = ALERT_RULES.map(({ id }) => id);
  expect(ids).toEqual(expect.arrayContaining(['refusedCallers', 'quarantine', 'confirmedChange']));
});

it('somebody is woken where reports do not count because they were too large', () => {
  const { query = '' } = ALERT_RULES.find(({ id }) => id === 'reportsTooLarge') ?? {};
  expect(query).toContain("ResultCode == '413'");
  const [, names = ''] = /Name in \(([^)]+)\)/.exec(query) ?? [];
  expect(names).toBe("'receivePartnerWebhook', 'ingestTelemetry'");
  const folder = new URL('../../../../functions/', import.meta.url);
  const code = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readFileSync(new URL(path, folder), 'utf8'))
    .join('');
  for (const name of names.split(', ')) expect(code).toContain(`app.http(${name}`);
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

it('alerts never use the host’s `Success` of an HTTP trigger', () => {
  const folder = new URL('../../../../functions/', import.meta.url);
  const answering = globSync('**/*.ts', { cwd: fileURLToPath(folder) })
    .filter((name) => readFileSync(new URL(name, folder), 'utf8').includes('app.http('))
    .map((name) => `'${basename(name, '.ts')}'`);
  const wrong = ALERT_RULES.filter(
    ({ query }) => query.includes('Success') && answering.some((name) => query.includes(name)),
  );
  expect(answering.length).toBeGreaterThan(20);
  expect(wrong).toEqual([]);
});

it('production is private, locked and zone-redundant', () => {
  const prod = STAGES.find(({ stage }) => stage === 'prod');
  if (prod === undefined) throw new Error('there is no production');
  const template = templateOf(prod);
  expect(ofType(template, 'Microsoft.Authorization/locks')).toHaveLength(4);
  expect(ofType(template, 'Microsoft.Network/privateEndpoints')).toHaveLength(4);
  for (const type of [
    'Microsoft.Storage/storageAccounts',
    'Microsoft.ServiceBus/namespaces',
    'Microsoft.DocumentDB/databaseAccounts',
    'Microsoft.KeyVault/vaults',
  ])
    expect(propertiesOf(ofType(template, type)[0])['publicNetworkAccess']).toBe('Disabled');
  expect(
    propertiesOf(ofType(template, 'Microsoft.Storage/storageAccounts')[0])['networkAcls'],
  ).toEqual({ defaultAction: 'Deny', bypass: 'None' });
  const [network] = ofType(template, 'Microsoft.Network/virtualNetworks');
  const { subnets } = propertiesOf(network) as {
    readonly subnets: readonly { readonly properties: Json }[];
  };
  expect(subnets.map(({ properties }) => properties['networkSecurityGroup'])).toEqual([
    { id: expect.stringContaining('-net-app') as string },
    { id: expect.stringContaining('-net-endpoints') as string },
  ]);
  expect(propertiesOf(ofType(template, 'Microsoft.Web/serverfarms')[0])['zoneRedundant']).toBe(
    true,
  );
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

it('a stage with `scalesByQueueLength` may manage the queues', () => {
  const [dev] = STAGES;
  if (dev === undefined) throw new Error('there is no stage');
  const template = templateOf({ ...dev, scalesByQueueLength: true });
  expect(
    grantsOf(template).filter((each) => each.startsWith('Azure Service Bus Data Owner')),
  ).toEqual(QUEUES.map(({ name }) => `Azure Service Bus Data Owner: identity on queues ${name}`));
});
