import { setTimeout as pause } from 'node:timers/promises';
import { ArmError, toLines, type ArmClient, type Json } from './armClient.ts';
import type { Deployment } from './whatIf.ts';

const API_VERSION = '2024-03-01';
const FIRST_LOOK_IN_MILLISECONDS = 500;
const LAST_LOOK_IN_MILLISECONDS = 10_000;
/** https://learn.microsoft.com/azure/azure-resource-manager/bicep/deployment-stacks */
const FINAL = new Set(['succeeded', 'failed', 'canceled']);

/** What a deployment has become: it knows which resources are its own. */
export interface DeployedStack {
  readonly provisioningState: string;
  readonly outputs: Readonly<Record<string, string>>;
}

function pathOf({ scope, name }: Pick<Deployment, 'scope' | 'name'>, query = ''): string {
  return `${scope}/providers/Microsoft.Resources/deploymentStacks/${name}?api-version=${API_VERSION}${query}`;
}

/** The stack as it is; `undefined` where there is none. @throws ArmError. */
export async function readStack(
  arm: ArmClient,
  deployment: Pick<Deployment, 'scope' | 'name'>,
): Promise<DeployedStack | undefined> {
  const answer = await arm.run('GET', pathOf(deployment));
  return answer && toStack(answer);
}

/** One that another run has begun is waited for: two at once are refused. */
export async function waitUntilFinal(
  arm: ArmClient,
  deployment: Pick<Deployment, 'scope' | 'name'>,
  onWait: (reason: string) => void,
): Promise<DeployedStack | undefined> {
  for (let looks = 0; ; looks += 1) {
    const stack = await readStack(arm, deployment);
    if (stack === undefined || FINAL.has(stack.provisioningState)) return stack;
    onWait(`the stack is ${stack.provisioningState} by another run, which is waited for`);
    await pause(Math.min(LAST_LOOK_IN_MILLISECONDS, FIRST_LOOK_IN_MILLISECONDS * 2 ** looks));
  }
}

/**
 * Brings the resource group to what the template says. What is no longer in it is let go, and not deleted.
 * @throws ArmError with each resource that failed; what was made by then stays, and the next run goes on from there.
 */
export async function writeStack(
  arm: ArmClient,
  deployment: Deployment,
  isLocked: boolean,
): Promise<DeployedStack> {
  const { template, parameters } = deployment;
  const answer = await arm.run('PUT', pathOf(deployment), {
    properties: {
      template,
      parameters,
      actionOnUnmanage: {
        resources: 'detach',
        resourceGroups: 'detach',
        managementGroups: 'detach',
      },
      // `denyWriteAndDelete` would keep the app from being configured.
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

/** Deletes the stack with everything that it made. */
export async function deleteStack(
  arm: ArmClient,
  deployment: Pick<Deployment, 'scope' | 'name'>,
): Promise<void> {
  const query = '&unmanageAction.Resources=delete&unmanageAction.ResourceGroups=detach';
  await arm.run('DELETE', pathOf(deployment, query));
}

function toStack(answer: Json): DeployedStack {
  const { provisioningState = 'unknown', outputs = {} } = (answer['properties'] ?? {}) as {
    readonly provisioningState?: string;
    readonly outputs?: Readonly<Record<string, { readonly value: unknown }>>;
  };
  const values = Object.entries(outputs).map(([name, { value }]) => [name, String(value)]);
  return {
    provisioningState: provisioningState.toLowerCase(),
    outputs: Object.fromEntries(values) as Readonly<Record<string, string>>,
  };
}
