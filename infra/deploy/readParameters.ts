import { readFileSync } from 'node:fs';
import { UsageError } from '../cli/command.ts';

/** As a template declares one. */
interface DeclaredParameter {
  readonly defaultValue?: unknown;
  readonly allowedValues?: readonly unknown[];
  readonly metadata?: { readonly description?: string };
}

export interface TemplateWithParameters {
  readonly parameters: Readonly<Record<string, DeclaredParameter>>;
}

/** As Azure Resource Manager takes them. */
export type ParameterValues = Readonly<Record<string, { readonly value: unknown }>>;

/**
 * The values of `given`, each `name=value` or a file in the form of ARM's parameter files; later ones take the place of
 * earlier ones. @throws UsageError naming every one that is missing, not known, or not among what is allowed.
 */
export function readParameters(
  template: TemplateWithParameters,
  given: readonly string[],
): ParameterValues {
  const values = readGiven(given);
  const declared = Object.entries(template.parameters);
  const unknown = Object.keys(values).filter((name) => template.parameters[name] === undefined);
  const missing = declared.filter(
    ([name, { defaultValue }]) => defaultValue === undefined && values[name] === undefined,
  );
  const wrong = declared.filter(([name, { allowedValues }]) => {
    const { value } = values[name] ?? {};
    return value !== undefined && allowedValues !== undefined && !allowedValues.includes(value);
  });
  const problems = [
    ...unknown.map((name) => `\`${name}\` is no parameter of the template`),
    ...missing.map(
      ([name, { metadata }]) => `\`${name}\` is missing: ${metadata?.description ?? ''}`,
    ),
    ...wrong.map(
      ([name, { allowedValues = [] }]) => `\`${name}\` must be ${allowedValues.join(' or ')}`,
    ),
  ];
  if (problems.length === 0) return values;
  throw new UsageError(`${problems.join('\n')}\nsay --parameters name=value, or a file`);
}

/** What was given, whatever the template wants. @throws UsageError where a file cannot be read. */
export function readGiven(given: readonly string[]): ParameterValues {
  return Object.assign({}, ...given.map(readOne)) as ParameterValues;
}

function readOne(text: string): ParameterValues {
  const [, name, value] = /^([A-Za-z]\w*)=(.*)$/s.exec(text) ?? [];
  if (name !== undefined) return { [name]: { value } };
  try {
    const { parameters } = JSON.parse(readFileSync(text, 'utf8')) as {
      readonly parameters?: ParameterValues;
    };
    if (typeof parameters === 'object') return parameters;
  } catch (error) {
    throw new UsageError(`the parameters in \`${text}\` cannot be read: ${String(error)}`);
  }
  throw new UsageError(`\`${text}\` has no \`parameters\``);
}
