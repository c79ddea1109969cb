import type { ServiceOptions } from '../../cli/sendUntilAnswered.ts';
import { ArmError, toLines, type ArmClient, type Json } from '../armClient.ts';
import { hashDeployment } from './hashDeployment.ts';
import type { ParameterValues } from '../template.ts';
import type { Deployment } from '../resourceChanges.ts';

const API_VERSION = '2024-03-01';
const FIRST_POLL_IN_MILLISECONDS = 500;
const LAST_POLL_IN_MILLISECONDS = 10_000;
/** An hour. */
const MAX_POLLS = 360;
/** https://learn.microsoft.com/azure/azure-resource-manager/bicep/deployment-stacks */
const FINAL = new Set(['succeeded', 'failed', 'canceled']);
/** The tag of the stack with the hash of what it was made from. */
const HASH_TAG = 'mtd-deployment';

/** A deployment stack. Azure records which resources belong to it. */
export interface DeployedStack {
  readonly provisioningState: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly parameters: ParameterValues;
  /** The ids of its resources. */
  readonly managed: readonly string[];
  /** The hash of the deployment that made it. */
  readonly hash: string | undefined;
}

function pathOf({ scope, name }: Pick<Deployment, 'scope' | 'name'>, query = ''): string {
  return `${scope}/providers/Microsoft.Resources/deploymentStacks/${name}?api-version=${API_VERSION}${query}`;
}

/** Reads the stack; `undefined` if there is none. @throws ArmError. */
export async function readStack(
  arm: ArmClient,
  deployment: Pick<Deployment, 'scope' | 'name'>,
): Promise<DeployedStack | undefined> {
  const answer = await arm.run('GET', pathOf(deployment));
  return answer && toStack(answer);
}

/**
 * Waits for a run that is still in progress, since Azure rejects a second one.
 * @returns `undefined` if there is no stack.
 * @throws ArmError if it still runs after an hour.
 */
export async function waitUntilFinal(
  arm: ArmClient,
  deployment: Pick<Deployment, 'scope' | 'name'>,
  { pause, onWait }: Pick<ServiceOptions, 'pause' | 'onWait'>,
): Promise<DeployedStack | undefined> {
  for (let polls = 0; ; polls += 1) {
    const stack = await readStack(arm, deployment);
    if (stack === undefined || FINAL.has(stack.provisioningState)) return stack;
    const { provisioningState } = stack;
    if (polls === MAX_POLLS) throw toTimeout(deployment, provisioningState);
    onWait(`another run is ${provisioningState} the stack, waiting for it`);
    await pause(Math.min(LAST_POLL_IN_MILLISECONDS, FIRST_POLL_IN_MILLISECONDS * 2 ** polls));
  }
}

function toTimeout({ scope, name }: Pick<Deployment, 'scope' | 'name'>, state: string): ArmError {
  const group = scope.split('/').at(-1) ?? '';
  const show = `az stack group show --name ${name} --resource-group ${group}`;
  return new ArmError(
    0,
    'timedOut',
    `the stack is still ${state} after an hour; \`${show}\` shows what it does, then run the same command again`,
  );
}

/** Whether the stack was made, to its end, from this template with these parameters. */
export function isUpToDate(stack: DeployedStack | undefined, deployment: Deployment): boolean {
  return stack?.provisioningState === 'succeeded' && stack.hash === hashDeployment(deployment);
}

/**
 * Brings the resource group to the state of the template. Resources that are no longer in it are detached, not deleted.
 * @throws ArmError with each failed resource. Finished resources stay, and the next run continues.
 */
export async function writeStack(
  arm: ArmClient,
  deployment: Deployment,
  isLocked: boolean,
): Promise<DeployedStack> {
  const { template, parameters } = deployment;
  const answer = await arm.run('PUT', pathOf(deployment), {
    tags: { [HASH_TAG]: hashDeployment(deployment) },
    properties: {
      template,
      parameters,
      actionOnUnmanage: {
        resources: 'detach',
        resourceGroups: 'detach',
        managementGroups: 'detach',
      },
      // `denyWriteAndDelete` would also block configuring the app.
      denySettings: { mode: isLocked ? 'denyDelete' : 'none', applyToChildScopes: false },
    },
  });
  const stack = toStack(answer ?? {});
  if (stack.provisioningState === 'succeeded') return stack;
  const { error } = (answer?.['properties'] ?? {}) as { readonly error?: object };
  throw new ArmError(
    0,
    'stackFailed',
    toLines(error ?? { message: stack.provisioningState }).join('\n'),
  );
}

/** Deletes the stack with all its resources. */
export async function deleteStack(
  arm: ArmClient,
  deployment: Pick<Deployment, 'scope' | 'name'>,
): Promise<void> {
  const query = '&unmanageAction.Resources=delete&unmanageAction.ResourceGroups=detach';
  await arm.run('DELETE', pathOf(deployment, query));
}

/** The name of the stack's resource of this type; `undefined` if it has none. */
export function findManaged(stack: DeployedStack | undefined, type: string): string | undefined {
  const part = `/providers/${type}/`.toLowerCase();
  const ids = stack?.managed.filter((id) => id.toLowerCase().includes(part)) ?? [];
  return ids.map((id) => id.slice(id.toLowerCase().indexOf(part) + part.length)).find(isWhole);
}

/** Whether the rest of an id is one name, and not that of a child or an extension. */
function isWhole(rest: string): boolean {
  return !rest.includes('/');
}

function toStack(answer: Json): DeployedStack {
  const { provisioningState = 'unknown', ...properties } = (answer['properties'] ?? {}) as {
    readonly provisioningState?: string;
    readonly outputs?: Readonly<Record<string, { readonly value: unknown }>>;
    readonly parameters?: ParameterValues;
    readonly resources?: readonly { readonly id: string }[];
  };
  const { outputs = {}, parameters = {}, resources = [] } = properties;
  const tags = (answer['tags'] ?? {}) as Readonly<Record<string, string>>;
  const values = Object.entries(outputs).map(([name, { value }]) => [name, String(value)]);
  return {
    provisioningState: provisioningState.toLowerCase(),
    outputs: Object.fromEntries(values) as Readonly<Record<string, string>>,
    parameters,
    managed: resources.map(({ id }) => id),
    hash: tags[HASH_TAG],
  };
}
