import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import type { TLocalizedValidationError } from 'typebox/error';
import { Format } from 'typebox/format';
import type { Problem } from '../connectorError.ts';
import './formats.ts';
import { PATTERNS_IN_WORDS } from './patterns.ts';
import { toCleaner, type Shape } from './withoutUnknown.ts';

/** What `Compile` of typebox gives, as far as it is used here. */
export interface Validator<T> {
  Check(value: unknown): value is T;
  Clean(value: unknown): unknown;
  /** The schema that it was made of. */
  Type(): unknown;
  Errors(value: unknown): TLocalizedValidationError[];
}

export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const cleaners = new WeakMap<object, (value: unknown) => unknown>();

/** Made once a validator. Where a choice has to be made, typebox makes it, in a copy: it changes what it is given. */
function cleanerOf(validator: Validator<unknown>): (value: unknown) => unknown {
  const known = cleaners.get(validator);
  if (known !== undefined) return known;
  const made =
    toCleaner(validator.Type() as Shape) ?? ((value) => validator.Clean(structuredClone(value)));
  cleaners.set(validator, made);
  return made;
}

/**
 * `value` as a `T`, without the fields that `T` does not name, or what is wrong with it: each problem names the
 * field and what is allowed there.
 */
export function checkShape<T>(validator: Validator<T>, value: unknown): Checked<T> {
  return validator.Check(value)
    ? { ok: true, value: cleanerOf(validator)(value) as T }
    : { ok: false, problems: explain(validator, value) };
}

/** What is wrong with `value`, each thing once; empty where nothing is. */
export function findProblems<T>(validator: Validator<T>, value: unknown): readonly Problem[] {
  // The rules of a text are its check.
  const isText = breakdownOf(validator).rules !== undefined;
  return !isText && validator.Check(value) ? [] : explain(validator, value);
}

/** What is wrong with a value that does not have the shape. */
function explain(validator: Validator<unknown>, value: unknown): readonly Problem[] {
  const { problems, wrongType, isObject, rules, parts } = breakdownOf(validator);
  if (problems !== undefined) return problems;
  if (rules !== undefined) return typeof value === 'string' ? broken(rules, value) : wrongType;
  if (isObject && (typeof value !== 'object' || value === null || Array.isArray(value)))
    return wrongType;
  if (parts === undefined) return explainAll(validator, value);
  const whole = value as Readonly<Record<string, unknown>>;
  const found: Problem[] = [];
  for (const { name, isOptional, part } of parts) {
    if (!(name in whole)) {
      if (!isOptional) found.push({ path: `/${name}`, message: 'is required' });
    } else {
      for (const { path, message } of findProblems(part, whole[name]))
        found.push({ path: `/${name}${path}`, message });
    }
  }
  return found;
}

/** The problems of the rules that `text` breaks. */
function broken(rules: readonly TextRule[], text: string): readonly Problem[] {
  const found: Problem[] = [];
  for (const { isKept, problem } of rules) if (!isKept(text)) found.push(problem);
  return found;
}

interface TextRule {
  readonly isKept: (text: string) => boolean;
  readonly problem: Problem;
}

/** Of what a shape consists, where that says what is wrong. */
interface Breakdown {
  /** Where it is the same for every value. */
  readonly problems?: readonly Problem[];
  /** What is said of a value that is no text, or no object, where it has to be one. */
  readonly wrongType: readonly Problem[];
  readonly isObject: boolean;
  /** What a text has to keep to. */
  readonly rules?: readonly TextRule[];
  /** The properties of an object that may hold others too. */
  readonly parts?: readonly {
    readonly name: string;
    readonly isOptional: boolean;
    readonly part: Validator<unknown>;
  }[];
}

interface SchemaParts {
  readonly type?: unknown;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly additionalProperties?: unknown;
  readonly required?: readonly string[];
}

const breakdowns = new WeakMap<object, Breakdown>();

/**
 * Made once a validator: to refuse shall not cost much more than to accept, and to ask typebox for all that is wrong with
 * the whole costs ten times as much. What makes a choice, a list or a number is left to it.
 */
function breakdownOf(validator: Validator<unknown>): Breakdown {
  const known = breakdowns.get(validator);
  if (known !== undefined) return known;
  const made = breakDown(validator.Type() as SchemaParts);
  breakdowns.set(validator, made);
  return made;
}

function breakDown(schema: SchemaParts): Breakdown {
  const { properties, additionalProperties, required = [] } = schema;
  const wrongType = [{ path: '', message: `must be ${String(schema.type)}` }];
  const kind = { wrongType, isObject: schema.type === 'object' };
  if (schema.enum !== undefined)
    return { ...kind, problems: [{ path: '', message: oneOf(schema.enum) }] };
  if (schema.type === 'string') return { ...kind, rules: toTextRules(schema) };
  if (schema.type === 'boolean') return { ...kind, problems: wrongType };
  if (properties === undefined || additionalProperties !== undefined) return kind;
  const parts = Object.entries(properties).map(([name, property]) => ({
    name,
    isOptional: !required.includes(name),
    part: Compile(property),
  }));
  return { ...kind, parts };
}

