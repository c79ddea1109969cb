import { randomUUID } from 'node:crypto';
import {
  findTemplateError,
  toResources,
  type StoredResource,
  type SentParameters,
  type SentTemplate,
} from './template.ts';

/** How many resources a deployment creates between two polls of its operation. */
const RESOURCES_PER_POLL = 20;

export interface SentDeployment {
  readonly template: SentTemplate;
  readonly parameters: SentParameters;
}

interface Stack extends SentDeployment {
  readonly body: Readonly<Record<string, unknown>>;
  provisioningState: 'deploying' | 'succeeded' | 'failed' | 'deleting';
  error?: object;
}

/** An operation that continues after its request. Each poll runs `step`, until that returns the final status. */
interface Operation {
  readonly step: () => 'Running' | 'Succeeded' | 'Failed';
  status: 'Running' | 'Succeeded' | 'Failed';
  readonly result: () => object;
}

/** Faults that a test injects. */
export interface ArmFaults {
  /** How many of the next requests get status 429. */
  throttled: number;
  /** How many of the next requests get status 503. */
  unavailable: number;
  /** How many of the next connections close without an answer. */
  reset: number;
  /** The symbol of a template's resource that fails to deploy, for as long as it is set. */
  failingResource: string | undefined;
  /** Kudu's final status of the next packages; 4 is success. */
  packageStatus: number;
}

/** Everything that the server stores. */
export interface ArmState {
  readonly groups: Map<string, object>;
  readonly resources: Map<string, StoredResource>;
  readonly stacks: Map<string, Stack>;
  readonly operations: Map<string, Operation>;
  readonly faults: ArmFaults;
  /** How often a client has read a stack. */
  stackReads: number;
}

export function createArmState(): ArmState {
  return {
    groups: new Map(),
    resources: new Map(),
    stacks: new Map(),
    operations: new Map(),
    stackReads: 0,
    faults: {
      throttled: 0,
      unavailable: 0,
      reset: 0,
      failingResource: undefined,
      packageStatus: 4,
    },
  };
}

/** Starts an operation and returns its id. */
export function begin(state: ArmState, step: Operation['step'], result: () => object): string {
  const id = randomUUID();
  state.operations.set(id, { step, status: 'Running', result });
  return id;
}

/** The resources that the deployment asks for, or Azure's error. */
export function readDeployment(
  scope: string,
  { template, parameters }: SentDeployment,
): { readonly error: object } | { readonly resources: ReturnType<typeof toResources> } {
  const message = findTemplateError(template, parameters);
  if (message === undefined) return { resources: toResources(scope, template, parameters) };
  return {
    error: {
      code: 'InvalidTemplate',
      message: `Deployment template validation failed: '${message}'`,
    },
  };
}

/** Creates resources one by one until one fails, and keeps those created before it. Returns the operation's id. */
export function deploy(
  state: ArmState,
  stack: Stack,
  resources: ReturnType<typeof toResources>,
): string {
  const waiting = [...resources];
  return begin(
    state,
    () => {
      for (const resource of waiting.splice(0, RESOURCES_PER_POLL)) {
        if (resource.symbol === state.faults.failingResource) {
          stack.provisioningState = 'failed';
          stack.error = failureOf(resource.id);
          return 'Failed';
        }
        state.resources.set(resource.id, { id: resource.id, body: resource.body });
      }
      if (waiting.length > 0) return 'Running';
      stack.provisioningState = 'succeeded';
      return 'Succeeded';
    },
    () => ({ error: stack.error }),
  );
}

function failureOf(target: string): object {
  return {
    code: 'DeploymentStackDeploymentFailed',
    message: 'One or more resources could not be deployed.',
    details: [
      {
        code: 'DeploymentFailed',
        message: 'At least one resource deployment operation failed.',
        details: [{ code: 'SkuNotAvailable', target, message: 'The SKU is not available here.' }],
      },
    ],
  };
}
