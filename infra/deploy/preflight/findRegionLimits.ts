import type { Json } from '../armClient.ts';
import type { TemplateResource } from '../template.ts';
import { ask, readValue, toRegion, type Missing, type Survey } from './survey.ts';

/** One core an instance of this size (learn.microsoft.com/azure/azure-functions/flex-consumption-plan). */
const MEMORY_OF_A_CORE_IN_MB = 2048;
const QUOTA_REQUEST =
  'ask for more at https://portal.azure.com/#blade/Microsoft_Azure_Support/HelpAndSupportBlade, or choose another region';

type Located = Survey & { readonly location: string };

/** What the region does not offer this subscription: services, zones and quotas. */
export async function findRegionLimits(survey: Survey): Promise<readonly Missing[]> {
  const { location } = survey;
  if (location === undefined) return [];
  const located = { ...survey, location };
  const limits = [
    findFlexConsumption(located),
    findCosmosDb(located),
    findCores(located),
    findStorageAccounts(located),
  ];
  return (await Promise.all(limits)).flat();
}

/** The question of `az functionapp list-flexconsumption-locations --zone-redundant=true`. */
async function findFlexConsumption(survey: Located): Promise<readonly Missing[]> {
  const { subscription, location, resources } = survey;
  const plan = resources.find(({ sku }) => sku?.name === 'FC1');
  const path = `${subscription}/providers/Microsoft.Web/geoRegions?sku=FlexConsumption&api-version=2023-12-01`;
  const answer = plan && (await ask(survey, path));
  if (answer === undefined) return [];
  const here = regionsOf(answer).find(({ name = '' }) => toRegion(name) === location);
  const mend = 'az functionapp list-flexconsumption-locations --zone-redundant=true';
  if (here === undefined) return [{ what: `Flex Consumption in ${location}`, mend }];
  const isZonal = readValue(survey, plan?.properties?.['zoneRedundant']) !== false;
  const hasZones = here.orgDomain?.includes('FCZONEREDUNDANCY') === true;
  if (!isZonal || hasZones) return [];
  const what = `zones of Flex Consumption in ${location}`;
  return [{ what, mend: `${mend} lists regions; or add --parameters planZoneRedundant=false` }];
}

/** Regions that are full refuse new accounts, above all with zones; they are opened by a support request. */
async function findCosmosDb(survey: Located): Promise<readonly Missing[]> {
  const { subscription, location, resources, stack } = survey;
  const type = 'Microsoft.DocumentDB/databaseAccounts';
  const account = resources.find((each) => each.type === type);
  const isThere = stack?.managed.some((id) => id.includes(`/${type}/`)) === true;
  if (account === undefined || isThere) return [];
  const path = `${subscription}/providers/Microsoft.DocumentDB/locations/${location}?api-version=2024-11-15`;
  const answer = await ask(survey, path);
  if (answer === undefined) return [];
  const properties = (answer['properties'] ?? {}) as Json;
  const [first] = (account.properties?.['locations'] ?? []) as readonly Json[];
  const isZonal = readValue(survey, first?.['isZoneRedundant']) !== false;
  const access = `isSubscriptionRegionAccessAllowedFor${isZonal ? 'Az' : 'Regular'}`;
  if (properties[access] !== false) return [];
  const what = `${isZonal ? 'zones of ' : ''}Cosmos DB in ${location}, which is full for this subscription`;
  const without = isZonal ? '; or add --parameters databaseZoneRedundant=false' : '';
  const mend = `az cosmosdb locations list shows others; ${QUOTA_REQUEST}${without}`;
  return [{ what, mend }];
}

/** Flex Consumption would be deployed, but not reach its number of instances. */
async function findCores(survey: Located): Promise<readonly Missing[]> {
  const { subscription, location, resources } = survey;
  const needed = resources.map(toCores).find((cores) => cores > 0);
  const path = `${subscription}/providers/Microsoft.Web/locations/${location}/usages?api-version=2024-11-01`;
  const answer = needed === undefined ? undefined : await ask(survey, path);
  const limits = usagesOf(answer).flatMap(({ unit, limit }) =>
    unit === 'Core Count' ? limit : [],
  );
  // There may be an entry for each kind of plan, and none before the first app.
  const limit = Math.max(...limits);
  if (limits.length === 0 || needed === undefined || limit >= needed) return [];
  const what = `a quota of ${String(needed)} cores of Flex Consumption in ${location}: it is ${String(limit)}`;
  return [{ what, mend: QUOTA_REQUEST }];
}

function toCores({ properties }: TemplateResource): number {
  const { scaleAndConcurrency } = (properties?.['functionAppConfig'] ?? {}) as {
    readonly scaleAndConcurrency?: {
      readonly maximumInstanceCount?: number;
      readonly instanceMemoryMB?: number;
    };
  };
  const { maximumInstanceCount = 0, instanceMemoryMB = 0 } = scaleAndConcurrency ?? {};
  return Math.ceil((maximumInstanceCount * instanceMemoryMB) / MEMORY_OF_A_CORE_IN_MB);
}

/** A subscription has at most 250 storage accounts a region, unless more were asked for. */
async function findStorageAccounts(survey: Located): Promise<readonly Missing[]> {
  const { subscription, location, resources, stack } = survey;
  const type = 'Microsoft.Storage/storageAccounts';
  const isThere = stack?.managed.some((id) => id.includes(`/${type}/`)) === true;
  const needed = isThere ? 0 : resources.filter((each) => each.type === type).length;
  if (needed === 0) return [];
  const path = `${subscription}/providers/Microsoft.Storage/locations/${location}/usages?api-version=2023-05-01`;
  const [usage] = usagesOf(await ask(survey, path));
  if (usage === undefined || usage.limit - usage.currentValue >= needed) return [];
  const what = `a quota of ${String(usage.currentValue + needed)} storage accounts in ${location}: it is ${String(usage.limit)}`;
  return [{ what, mend: QUOTA_REQUEST }];
}

interface Usage {
  readonly unit: string;
  readonly currentValue: number;
  readonly limit: number;
}

function usagesOf(answer: Json | undefined): readonly Usage[] {
  return (answer?.['value'] ?? []) as readonly Usage[];
}

interface GeoRegion {
  readonly name?: string;
  /** Words separated by semicolons. */
  readonly orgDomain?: string;
}

function regionsOf(answer: Json): readonly GeoRegion[] {
  const value = (answer['value'] ?? []) as readonly { readonly properties?: GeoRegion }[];
  return value.flatMap(({ properties }) => properties ?? []);
}
