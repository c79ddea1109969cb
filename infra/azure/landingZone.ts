import { Annotations, type IAspect } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { REQUEST_BODY_SIZE_LIMIT } from './appSettings.ts';
import { ArmResource } from './engine/armResource.ts';
import { DEMANDS, PRIVATE_DEMANDS } from './landingZoneDemands.ts';
import { MergedSettings } from './mergedSettings.ts';
import { REFUSED_SETTINGS } from './refusedSettings.ts';
import { resolveTemplate } from './engine/resolveTemplate.ts';
import { RESOURCE_TYPES } from './resourceTypes.ts';
import { ROLES } from './roles.ts';
import type { StageConfiguration } from './stageConfiguration.ts';

type Properties = Readonly<Record<string, unknown>>;

/** Types that write logs, and must send them to the workspace. */
export const DIAGNOSED_TYPES: readonly string[] = [
  'Microsoft.Storage/storageAccounts/blobServices',
  'Microsoft.ServiceBus/namespaces',
  'Microsoft.DocumentDB/databaseAccounts',
  'Microsoft.KeyVault/vaults',
  'Microsoft.Web/sites',
];

/** Newer stamps reject a Flex Consumption app with these (error 51021; microsoft/azure-pipelines-tasks#21032 and #22254). */
const REFUSED_SITE_CONFIG: readonly string[] = [
  'alwaysOn',
  'ftpsState',
  'functionAppScaleLimit',
  'functionsRuntimeScaleMonitoringEnabled',
  'linuxFxVersion',
  'minimumElasticInstanceCount',
  'netFrameworkVersion',
  'preWarmedInstanceCount',
  'use32BitWorkerProcess',
];
/** App settings that the code relies on. */
const DEMANDED_SETTINGS: Readonly<Record<string, string>> = {
  // learn.microsoft.com/azure/azure-functions/functions-app-settings
  AzureWebJobsDisableHomepage: 'true',
  FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: REQUEST_BODY_SIZE_LIMIT,
};
const MIN_INSTANCE_LIMIT = 40;
const WIDE = 'assign the role on a container, a queue or the database, not on all of them';
/** A data role on one of these would reach everything in it. */
const TOO_WIDE_FOR_DATA: ReadonlySet<string> = new Set([
  'Microsoft.Storage/storageAccounts',
  'Microsoft.ServiceBus/namespaces',
]);

/** Rejects at synthesis what a landing zone would reject at deployment, and names the path of the construct. */
export class LandingZone implements IAspect {
  private readonly stage: Pick<StageConfiguration, 'isPrivate'>;

  constructor(stage: Pick<StageConfiguration, 'isPrivate'>) {
    this.stage = stage;
  }

  visit(node: IConstruct): void {
    if (!(node instanceof ArmResource)) return;
    for (const problem of [
      ...findShapeProblems(node),
      ...findDemandProblems(node, this.stage.isPrivate),
      ...findSubnetProblems(node),
      ...findSiteProblems(node),
      ...(this.stage.isPrivate ? findOpenApi(node) : []),
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

function findDemandProblems(resource: ArmResource, isPrivate: boolean): readonly string[] {
  const properties = propertiesOf(resource);
  const { type } = resource;
  return [...(DEMANDS[type] ?? []), ...((isPrivate && PRIVATE_DEMANDS[type]) || [])]
    .filter(([path, value]) => readPath(properties, path) !== value)
    .map(
      ([path, value, why, source]) =>
        `\`${path}\` must be ${JSON.stringify(value)}: ${why} (${source})`,
    );
}

/** Deny-Subnet-Without-Nsg. */
function findSubnetProblems(resource: ArmResource): readonly string[] {
  const { subnets = [] } = propertiesOf(resource) as {
    readonly subnets?: readonly { readonly name: string; readonly properties: Properties }[];
  };
  return subnets
    .filter(({ properties }) => readPath(properties, 'networkSecurityGroup.id') === undefined)
    .map(({ name }) => `the subnet \`${name}\` has no network security group`);
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
  const siteConfig = (properties['siteConfig'] ?? {}) as Properties;
  const { appSettings } = siteConfig;
  const settings = appSettings instanceof MergedSettings ? appSettings.own : {};
  const demanded = Object.entries(DEMANDED_SETTINGS);
  const limit = readPath(properties, 'functionAppConfig.scaleAndConcurrency.maximumInstanceCount');
  return [
    ...Object.keys(settings)
      .filter((name) => REFUSED_SETTINGS.test(name))
      .map((name) => `Flex Consumption rejects the app setting \`${name}\``),
    ...demanded
      .filter(([name, value]) => settings[name] !== value)
      .map(([name, value]) => `the app setting \`${name}\` must be \`${value}\``),
    ...REFUSED_SITE_CONFIG.filter((name) => name in siteConfig).map(
      (name) => `Flex Consumption rejects \`siteConfig.${name}\``,
    ),
    ...(typeof limit === 'number' && limit >= MIN_INSTANCE_LIMIT
      ? []
      : [`\`maximumInstanceCount\` must be at least ${String(MIN_INSTANCE_LIMIT)}`]),
  ];
}

/** Deny-PublicPaaSEndpoints holds for function apps, too. */
function findOpenApi(resource: ArmResource): readonly string[] {
  const { publicNetworkAccess } = propertiesOf(resource);
  return resource.type === 'Microsoft.Web/sites' && publicNetworkAccess === 'Enabled'
    ? ['a parameter must be able to close the API (Deny-PublicPaaSEndpoints)']
    : [];
}

function findRoleProblems(resource: ArmResource): readonly string[] {
  const { type, extended, parent } = resource;
  const { roleDefinitionId, scope } = propertiesOf(resource);
  if (type === 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments')
    return textOf(resource, scope) === textOf(resource, parent?.id) ? [WIDE] : [];
  if (type !== 'Microsoft.Authorization/roleAssignments') return [];
  const written = textOf(resource, roleDefinitionId);
  const isKnown = Object.values(ROLES).some(({ definitionId }) => written.includes(definitionId));
  return [
    ...(isKnown ? [] : [`the role \`${written}\` is not one of \`ROLES\``]),
    ...(TOO_WIDE_FOR_DATA.has(extended?.type ?? '') ? [WIDE] : []),
  ];
}

/** The value as the template will have it. Two tokens for one expression differ as text. */
function textOf(resource: ArmResource, value: unknown): string {
  return String(resolveTemplate(resource, value).value);
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
