import { randomUUID } from 'node:crypto';
import {
  findTemplateError,
  toResources,
  type KeptResource,
  type SentParameters,
  type SentTemplate,
} from './template.ts';

/** So many resources are made between two looks at an operation. */
const RESOURCES_A_LOOK = 20;

export interface SentDeployment {
  readonly template: SentTemplate;
  readonly parameters: SentParameters;
}

interface Stack extends SentDeployment {
  readonly body: Readonly<Record<string, unknown>>;
  provisioningState: 'deploying' | 'succeeded' | 'failed' | 'deleting';
  error?: object;
}

/** What goes on after its answer was given; `step` is done at each look at it, until it says how it ended. */
interface Operation {
  readonly step: () => 'Running' | 'Succeeded' | 'Failed';
  status: 'Running' | 'Succeeded' | 'Failed';
  readonly result: () => object;
}

/** What can be made to go wrong. */
export interface ArmFaults {
  /** So many requests are answered with this before one is worked. */
  throttled: number;
  unavailable: number;
  /** So many connections end without an answer. */
  reset: number;
  /** This resource of a template fails, until it is taken back. */
  failingResource: string | undefined;
  /** What Kudu says of the next packages: 4 is success. */
  packageStatus: number;
}

/** Everything that is there. */
export interface ArmState {
  readonly groups: Map<string, object>;
  readonly resources: Map<string, KeptResource>;
  readonly stacks: Map<string, Stack>;
  readonly operations: Map<string, Operation>;
  readonly faults: ArmFaults;
  /** How often a stack was looked at. */
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

/** The id under which the operation is looked at. */
export function begin(state: ArmState, step: Operation['step'], result: () => object): string {
  const id = randomUUID();
  state.operations.set(id, { step, status: 'Running', result });
  return id;
}

/** The error of Azure, or the resources that the deployment asks for. */
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

/** Makes the resources of a stack one after the other, until all are there or one fails; what was made stays. */
export function deploy(
  state: ArmState,
  stack: Stack,
  resources: ReturnType<typeof toResources>,
): string {
  const waiting = [...resources];
  return begin(
    state,
    () => {
      for (const resource of waiting.splice(0, RESOURCES_A_LOOK)) {
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
