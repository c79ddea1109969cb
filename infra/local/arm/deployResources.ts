import { randomUUID } from 'node:crypto';
import { isAllowed } from './access.ts';
import { putApp } from './apps.ts';
import type { ArmState, Operation, Stack } from './armState.ts';
import { findRefusal } from './rules/resourceRules.ts';
import type { Refusal } from './rules/making.ts';
import type { Plan, PlannedResource } from './template.ts';

/** How many resources a deployment creates between two polls of its operation. */
const RESOURCES_PER_POLL = 20;

/** Starts an operation and returns its id. */
export function begin(state: ArmState, step: Operation['step'], result: () => object): string {
  const id = randomUUID();
  state.operations.set(id, { step, status: 'Running', result });
  return id;
}

/** Creates resources one by one until one fails, and keeps those created before it. Returns the operation's id. */
export function deployResources(
  state: ArmState,
  stack: Stack,
  { scope, plan }: { readonly scope: string; readonly plan: Plan },
): string {
  registerProviders(state, scope, plan);
  const { resources: all, outputs } = plan;
  const existing = new Set(state.resources.keys());
  const waiting = [...all];
  return begin(
    state,
    () => {
      for (const resource of waiting.splice(0, RESOURCES_PER_POLL)) {
        const refusal =
          findFault(state, resource) ?? findRefusal({ resource, all, existing, state });
        if (refusal !== undefined) {
          stack.provisioningState = 'failed';
          stack.error = failureOf(resource.id, refusal);
          return 'Failed';
        }
        make(state, resource);
        stack.managed.add(resource.id);
      }
      if (waiting.length > 0) return 'Running';
      stack.provisioningState = 'succeeded';
      stack.outputs = outputs;
      return 'Succeeded';
    },
    () => ({ error: stack.error }),
  );
}

/**
 * Azure registers the providers of a template's types, and no other, if the deployer may
 * (learn.microsoft.com/azure/azure-resource-manager/management/resource-providers-and-types).
 */
function registerProviders(state: ArmState, scope: string, { resources }: Plan): void {
  const subscription = scope.split('/').slice(0, 3).join('/');
  for (const { type } of resources) {
    const [namespace = ''] = type.split('/');
    if (
      namespace !== 'Microsoft.Authorization' &&
      isAllowed(state.assignments, `${namespace}/register/action`, subscription)
    )
      state.providers?.add(namespace.toLowerCase());
  }
}

function make(state: ArmState, { id, type, name, body }: PlannedResource): void {
  const isNew = !state.resources.has(id);
  state.resources.set(id, { id, type, name, body });
  if (type === 'Microsoft.Storage/storageAccounts' && isNew) state.region.storageAccounts += 1;
  if (type !== 'Microsoft.Web/sites') return;
  const vault = { secrets: state.secrets, isRefused: state.faults.vaultRefusesApp };
  state.apps.set(name, putApp(state.apps.get(name), body, vault));
}

function findFault({ faults }: ArmState, { symbol }: PlannedResource): Refusal | undefined {
  if (symbol !== faults.failingResource) return undefined;
  return { code: 'SkuNotAvailable', message: 'The SKU is not available here.' };
}

function failureOf(target: string, refusal: Refusal): object {
  return {
    code: 'DeploymentStackDeploymentFailed',
    message: 'One or more resources could not be deployed.',
    details: [
      {
        code: 'DeploymentFailed',
        message: 'At least one resource deployment operation failed.',
        details: [{ ...refusal, target }],
      },
    ],
  };
}
