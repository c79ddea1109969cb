import { evaluate, type Surroundings } from './expressions/evaluate.ts';
import { toReadOnlyProperties } from './readOnlyProperties.ts';
import { toResourceId } from './toResourceId.ts';

/** The members of a sent template that this server reads. */
interface SentTemplate {
  readonly parameters: Readonly<
    Record<string, { readonly type?: string; readonly defaultValue?: unknown }>
  >;
  readonly resources: Readonly<Record<string, SentResource>>;
  readonly outputs?: Readonly<Record<string, { readonly value: unknown }>>;
}

interface SentResource {
  readonly type: string;
  readonly name: string;
  readonly scope?: string;
  readonly condition?: unknown;
  readonly dependsOn?: readonly string[];
  readonly [member: string]: unknown;
}

export interface SentDeployment {
  readonly template: SentTemplate;
  readonly parameters: Readonly<Record<string, { readonly value: unknown }>>;
}

/** A resource with its expressions evaluated. */
export interface StoredResource {
  readonly id: string;
  readonly type: string;
  /** The last part of its name. */
  readonly name: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface PlannedResource extends StoredResource {
  readonly symbol: string;
  /** Symbols. */
  readonly dependsOn: readonly string[];
}

/** What a deployment asks for. */
export interface Plan {
  /** Each after those that it depends on. */
  readonly resources: readonly PlannedResource[];
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** The plan of a deployment to a resource group. @throws Error for which Azure would reject the template. */
export function toPlan(
  group: Pick<Surroundings, 'scope' | 'location'>,
  { template, parameters }: SentDeployment,
): Plan {
  requireParameters(template, parameters);
  requireDependencies(template);
  const surroundings: Surroundings = {
    ...group,
    parameter: (name) => parameters[name]?.value ?? template.parameters[name]?.defaultValue,
    reference: (symbolOrId) => readReference(template, symbolOrId, surroundings),
  };
  return {
    resources: inOrder(template.resources)
      .filter(([, { condition = true }]) => evaluate(condition, surroundings) === true)
      .map(([symbol, resource]) => toPlanned(symbol, resource, surroundings)),
    outputs: Object.fromEntries(
      Object.entries(template.outputs ?? {}).map(([name, { value }]) => [
        name,
        evaluate(value, surroundings),
      ]),
    ),
  };
}

function toPlanned(
  symbol: string,
  resource: SentResource,
  surroundings: Surroundings,
): PlannedResource {
  const { type, name, scope, condition: _condition, dependsOn = [], ...body } = resource;
  const names = String(evaluate(name, surroundings)).split('/');
  const extended = scope === undefined ? surroundings.scope : String(evaluate(scope, surroundings));
  return {
    symbol,
    type,
    dependsOn,
    name: names.at(-1) ?? '',
    id: toResourceId(extended, type, names),
    body: evaluate(body, surroundings) as StoredResource['body'],
  };
}

function readReference(
  { resources }: SentTemplate,
  symbolOrId: string,
  surroundings: Surroundings,
): unknown {
  const resource = resources[symbolOrId];
  if (resource !== undefined) {
    const name = String(evaluate(resource.name, surroundings));
    return toReadOnlyProperties(resource.type, name);
  }
  const [, namespace, ...path] = /\/providers\/([^/]+)\/(.+)$/.exec(symbolOrId)?.slice(0) ?? [];
  const parts = path[0]?.split('/') ?? [];
  const types = parts.filter((_, at) => at % 2 === 0);
  const names = parts.filter((_, at) => at % 2 === 1);
  if (namespace === undefined)
    throw new Error(`The resource '${symbolOrId}' is not defined in the template.`);
  return toReadOnlyProperties([namespace, ...types].join('/'), names.join('/'));
}

function requireParameters(
  { parameters: declared }: SentTemplate,
  parameters: SentDeployment['parameters'],
): void {
  const missing = Object.entries(declared).find(
    ([name, { defaultValue }]) => defaultValue === undefined && parameters[name] === undefined,
  );
  if (missing !== undefined)
    throw new Error(`The value for the template parameter '${missing[0]}' is not provided.`);
  const unknown = Object.keys(parameters).find((name) => declared[name] === undefined);
  if (unknown !== undefined)
    throw new Error(`The template parameters '${unknown}' in the parameters file are not valid.`);
  for (const [name, { value }] of Object.entries(parameters)) {
    const { type = 'string' } = declared[name] ?? {};
    const given = Array.isArray(value) ? 'array' : typeof value === 'number' ? 'int' : typeof value;
    if (given.slice(0, 4) !== type.slice(0, 4))
      throw new Error(
        `Template parameter JToken type is not valid. Expected '${type}'. Actual '${given}' for '${name}'.`,
      );
  }
}

function requireDependencies({ resources }: SentTemplate): void {
  for (const [symbol, { dependsOn = [] }] of Object.entries(resources)) {
    const dangling = dependsOn.find((each) => resources[each] === undefined);
    if (dangling !== undefined)
      throw new Error(
        `The resource '${symbol}' depends on '${dangling}', which is not defined in the template.`,
      );
  }
}

function inOrder(
  resources: SentTemplate['resources'],
): readonly (readonly [string, SentResource])[] {
  const ordered = new Map<string, SentResource>();
  const add = (symbol: string): void => {
    const resource = resources[symbol];
    if (resource === undefined || ordered.has(symbol)) return;
    for (const dependency of resource.dependsOn ?? []) add(dependency);
    ordered.set(symbol, resource);
  };
  for (const symbol of Object.keys(resources)) add(symbol);
  return [...ordered];
}