/** In typebox's words. */
function toTextRules({ minLength, maxLength, pattern, format }: SchemaParts): readonly TextRule[] {
  const rules: TextRule[] = [];
  const add = (isKept: TextRule['isKept'], message: string): void => {
    rules.push({ isKept, problem: { path: '', message } });
  };
  if (minLength !== undefined)
    add(
      (text) => text.length >= 2 * minLength || lengthOf(text) >= minLength,
      `must not have fewer than ${String(minLength)} characters`,
    );
  if (maxLength !== undefined)
    add(
      (text) =>
        text.length <= maxLength || (text.length <= 2 * maxLength && lengthOf(text) <= maxLength),
      `must not have more than ${String(maxLength)} characters`,
    );
  if (pattern !== undefined) {
    const expression = new RegExp(pattern, 'u');
    add((text) => expression.test(text), explainPattern(pattern));
  }
  if (format !== undefined) add((text) => Format.Test(format, text), explainFormat(format));
  return rules;
}

/** In characters, as JSON Schema counts: the two halves of one are one. */
function lengthOf(text: string): number {
  return Array.from(text).length;
}

function explainPattern(pattern: string): string {
  return PATTERNS_IN_WORDS.get(pattern) ?? `must match \`${pattern}\``;
}

function explainFormat(format: string): string {
  return format === 'date-time'
    ? 'must be an RFC 3339 date-time, as `2026-01-31T12:00:00Z`'
    : `must match format "${format}"`;
}

/** What is said together with others of its kind. */
const GROUPED: ReadonlySet<string> = new Set(['const', 'type', 'required']);

function explainAll(validator: Validator<unknown>, value: unknown): readonly Problem[] {
  const found = validator.Errors(value);
  const [only] = found;
  if (found.length === 1 && only !== undefined && !GROUPED.has(only.keyword))
    return [{ path: only.instancePath, message: toMessage(only) }];
  const errors = found
    // It names the object that has one too many; `boolean` names the one.
    .filter(({ keyword }) => keyword !== 'additionalProperties');
  const said = errors.filter(({ keyword }) => keyword === 'anyOf').reduce(ofOptionMeant, errors);
  const at = Map.groupBy(said, ({ instancePath }) => instancePath);
  return [...at].flatMap(([path, here]) => toProblems(path, here));
}

/**
 * Of a choice, what is wrong with the option that is meant: with the one whose literals fit; where none do, the
 * literals alone. That no option fits is said only where nothing else is.
 */
function ofOptionMeant(
  errors: TLocalizedValidationError[],
  choice: TLocalizedValidationError,
): TLocalizedValidationError[] {
  const under = `${choice.schemaPath}/anyOf/`;
  const optionOf = (error: TLocalizedValidationError): number | undefined =>
    error.schemaPath.startsWith(under) &&
    `${error.instancePath}/`.startsWith(`${choice.instancePath}/`)
      ? Number.parseInt(error.schemaPath.slice(under.length))
      : undefined;
  const options = errors.filter((error) => optionOf(error) !== undefined);
  if (options.length === 0) return errors;
  const others = new Set(options.filter(isLiteral).map(optionOf));
  const isAnyMeant = options.some((error) => !others.has(optionOf(error)));
  return errors.filter(
    (error) =>
      error !== choice &&
      (optionOf(error) === undefined ||
        (isAnyMeant ? !others.has(optionOf(error)) : isLiteral(error))),
  );
}

function isLiteral({ keyword }: TLocalizedValidationError): boolean {
  return keyword === 'const';
}

/** What is wrong at one place. */
function toProblems(
  path: string,
  errors: readonly TLocalizedValidationError[],
): readonly Problem[] {
  const literals = errors.flatMap((error) =>
    error.keyword === 'const' ? [error.params.allowedValue] : [],
  );
  const types = errors.flatMap((error) =>
    error.keyword === 'type' ? [error.params.type].flat() : [],
  );
  const missing = errors.flatMap((error) =>
    error.keyword === 'required' ? error.params.requiredProperties : [],
  );
  const others = errors.filter(({ keyword }) => !GROUPED.has(keyword));
  const messages = new Set([
    ...(literals.length > 0 ? [oneOf(literals)] : []),
    // Where a value is fixed, its type is.
    ...(types.length > 0 && literals.length === 0
      ? [`must be ${[...new Set(types)].join(' or ')}`]
      : []),
    ...others.map(toMessage),
  ]);
  return [
    ...[...messages].map((message) => ({ path, message })),
    ...[...new Set(missing)].map((name) => ({ path: `${path}/${name}`, message: 'is required' })),
  ];
}

function toMessage(error: TLocalizedValidationError): string {
  switch (error.keyword) {
    case 'enum':
      return oneOf(error.params.allowedValues);
    case 'boolean':
      return 'is not known here';
    case 'anyOf':
      return 'has none of the forms that are allowed here';
    case 'pattern':
      return explainPattern(String(error.params.pattern));
    case 'format':
      return explainFormat(error.params.format);
    default:
      return error.message;
  }
}

function oneOf(values: readonly unknown[]): string {
  const allowed = [...new Set(values)].map((value) => `\`${String(value)}\``).join(', ');
  return values.length === 1 ? `must be ${allowed}` : `must be one of ${allowed}`;
}
