import { asJsonObject } from '../../../../shared/base/jsonObject.ts';
import { isAllowed } from '../access.ts';
import { isRegistered } from '../armState.ts';
import { findCosmosRefusal } from './cosmosRules.ts';
import { findSiteRefusal } from './flexConsumptionRules.ts';
import { propertiesOf, type Making, type Refusal } from './making.ts';

type Rule = (making: Making) => Refusal | undefined;

/** What Azure refuses, in the order in which it would. Each rule names its source. */
const RULES: readonly Rule[] = [
  findMissingRole,
  findUnregistered,
  findSiteRefusal,
  findAlertRefusal,
  findCosmosRefusal,
  findRegionRefusal,
];

/** The first reason for which Azure would refuse the resource. */
export function findRefusal(making: Making): Refusal | undefined {
  for (const rule of RULES) {
    const refusal = rule(making);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/**
 * Locks need Owner, User Access Administrator or a role of one's own with `Microsoft.Authorization/locks/*`, and role
 * assignments are not in Contributor (learn.microsoft.com/azure/azure-resource-manager/management/lock-resources).
 */
export function findMissingRole({
  resource: { id, type },
  state,
}: Pick<Making, 'resource' | 'state'>): Refusal | undefined {
  const action = `${type}/write`;
  if (isAllowed(state.assignments, action, id)) return undefined;
  const message = `The client 'deployer' does not have permission to perform action '${action}' at scope '${id}'.`;
  return { code: 'AuthorizationFailed', message };
}

/** learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-register-resource-provider. */
function findUnregistered({ resource: { type }, state }: Making): Refusal | undefined {
  const [namespace = ''] = type.split('/');
  if (namespace === 'Microsoft.Authorization' || isRegistered(state, namespace)) return undefined;
  const message = `The subscription is not registered to use namespace '${namespace}'. See https://aka.ms/rps-not-found for how to register subscriptions.`;
  return { code: 'MissingSubscriptionRegistration', message };
}

/**
 * A rule is validated against a workspace that has no such table before the first record (Azure/bicep#11378;
 * mspnp/aks-baseline#422). `skipQueryValidation` is meant for that (Azure/azure-rest-api-specs#32650) but not always
 * enough (hashicorp/terraform-provider-azurerm#28293), so the query must bear it as well.
 */
function findAlertRefusal({ resource, state }: Making): Refusal | undefined {
  if (resource.type !== 'Microsoft.Insights/scheduledQueryRules') return undefined;
  const { criteria, skipQueryValidation } = propertiesOf(resource);
  const queries = (asJsonObject(criteria)?.['allOf'] ?? []) as readonly {
    readonly query: string;
  }[];
  for (const { query } of queries) {
    const tables = query.match(/\b(?:App[A-Z]\w+|StorageBlobLogs|AzureDiagnostics)\b/g) ?? [];
    const missing = tables.find((table) => !state.tables.has(table));
    const isSafe = skipQueryValidation === true && query.includes('isfuzzy=true');
    if (missing !== undefined && !isSafe) {
      const message = `The query has failed: SEM0100: 'where' operator: Failed to resolve table or column expression named '${missing}'`;
      return { code: 'BadRequest', message };
    }
  }
  return undefined;
}

/** learn.microsoft.com/azure/storage/common/scalability-targets-standard-account; the code is the storage provider's. */
function findRegionRefusal({ resource, existing, state: { region } }: Making): Refusal | undefined {
  const isNew = !existing.has(resource.id);
  if (resource.type !== 'Microsoft.Storage/storageAccounts' || !isNew) return undefined;
  if (region.storageAccounts < region.storageAccountLimit) return undefined;
  const message = `Subscription already contains ${String(region.storageAccounts)} storage accounts in the location, and the maximum allowed is ${String(region.storageAccountLimit)}.`;
  return { code: 'MaxStorageAccountsCountPerSubscriptionExceeded', message };
}
