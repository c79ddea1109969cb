import type { ArmClient, Json } from './armClient.ts';
import type { ParameterValues, Template } from './template.ts';

const API_VERSION = '2024-11-01';
const MAX_VALUE_LENGTH = 100;

/** The change that Azure would make to one resource. */
export interface ResourceChange {
  readonly resourceId: string;
  readonly changeType: string;
  readonly before?: Json;
  readonly after?: Json;
  readonly delta?: readonly PropertyChange[];
}

interface PropertyChange {
  readonly path: string;
  readonly propertyChangeType: string;
  readonly before?: unknown;
  readonly after?: unknown;
  readonly children?: readonly PropertyChange[];
}

/** A template with its parameters and its resource group. */
export interface Deployment {
  /** `/subscriptions/…/resourceGroups/…` */
  readonly scope: string;
  readonly name: string;
  readonly template: Template;
  readonly parameters: ParameterValues;
}

/**
 * `Provider` asks for the right to write each resource, `ProviderNoRbac` for the right to read it; API versions from
 * 2024-11-01 know both (Azure/arm-template-whatif#135).
 */
export type ValidationLevel = 'Provider' | 'ProviderNoRbac';

function toBody({ template, parameters }: Deployment, validationLevel: ValidationLevel): object {
  return { properties: { mode: 'Incremental', template, parameters, validationLevel } };
}

function pathOf({ scope, name }: Deployment, action: string): string {
  return `${scope}/providers/Microsoft.Resources/deployments/${name}/${action}?api-version=${API_VERSION}`;
}

/** Lets Azure validate the template. @throws ArmError with the reasons. */
export async function validate(
  arm: ArmClient,
  deployment: Deployment,
  level: ValidationLevel,
): Promise<void> {
  await arm.run('POST', pathOf(deployment, 'validate'), toBody(deployment, level));
}

/** Returns what the template would change. @throws ArmError. */
export async function askWhatIf(
  arm: ArmClient,
  deployment: Deployment,
  level: ValidationLevel,
): Promise<readonly ResourceChange[]> {
  const answer = await arm.run('POST', pathOf(deployment, 'whatIf'), toBody(deployment, level));
  const { changes = [] } = (answer?.['properties'] ?? {}) as {
    readonly changes?: readonly ResourceChange[];
  };
  return changes;
}

const SIGNS: Readonly<Record<string, string>> = {
  Create: '+',
  Modify: '~',
  Delete: '-',
  Deploy: '!',
  Unsupported: '?',
};

/** Whether Azure would change the resource. Resources outside the template never change. */
export function isChange({ changeType }: ResourceChange): boolean {
  return changeType in SIGNS;
}

/** One line for each changed resource and property, then a summary. */
export function toDifference(changes: readonly ResourceChange[]): readonly string[] {
  const shown = changes
    .filter(isChange)
    .toSorted((a, b) => (a.resourceId < b.resourceId ? -1 : 1))
    .flatMap((change) => [
      `${SIGNS[change.changeType] ?? ''} ${toName(change.resourceId)}`,
      ...(change.delta ?? []).flatMap((each) => toPropertyLines(each, '')),
    ]);
  return [...shown, toSummary(changes)];
}

export function toSummary(changes: readonly ResourceChange[]): string {
  const counts = Object.entries(Object.groupBy(changes, ({ changeType }) => changeType));
  const words = counts
    .map(([changeType, each]) => `${String(each?.length ?? 0)} ${WORDS[changeType] ?? changeType}`)
    .toSorted();
  return words.length === 0 ? 'no changes' : words.join(', ');
}

const WORDS: Readonly<Record<string, string>> = {
  Create: 'to create',
  Modify: 'to change',
  Delete: 'to delete',
  Deploy: 'to deploy with unknown changes',
  NoChange: 'unchanged',
  Ignore: 'outside the template',
  Unsupported: 'not predictable',
};

/** `/…/providers/A.B/c/x/d/y` becomes `A.B/c/d  x/y`. */
function toName(resourceId: string): string {
  const own = resourceId.split('/providers/').at(-1) ?? resourceId;
  const [namespace = '', ...parts] = own.split('/');
  const types = parts.filter((_, at) => at % 2 === 0);
  const names = parts.filter((_, at) => at % 2 === 1);
  return `${[namespace, ...types].join('/')}  ${names.join('/')}`;
}

function toPropertyLines(
  { path, propertyChangeType, before, after, children = [] }: PropertyChange,
  parent: string,
): readonly string[] {
  const whole = parent === '' ? path : `${parent}.${path}`;
  if (children.length > 0) return children.flatMap((each) => toPropertyLines(each, whole));
  switch (propertyChangeType) {
    case 'Create':
      return [`    + ${whole}  ${toText(after)}`];
    case 'Delete':
      return [`    - ${whole}  ${toText(before)}`];
    case 'NoEffect':
      return [];
    default:
      return [`    ~ ${whole}  ${toText(before)} → ${toText(after)}`];
  }
}

function toText(value: unknown): string {
  const text = JSON.stringify(value) ?? '';
  return text.length > MAX_VALUE_LENGTH ? `${text.slice(0, MAX_VALUE_LENGTH)}…` : text;
}
