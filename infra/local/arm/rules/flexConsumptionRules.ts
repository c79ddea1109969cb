import { asJsonObject } from '../../../../shared/base/jsonObject.ts';
import { isRegistered } from '../armState.ts';
import { propertiesOf, type Making, type Refusal } from './making.ts';
import type { PlannedResource } from '../template.ts';

/**
 * Properties that newer stamps of Flex Consumption reject: microsoft/azure-pipelines-tasks#21032 (the first four,
 * verbatim, in West Europe), Azure/terraform-azurerm-avm-res-web-site#283 and #345, and the deprecated properties in the
 * README of Azure-Samples/azure-functions-flex-consumption-samples.
 */
const REJECTED_PROPERTIES = [
  'FtpsState',
  'Use32BitWorkerProcess',
  'NetFrameworkVersion',
  'FunctionsRuntimeScaleMonitoringEnabled',
  'LinuxFxVersion',
  'WindowsFxVersion',
  'AlwaysOn',
  'PreWarmedInstanceCount',
  'FunctionAppScaleLimit',
  'MinimumElasticInstanceCount',
];

/** App settings that it rejects (learn.microsoft.com/azure/azure-functions/functions-app-settings). */
const REJECTED_SETTINGS =
  /^(?:FUNCTIONS_WORKER_RUNTIME|FUNCTIONS_EXTENSION_VERSION|WEBSITE_RUN_FROM_PACKAGE|WEBSITE_CONTENT\w*|WEBSITE_TIME_ZONE|TZ|SCM_DO_BUILD_DURING_DEPLOYMENT|ENABLE_ORYX_BUILD)$/;

/** Why Azure refuses a plan or an app of Flex Consumption. */
export function findSiteRefusal(making: Making): Refusal | undefined {
  const { type } = making.resource;
  if (type === 'Microsoft.Web/serverfarms') return findPlanRefusal(making);
  if (type !== 'Microsoft.Web/sites' || !isOnFlexConsumption(making)) return undefined;
  return findRejected(making.resource) ?? findUndelegated(making);
}

/** Zones exist where `az functionapp list-flexconsumption-locations --zone-redundant=true` names the region. */
function findPlanRefusal({ resource, state: { region } }: Making): Refusal | undefined {
  if (!isFlexConsumption(resource)) return undefined;
  const { zoneRedundant } = propertiesOf(resource);
  if (region.flexConsumption && (zoneRedundant !== true || region.flexConsumptionZones))
    return undefined;
  const what = region.flexConsumption ? 'Zone redundancy of Flex Consumption' : 'Flex Consumption';
  return { code: 'BadRequest', message: `${what} is not available in this region.` };
}

function findRejected(site: PlannedResource): Refusal | undefined {
  const siteConfig = asJsonObject(propertiesOf(site)['siteConfig']) ?? {};
  const given = new Set(Object.keys(siteConfig).map((name) => name.toLowerCase()));
  const properties = REJECTED_PROPERTIES.filter((name) => given.has(name.toLowerCase()));
  if (properties.length > 0) return toRefusal('site configuration', properties, '');
  const settings = ((siteConfig['appSettings'] ?? []) as readonly { readonly name: string }[])
    .map(({ name }) => name)
    .filter((name) => REJECTED_SETTINGS.test(name));
  return settings.length > 0 ? toRefusal('app setting', settings, 'AppSettings.') : undefined;
}

function toRefusal(kind: string, names: readonly string[], prefix: string): Refusal {
  const listed = names.map((name) => `Site.SiteConfig.${prefix}${name}`).join(', ');
  const count = String(names.length);
  const message = `The following list of ${count} ${kind} properties (${listed}) for Flex Consumption sites is invalid. Please remove or rename them before retrying.`;
  return { code: '51021', message };
}

/** Without `Microsoft.App` the app's subnet cannot be delegated: the request ends in HTTP 500 (Azure/terraform-provider-azapi#625). */
function findUndelegated({ resource, state }: Making): Refusal | undefined {
  const { virtualNetworkSubnetId } = propertiesOf(resource);
  if (virtualNetworkSubnetId === undefined || isRegistered(state, 'Microsoft.App'))
    return undefined;
  return { code: 'InternalServerError', message: 'There was an error processing your request.' };
}

function isOnFlexConsumption({ resource, all, state }: Making): boolean {
  const planId = propertiesOf(resource)['serverFarmId'];
  const plan = all.find(({ id }) => id === planId) ?? state.resources.get(String(planId));
  return plan !== undefined && isFlexConsumption(plan);
}

function isFlexConsumption({ body }: Pick<PlannedResource, 'body'>): boolean {
  return asJsonObject(body['sku'])?.['name'] === 'FC1';
}
