import { readFileSync } from 'node:fs';
import { UsageError } from '../cli/command.ts';

/** A parameter as the template declares it. */
interface DeclaredParameter {
  readonly defaultValue?: unknown;
  readonly allowedValues?: readonly unknown[];
  readonly metadata?: { readonly description?: string };
}

export interface TemplateWithParameters {
  readonly parameters: Readonly<Record<string, DeclaredParameter>>;
}

/** Parameters in the form of Azure Resource Manager. */
export type ParameterValues = Readonly<Record<string, { readonly value: unknown }>>;

/**
 * Reads the values: each of `given` is `name=value` or an ARM parameter file; later values replace earlier ones.
 * @throws UsageError naming every parameter that is missing, unknown, or not an allowed value.
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
    ...unknown.map((name) => `\`${name}\` is not a parameter of the template`),
    ...missing.map(
      ([name, { metadata }]) => `\`${name}\` is missing: ${metadata?.description ?? ''}`,
    ),
    ...wrong.map(
      ([name, { allowedValues = [] }]) => `\`${name}\` must be ${allowedValues.join(' or ')}`,
    ),
  ];
  if (problems.length === 0) return values;
  throw new UsageError(`${problems.join('\n')}\nuse --parameters name=value, or --parameters FILE`);
}

/** Reads the values without checking them against the template. @throws UsageError if a file cannot be read. */
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
    throw new UsageError(`cannot read the parameters in \`${text}\`: ${String(error)}`);
  }
  throw new UsageError(`\`${text}\` has no \`parameters\``);
}
