import { readFileSync } from 'node:fs';
import { asJsonObject } from '../../shared/base/jsonObject.ts';
import { UsageError } from '../cli/command.ts';
import type { DeclaredParameter, ParameterValues, Template } from './template.ts';

/**
 * Reads the values: each of `given` is `name=value` or an ARM parameter file; later values replace earlier ones. The value
 * of a parameter that is no text is JSON.
 * @throws UsageError naming every parameter that is missing, unknown, or has a wrong value.
 */
export function readParameters(
  template: Pick<Template, 'parameters'>,
  given: readonly string[],
): ParameterValues {
  const values = withTypes(template, readGiven(given));
  const declared = Object.entries(template.parameters);
  const problems = [
    ...Object.keys(values)
      .filter((name) => template.parameters[name] === undefined)
      .map((name) => `\`${name}\` is not a parameter of the template`),
    ...declared
      .filter(([name, { defaultValue }]) => defaultValue === undefined && !(name in values))
      .map(([name, { metadata }]) => `\`${name}\` is missing: ${metadata?.description ?? ''}`),
    ...declared.flatMap(([name, parameter]) =>
      name in values ? findProblem(name, parameter, values[name]?.value) : [],
    ),
  ];
  if (problems.length === 0) return values;
  throw new UsageError(`${problems.join('\n')}\nuse --parameters name=value, or --parameters FILE`);
}

function findProblem(
  name: string,
  { type = 'string', allowedValues }: DeclaredParameter,
  value: unknown,
): readonly string[] {
  if (allowedValues !== undefined && !allowedValues.includes(value))
    return [`\`${name}\` must be ${allowedValues.join(' or ')}`];
  const expected = EXPECTED[type.toLowerCase()];
  return expected === undefined || expected.isGiven(value)
    ? []
    : [`\`${name}\` must be ${expected.text}`];
}

interface Expected {
  readonly isGiven: (value: unknown) => boolean;
  readonly text: string;
}

/** By type of parameter. */
const EXPECTED: Readonly<Record<string, Expected>> = {
  string: { isGiven: isString, text: 'text' },
  bool: { isGiven: (value) => typeof value === 'boolean', text: 'true or false' },
  int: { isGiven: Number.isSafeInteger, text: 'a whole number' },
  array: { isGiven: Array.isArray, text: 'a JSON array' },
  object: { isGiven: isTextByName, text: 'a JSON object with text values, such as {"A":"b"}' },
};

function isString(value: unknown): boolean {
  return typeof value === 'string';
}

function isTextByName(value: unknown): boolean {
  const members = asJsonObject(value);
  return members !== undefined && Object.values(members).every(isString);
}

/** The command line has text only: what is no text for the template is JSON there. */
function withTypes(
  { parameters }: Pick<Template, 'parameters'>,
  values: ParameterValues,
): ParameterValues {
  return Object.fromEntries(
    Object.entries(values).map(([name, { value }]) => {
      const isText = (parameters[name]?.type ?? 'string').toLowerCase() === 'string';
      return [name, { value: isText || typeof value !== 'string' ? value : readJson(value) }];
    }),
  );
}

/** The text itself if it is no JSON, so that the check of the value names the parameter. */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Reads the values without checking them against the template. @throws UsageError if a file cannot be read. */
export function readGiven(given: readonly string[]): ParameterValues {
  return Object.assign({}, ...given.map(readOne)) as ParameterValues;
}

function readOne(text: string): ParameterValues {
  const [, name, value] = /^([A-Za-z]\w*)=(.*)$/s.exec(text) ?? [];
  if (name !== undefined) return { [name]: { value } };
  const parameters = asJsonObject(asJsonObject(readFile(text))?.['parameters']);
  if (parameters === undefined) throw new UsageError(`\`${text}\` has no \`parameters\``);
  const wrong = Object.keys(parameters).filter((each) => !hasValue(parameters[each]));
  if (wrong.length === 0) return parameters as ParameterValues;
  const names = wrong.map((each) => `\`${each}\``).join(', ');
  throw new UsageError(`${names} in \`${text}\` must be an object such as {"value": "text"}`);
}

/** A reference to a vault is no value: this project keeps secrets out of templates. */
function hasValue(parameter: unknown): boolean {
  return 'value' in (asJsonObject(parameter) ?? {});
}

function readFile(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`cannot read the parameters in \`${file}\`: ${String(error)}`);
  }
}
