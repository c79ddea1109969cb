import type { TLocalizedValidationError } from 'typebox/error';
import type { Problem } from '../connectorError.ts';

/** What `Compile` of typebox gives, as far as it is used here. */
interface Validator<T> {
  Check(value: unknown): value is T;
  Clean(value: unknown): unknown;
  Errors(value: unknown): TLocalizedValidationError[];
}

export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * `value` as a `T`, in place and without the fields that `T` does not name, or what is wrong with it: each problem names the
 * field and what is allowed there.
 */
export function checkShape<T>(validator: Validator<T>, value: unknown): Checked<T> {
  return validator.Check(value)
    ? { ok: true, value: validator.Clean(value) as T }
    : { ok: false, problems: findProblems(validator, value) };
}

/** What is wrong with `value`; empty where nothing is. */
export function findProblems<T>(validator: Validator<T>, value: unknown): readonly Problem[] {
  if (validator.Check(value)) return [];
  const errors = validator
    .Errors(value)
    .filter(({ keyword }) => keyword !== 'additionalProperties');
  // Of a choice, what is wrong with its options says more than that none of them fits.
  const isExplained = ({ instancePath }: TLocalizedValidationError): boolean =>
    errors.some((each) => each.keyword !== 'anyOf' && each.instancePath.startsWith(instancePath));
  return errors
    .filter((error) => error.keyword !== 'anyOf' || !isExplained(error))
    .flatMap(toProblems);
}

function toProblems(error: TLocalizedValidationError): readonly Problem[] {
  if (error.keyword === 'required') {
    return error.params.requiredProperties.map((name) => ({
      path: `${error.instancePath}/${name}`,
      message: 'is required',
    }));
  }
  return [{ path: error.instancePath, message: explain(error) }];
}

function explain(error: TLocalizedValidationError): string {
  switch (error.keyword) {
    case 'enum':
      return `must be one of ${error.params.allowedValues.map((value) => `\`${String(value)}\``).join(', ')}`;
    case 'boolean':
      return 'is not known here';
    case 'const':
      return `must be \`${String(error.params.allowedValue)}\``;
    case 'anyOf':
      return 'has none of the forms that are allowed here';
    case 'pattern':
      return `must match \`${String(error.params.pattern)}\``;
    case 'format':
      return error.params.format === 'date-time'
        ? 'must be an RFC 3339 date-time, as `2026-01-31T12:00:00Z`'
        : error.message;
    default:
      return error.message;
  }
}
