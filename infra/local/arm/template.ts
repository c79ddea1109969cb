/** The members of a sent template that this server reads. */
export interface SentTemplate {
  readonly parameters: Readonly<Record<string, { readonly defaultValue?: unknown }>>;
  readonly resources: Readonly<Record<string, SentResource>>;
}

interface SentResource {
  readonly type: string;
  readonly dependsOn?: readonly string[];
  readonly [member: string]: unknown;
}

export type SentParameters = Readonly<Record<string, { readonly value: unknown }>>;

/** A resource as sent, with parameters replaced by their values. */
export interface StoredResource {
  readonly id: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The first error in parameters or dependencies, for which Azure Resource Manager would reject the template. */
export function findTemplateError(
  template: SentTemplate,
  parameters: SentParameters,
): string | undefined {
  const declared = Object.entries(template.parameters);
  const missing = declared.find(
    ([name, { defaultValue }]) => defaultValue === undefined && parameters[name] === undefined,
  );
  if (missing !== undefined)
    return `The value for the template parameter '${missing[0]}' is not provided.`;
  const unknown = Object.keys(parameters).find((name) => template.parameters[name] === undefined);
  if (unknown !== undefined)
    return `The template parameters '${unknown}' in the parameters file are not valid.`;
  for (const [symbol, { dependsOn = [] }] of Object.entries(template.resources)) {
    const dangling = dependsOn.find((each) => template.resources[each] === undefined);
    if (dangling !== undefined)
      return `The resource '${symbol}' depends on '${dangling}', which is not defined in the template.`;
  }
  return undefined;
}

/**
 * The resources of a template, each after those it depends on. They are named by their symbols in the template. Only
 * parameter expressions are evaluated; all others stay as text.
 */
export function toResources(
  scope: string,
  { parameters, resources }: SentTemplate,
  given: SentParameters,
): readonly (StoredResource & { readonly symbol: string })[] {
  const ordered = new Map<string, SentResource>();
  const add = (symbol: string): void => {
    const resource = resources[symbol];
    if (resource === undefined || ordered.has(symbol)) return;
    for (const dependency of resource.dependsOn ?? []) add(dependency);
    ordered.set(symbol, resource);
  };
  for (const symbol of Object.keys(resources)) add(symbol);
  return [...ordered].map(([symbol, resource]) => {
    const { type, dependsOn: _dependsOn, ...body } = resource;
    const [namespace = '', ...types] = type.split('/');
    const path = types.map((each) => `${each}/${symbol}`).join('/');
    return {
      symbol,
      id: `${scope}/providers/${namespace}/${path}`,
      body: withValues(body, parameters, given) as StoredResource['body'],
    };
  });
}

function withValues(
  value: unknown,
  declared: SentTemplate['parameters'],
  given: SentParameters,
): unknown {
  if (typeof value === 'string') {
    const [, name] = /^\[parameters\('(\w+)'\)\]$/.exec(value) ?? [];
    return name === undefined ? value : (given[name]?.value ?? declared[name]?.defaultValue);
  }
  if (Array.isArray(value)) return value.map((each) => withValues(each, declared, given));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, withValues(each, declared, given)]),
  );
}
