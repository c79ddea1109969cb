import { assignmentsAt, isAllowed } from './access.ts';
import { toErrorReply, toForbiddenReply, type ArmReply } from './armReply.ts';
import { GROUP, SUBSCRIPTION, type RoutedRequest, type Route } from './armRequest.ts';
import { isRegistered } from './armState.ts';

const GROUP_TYPE = 'Microsoft.Resources/subscriptions/resourceGroups';
const PERMISSIONS = '/providers/Microsoft\\.Authorization/permissions';

/** Resource groups, permissions, providers, and what a region offers. */
export const SUBSCRIPTION_ROUTES: readonly Route[] = [
  {
    path: GROUP,
    action: { GET: `${GROUP_TYPE}/read`, PUT: `${GROUP_TYPE}/write` },
    answer: answerGroup,
  },
  { path: `${GROUP}${PERMISSIONS}`, answer: answerPermissions },
  { path: `${SUBSCRIPTION}${PERMISSIONS}`, answer: answerPermissions },
  {
    path: `${SUBSCRIPTION}/providers/Microsoft\\.Web/geoRegions`,
    action: 'Microsoft.Web/geoRegions/read',
    answer: ofProvider('Microsoft.Web', answerGeoRegions),
  },
  {
    path: `${SUBSCRIPTION}/providers/Microsoft\\.Web/locations/(?<name>[^/]+)/usages`,
    action: 'Microsoft.Web/locations/usages/read',
    answer: ofProvider('Microsoft.Web', answerCores),
  },
  {
    path: `${SUBSCRIPTION}/providers/Microsoft\\.Storage/locations/(?<name>[^/]+)/usages`,
    action: 'Microsoft.Storage/locations/usages/read',
    answer: ofProvider('Microsoft.Storage', answerStorageAccounts),
  },
  {
    path: `${SUBSCRIPTION}/providers/Microsoft\\.DocumentDB/locations/(?<name>[^/]+)`,
    action: 'Microsoft.DocumentDB/locations/read',
    answer: ofProvider('Microsoft.DocumentDB', answerCosmosDb),
  },
  {
    path: `${SUBSCRIPTION}/providers/(?<name>[^/]+)`,
    action: 'Microsoft.Resources/subscriptions/providers/read',
    answer: answerProvider,
  },
  { path: `${SUBSCRIPTION}/providers/(?<name>[^/]+)/register`, answer: answerRegister },
];

function answerGroup({ method, scope, body, state }: RoutedRequest): ArmReply {
  const key = scope.toLowerCase();
  if (method === 'PUT') state.groups.set(key, body);
  const found = state.groups.get(key);
  return found === undefined
    ? toErrorReply(404, 'ResourceGroupNotFound', 'Resource group could not be found.')
    : { status: method === 'PUT' ? 201 : 200, body: { id: scope, ...found } };
}

/** One entry a role (learn.microsoft.com/rest/api/authorization/permissions/list-for-resource-group). */
function answerPermissions({ scope, state }: RoutedRequest): ArmReply {
  const value = assignmentsAt(state.assignments, scope).map(({ role }) => ({
    actions: role.actions,
    notActions: role.notActions ?? [],
    dataActions: role.dataActions ?? [],
    notDataActions: [],
  }));
  return { status: 200, body: { value } };
}

/** learn.microsoft.com/rest/api/resources/providers/get. */
function answerProvider({ state, name }: RoutedRequest): ArmReply {
  const registrationState = isRegistered(state, name) ? 'Registered' : 'NotRegistered';
  return { status: 200, body: { namespace: name, registrationState } };
}

/** Registers at once; Azure takes minutes. */
function answerRegister({ state, scope, name }: RoutedRequest): ArmReply {
  const action = `${name}/register/action`;
  if (!isAllowed(state.assignments, action, scope)) return toForbiddenReply(action, scope);
  state.providers?.add(name.toLowerCase());
  return { status: 200, body: { namespace: name, registrationState: 'Registering' } };
}

/** The answer of a provider's own route: none without its registration. */
function ofProvider(
  namespace: string,
  answer: (request: RoutedRequest) => unknown,
): (request: RoutedRequest) => ArmReply {
  return (request) => {
    if (isRegistered(request.state, namespace)) return { status: 200, body: answer(request) };
    const message = `The subscription is not registered to use namespace '${namespace}'.`;
    return toErrorReply(409, 'MissingSubscriptionRegistration', message);
  };
}

/** As `az functionapp list-flexconsumption-locations` asks; Azure/terraform-azurerm-avm-res-web-serverfarm#133. */
function answerGeoRegions({ state: { region, groups } }: RoutedRequest): object {
  const locations = new Set([
    'westeurope',
    ...[...groups.values()].map(({ location = '' }) => location),
  ]);
  const domains = [
    'PUBLIC',
    'FLEXCONSUMPTION',
    ...(region.flexConsumptionZones ? ['FCZONEREDUNDANCY'] : []),
  ];
  const value = [...locations].map((name) => ({
    // Azure writes names for people here.
    properties: { name: name.replace('westeurope', 'West Europe'), orgDomain: domains.join(';') },
  }));
  return { value: region.flexConsumption ? value : [] };
}

/** learn.microsoft.com/rest/api/appservice/get-usages-in-location/list. */
function answerCores({ name, state: { region } }: RoutedRequest): object {
  const value = `Cores usage in ${name}`;
  const cores = { unit: 'Core Count', currentValue: 0, limit: region.coreLimit };
  return { value: [{ ...cores, name: { value, localizedValue: value } }], nextLink: null };
}

/** learn.microsoft.com/rest/api/storagerp/usages/list-by-location. */
function answerStorageAccounts({ state: { region } }: RoutedRequest): object {
  const name = { value: 'StorageAccounts', localizedValue: 'Storage Accounts' };
  const { storageAccounts: currentValue, storageAccountLimit: limit } = region;
  return { value: [{ unit: 'Count', currentValue, limit, name }] };
}

/** learn.microsoft.com/rest/api/cosmos-db-resource-provider/locations/get. */
function answerCosmosDb({ name, state: { region } }: RoutedRequest): object {
  return {
    name,
    properties: {
      status: 'Online',
      supportsAvailabilityZone: true,
      isSubscriptionRegionAccessAllowedForRegular: region.cosmosDb,
      isSubscriptionRegionAccessAllowedForAz: region.cosmosDbZones,
    },
  };
}
