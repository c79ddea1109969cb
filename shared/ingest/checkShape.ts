import type { TLocalizedValidationError } from 'typebox/error';
import type { Problem } from '../connectorError.ts';
import { PATTERNS_IN_WORDS } from './schemas.ts';
import { toCleaner, type Shape } from './withoutUnknown.ts';

/** What `Compile` of typebox gives, as far as it is used here. */
interface Validator<T> {
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
    : { ok: false, problems: findProblems(validator, value) };
}

/** What is wrong with `value`, each thing once; empty where nothing is. */
export function findProblems<T>(validator: Validator<T>, value: unknown): readonly Problem[] {
  if (validator.Check(value)) return [];
  const errors = validator
    .Errors(value)
    // It names the object that has one too many; `boolean` names the one.
    .filter(({ keyword }) => keyword !== 'additionalProperties');
  const said = errors.filter(({ keyword }) => keyword === 'anyOf').reduce(ofOptionMeant, errors);
  const at = Map.groupBy(said, ({ instancePath }) => instancePath);
  return [...at].flatMap(([path, found]) => toProblems(path, found));
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
  const others = errors.filter(({ keyword }) => !['const', 'type', 'required'].includes(keyword));
  const messages = new Set([
    ...(literals.length > 0 ? [oneOf(literals)] : []),
    // Where a value is fixed, its type is.
    ...(types.length > 0 && literals.length === 0
      ? [`must be ${[...new Set(types)].join(' or ')}`]
      : []),
    ...others.map(explain),
  ]);
  return [
    ...[...messages].map((message) => ({ path, message })),
    ...[...new Set(missing)].map((name) => ({ path: `${path}/${name}`, message: 'is required' })),
  ];
}

function explain(error: TLocalizedValidationError): string {
  switch (error.keyword) {
    case 'enum':
      return oneOf(error.params.allowedValues);
    case 'boolean':
      return 'is not known here';
    case 'anyOf':
      return 'has none of the forms that are allowed here';
    case 'pattern':
      return (
        PATTERNS_IN_WORDS.get(String(error.params.pattern)) ??
        `must match \`${String(error.params.pattern)}\``
      );
    case 'format':
      return error.params.format === 'date-time'
        ? 'must be an RFC 3339 date-time, as `2026-01-31T12:00:00Z`'
        : error.message;
    default:
      return error.message;
  }
}

function oneOf(values: readonly unknown[]): string {
  const allowed = [...new Set(values)].map((value) => `\`${String(value)}\``).join(', ');
  return values.length === 1 ? `must be ${allowed}` : `must be one of ${allowed}`;
}
