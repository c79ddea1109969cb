import { asJsonObject, type JsonObject } from '../../../../shared/base/jsonObject.ts';
import { propertiesOf, type Making, type Refusal } from './making.ts';
import type { PlannedResource, StoredResource } from '../template.ts';

/** The type of an account. */
export const DATABASE_ACCOUNT = 'Microsoft.DocumentDB/databaseAccounts';

/** Why Azure refuses a resource of a Cosmos DB account. */
export function findCosmosRefusal(making: Making): Refusal | undefined {
  return findAccountRefusal(making) ?? findZoneChange(making) ?? findConcurrentChange(making);
}

/** The zones of a region are chosen when it is added to an account (learn.microsoft.com/azure/reliability/reliability-cosmos-db-nosql). */
function findZoneChange({ resource, state }: Making): Refusal | undefined {
  const known = state.resources.get(resource.id);
  if (resource.type !== DATABASE_ACCOUNT || known === undefined) return undefined;
  if (isZonal(known) === isZonal(resource)) return undefined;
  const message = `Updating the zone redundancy of an existing region of the account ${resource.name} is not supported.`;
  return { code: 'BadRequest', message };
}

function isZonal(account: StoredResource): boolean {
  const locations = (propertiesOf(account)['locations'] ?? []) as readonly JsonObject[];
  return locations.some((each) => each['isZoneRedundant'] === true);
}

/** Regions refuse accounts, above all with zones, where they are full (`ServiceUnavailable`, "high demand"). */
function findAccountRefusal({ resource, existing, state }: Making): Refusal | undefined {
  if (resource.type !== DATABASE_ACCOUNT || existing.has(resource.id)) return undefined;
  const hasZones = isZonal(resource);
  const { cosmosDb, cosmosDbZones } = state.region;
  if (hasZones ? cosmosDbZones : cosmosDb) return undefined;
  const message = `Database account creation failed. Sorry, we are currently experiencing high demand in this region${hasZones ? ' for the zonal redundant (Availability Zones) accounts' : ''}, and cannot fulfill your request at this time.`;
  return { code: 'ServiceUnavailable', message };
}

/**
 * An account makes one change at a time. Two new resources of it, of which neither waits for the other, are made at once,
 * and the second one gets 412 (hashicorp/terraform-provider-azurerm#15842, #17233 and #14364).
 */
function findConcurrentChange({ resource, all, existing }: Making): Refusal | undefined {
  const account = accountOf(resource);
  if (account === undefined || existing.has(resource.id)) return undefined;
  const bySymbol = new Map(all.map((each) => [each.symbol, each]));
  const before = all.slice(0, all.indexOf(resource));
  const concurrent = before.find(
    (each) =>
      accountOf(each) === account &&
      !existing.has(each.id) &&
      !waitsFor(resource, each.symbol, bySymbol),
  );
  if (concurrent === undefined) return undefined;
  const name = account.split('/').at(-1) ?? '';
  const message = `There is already an operation in progress which requires exclusive lock on this service ${name}. Please retry the operation after sometime.`;
  return { code: 'PreconditionFailed', message };
}

/** The id of the account that the resource changes. */
function accountOf({ type, id, body }: PlannedResource): string | undefined {
  if (type.startsWith(`${DATABASE_ACCOUNT}/`))
    return /^.*?\/Microsoft\.DocumentDB\/databaseAccounts\/[^/]+/.exec(id)?.[0];
  if (type !== 'Microsoft.Network/privateEndpoints') return undefined;
  const connections = (asJsonObject(body['properties'])?.['privateLinkServiceConnections'] ??
    []) as readonly { readonly properties: { readonly privateLinkServiceId: string } }[];
  return connections
    .map(({ properties }) => properties.privateLinkServiceId)
    .find((each) => each.includes(`/${DATABASE_ACCOUNT}/`));
}

function waitsFor(
  resource: PlannedResource,
  symbol: string,
  bySymbol: ReadonlyMap<string, PlannedResource>,
): boolean {
  return resource.dependsOn.some((each) => {
    const dependency = bySymbol.get(each);
    return each === symbol || (dependency !== undefined && waitsFor(dependency, symbol, bySymbol));
  });
}
