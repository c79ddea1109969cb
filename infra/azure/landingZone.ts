import { Annotations, type IAspect } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { REQUEST_BODY_SIZE_LIMIT } from './appSettings.ts';
import { ArmResource } from './engine/armResource.ts';
import { resolveTemplate } from './engine/resolveTemplate.ts';
import { RESOURCE_TYPES } from './resourceTypes.ts';
import { ROLES } from './roles.ts';

type Properties = Readonly<Record<string, unknown>>;

/** A required value of a property, with the reason. */
type Requirement = readonly [path: string, value: unknown, why: string];

/** The requirements of a landing zone, by resource type. */
const REQUIREMENTS: Readonly<Record<string, readonly Requirement[]>> = {
  'Microsoft.Storage/storageAccounts': [
    ['allowSharedKeyAccess', false, 'no key access'],
    ['allowBlobPublicAccess', false, 'no public blobs'],
    ['minimumTlsVersion', 'TLS1_2', 'at least TLS 1.2'],
    ['supportsHttpsTrafficOnly', true, 'no plain HTTP'],
  ],
  'Microsoft.Storage/storageAccounts/blobServices/containers': [
    ['publicAccess', 'None', 'no public blobs'],
  ],
  'Microsoft.ServiceBus/namespaces': [
    ['disableLocalAuth', true, 'no key access'],
    ['minimumTlsVersion', '1.2', 'at least TLS 1.2'],
  ],
  'Microsoft.DocumentDB/databaseAccounts': [
    ['disableLocalAuth', true, 'no key access'],
    ['disableKeyBasedMetadataWriteAccess', true, 'no key access'],
    ['minimalTlsVersion', 'Tls12', 'at least TLS 1.2'],
  ],
  'Microsoft.KeyVault/vaults': [
    ['enableRbacAuthorization', true, 'no access policies'],
    ['enablePurgeProtection', true, 'deleted secrets stay recoverable'],
  ],
  'Microsoft.Insights/components': [['DisableLocalAuth', true, 'no key for ingestion']],
  'Microsoft.OperationalInsights/workspaces': [
    ['features.disableLocalAuth', true, 'no key for ingestion'],
  ],
  'Microsoft.Web/sites': [
    ['httpsOnly', true, 'no plain HTTP'],
    ['siteConfig.minTlsVersion', '1.2', 'at least TLS 1.2'],
    ['siteConfig.ftpsState', 'Disabled', 'no FTP'],
  ],
  'Microsoft.Web/sites/basicPublishingCredentialsPolicies': [
    ['allow', false, 'no publishing password'],
  ],
};

/** Types that write logs, and must send them to the workspace. */
export const DIAGNOSED_TYPES: readonly string[] = [
  'Microsoft.Storage/storageAccounts/blobServices',
  'Microsoft.ServiceBus/namespaces',
  'Microsoft.DocumentDB/databaseAccounts',
  'Microsoft.KeyVault/vaults',
  'Microsoft.Web/sites',
];

/** Flex Consumption rejects or ignores these (learn.microsoft.com/azure/azure-functions/functions-app-settings). */
const REFUSED_SETTINGS =
  /^(FUNCTIONS_WORKER_RUNTIME|FUNCTIONS_EXTENSION_VERSION|WEBSITE_RUN_FROM_PACKAGE|WEBSITE_CONTENT\w*|WEBSITE_NODE_DEFAULT_VERSION|WEBSITE_TIME_ZONE|TZ|FUNCTIONS_WORKER_PROCESS_COUNT|SCM_DO_BUILD_DURING_DEPLOYMENT|ENABLE_ORYX_BUILD)$/;
const MIN_INSTANCE_LIMIT = 40;
const BODY_LIMIT = 'FUNCTIONS_REQUEST_BODY_SIZE_LIMIT';

/** Rejects at synthesis what a landing zone would reject at deployment, and names the path of the construct. */
export class LandingZone implements IAspect {
  visit(node: IConstruct): void {
    if (!(node instanceof ArmResource)) return;
    for (const problem of [
      ...findShapeProblems(node),
      ...findRequirementProblems(node),
      ...findSiteProblems(node),
      ...findRoleProblems(node),
      ...findDiagnosticProblems(node),
    ])
      Annotations.of(node).addError(problem);
  }
}

