import { ArmError, type Json } from '../armClient.ts';
import { readResourceGroup, type DeployRun } from '../deployRun.ts';
import type { DeployedStack } from '../stack/deploymentStack.ts';
import type { Deployment } from '../resourceChanges.ts';
import type { TemplateResource } from '../template.ts';

/** Something that a deployment lacks, and the command that mends it. */
export interface Missing {
  readonly what: string;
  readonly mend: string;
}

/** What a deployment finds before it makes anything. */
export interface Survey {
  readonly run: DeployRun;
  readonly deployment: Deployment;
  readonly stack: DeployedStack | undefined;
  /** The values of `--secret`, by name. */
  readonly secrets: ReadonlyMap<string, string>;
  /** `/subscriptions/…` */
  readonly subscription: string;
  readonly hasGroup: boolean;
  /** Such as `westeurope`; `undefined` if there is no group yet, nor `--location` to make it. */
  readonly location: string | undefined;
  /** The resources of the template. */
  readonly resources: readonly TemplateResource[];
}

/** Looks at the resource group. */
export async function survey(
  run: DeployRun,
  rest: Pick<Survey, 'deployment' | 'stack' | 'secrets'>,
): Promise<Survey> {
  const group = await readResourceGroup(run);
  const location = group?.location ?? run.options.location;
  return {
    run,
    ...rest,
    subscription: run.scope.split('/').slice(0, 3).join('/'),
    hasGroup: group !== undefined,
    location: location === undefined ? undefined : toRegion(location),
    resources: Object.values(rest.deployment.template.resources),
  };
}

/** The name of a region as Azure compares it: `West Europe` is `westeurope`. */
export function toRegion(location: string): string {
  return location.replaceAll(' ', '').toLowerCase();
}

/**
 * The answer to a question; `undefined` if the identity may not ask or the provider is not registered, which other checks
 * name.
 */
export async function ask(
  { run: { arm } }: Survey,
  path: string,
  method: 'GET' | 'POST' = 'GET',
): Promise<Json | undefined> {
  try {
    return await arm.run(method, path);
  } catch (error) {
    if (isNamedElsewhere(error)) return undefined;
    throw error;
  }
}

/** Whether Azure gives no answer for a reason that the checks of roles and providers name. */
export function isNamedElsewhere(error: unknown): boolean {
  return (
    error instanceof ArmError &&
    (error.status === 403 || error.code === 'MissingSubscriptionRegistration')
  );
}

/**
 * The value of a template's member, as far as it is a literal or a parameter; `undefined` for any other expression.
 */
export function readValue({ deployment }: Survey, value: unknown): unknown {
  if (typeof value !== 'string' || !value.startsWith('[')) return value;
  const [, name] = /^\[parameters\('(\w+)'\)\]$/.exec(value) ?? [];
  if (name === undefined) return undefined;
  const declared = deployment.template.parameters[name];
  return deployment.parameters[name]?.value ?? declared?.defaultValue;
}