function propertiesOf({ body }: ArmResource): Properties {
  const { properties = {} } = body;
  return properties as Properties;
}

function findShapeProblems(resource: ArmResource): readonly string[] {
  const known = RESOURCE_TYPES[resource.type];
  if (known === undefined) return [`\`${resource.type}\` is not a known resource type`];
  const { properties = [], members = [], required = [] } = known;
  const given = propertiesOf(resource);
  const isChild = resource.type.split('/').length > 2;
  return [
    ...Object.keys(resource.body)
      .filter((name) => name !== 'properties' && !members.includes(name))
      .map((name) => `\`${name}\` is not a member of \`${resource.type}\``),
    ...Object.keys(given)
      .filter((name) => !properties.includes(name))
      .map((name) => `\`properties.${name}\` is not a property of \`${resource.type}\``),
    ...required
      .filter((name) => given[name] === undefined)
      .map((name) => `\`properties.${name}\` is missing`),
    ...(isChild && resource.parent === undefined
      ? [`\`${resource.type}\` needs a parent resource`]
      : []),
    ...(resource.parent !== undefined && !resource.type.startsWith(`${resource.parent.type}/`)
      ? [`\`${resource.type}\` is not a child type of \`${resource.parent.type}\``]
      : []),
  ];
}

function findRequirementProblems(resource: ArmResource): readonly string[] {
  const properties = propertiesOf(resource);
  return (REQUIREMENTS[resource.type] ?? [])
    .filter(([path, value]) => readPath(properties, path) !== value)
    .map(([path, value, why]) => `\`${path}\` must be ${JSON.stringify(value)}: ${why}`);
}

function readPath(properties: Properties, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, name) =>
        typeof value === 'object' && value !== null ? (value as Properties)[name] : undefined,
      properties,
    );
}

function findSiteProblems(resource: ArmResource): readonly string[] {
  if (resource.type !== 'Microsoft.Web/sites') return [];
  const properties = propertiesOf(resource);
  const settings = (readPath(properties, 'siteConfig.appSettings') ?? []) as readonly {
    readonly name: string;
    readonly value?: unknown;
  }[];
  const isBounded = settings.some(
    ({ name, value }) => name === BODY_LIMIT && value === REQUEST_BODY_SIZE_LIMIT,
  );
  const limit = readPath(properties, 'functionAppConfig.scaleAndConcurrency.maximumInstanceCount');
  return [
    ...settings
      .filter(({ name }) => REFUSED_SETTINGS.test(name))
      .map(({ name }) => `Flex Consumption rejects the app setting \`${name}\``),
    ...(isBounded
      ? []
      : [`the app setting \`${BODY_LIMIT}\` must be ${REQUEST_BODY_SIZE_LIMIT}: no larger bodies`]),
    ...(typeof limit === 'number' && limit >= MIN_INSTANCE_LIMIT
      ? []
      : [`\`maximumInstanceCount\` must be at least ${String(MIN_INSTANCE_LIMIT)}`]),
  ];
}

function findRoleProblems(resource: ArmResource): readonly string[] {
  if (resource.type !== 'Microsoft.Authorization/roleAssignments') return [];
  const { roleDefinitionId } = propertiesOf(resource);
  const written = String(resolveTemplate(resource, roleDefinitionId).value);
  const isKnown = Object.values(ROLES).some(({ definitionId }) => written.includes(definitionId));
  return isKnown ? [] : [`the role \`${written}\` is not one of \`ROLES\``];
}

function findDiagnosticProblems(resource: ArmResource): readonly string[] {
  if (!DIAGNOSED_TYPES.includes(resource.type)) return [];
  const isDiagnosed = resource.node.root.node
    .findAll()
    .some(
      (each) =>
        each instanceof ArmResource &&
        each.type === 'Microsoft.Insights/diagnosticSettings' &&
        each.extended === resource,
    );
  return isDiagnosed ? [] : ['has no diagnostic settings'];
}
