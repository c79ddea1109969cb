// Caches a cleaner for each validator. The cache changes no result, and an entry ends with its validator.
import type { Problem } from '../connectorError.ts';
import { explainShape, type Validator } from './findProblems.ts';
import { toCleaner, type Shape } from './toCleaner.ts';

export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export interface CleaningValidator<T> extends Validator<T> {
  Clean(value: unknown): unknown;
}

/**
 * `value` as a `T` without the fields that `T` does not have; or its problems, each with the field and the values that
 * are allowed there.
 */
export function checkShape<T>(validator: CleaningValidator<T>, value: unknown): Checked<T> {
  return validator.Check(value)
    ? { ok: true, value: cleanerOf(validator)(value) as T }
    : { ok: false, problems: explainShape(validator, value) };
}

/** The same without the problems, which cost more than the check: `undefined` if `value` is not a `T`. */
export function readShape<T>(validator: CleaningValidator<T>, value: unknown): T | undefined {
  return validator.Check(value) ? (cleanerOf(validator)(value) as T) : undefined;
}

const cache = new WeakMap<object, (value: unknown) => unknown>();

/** TypeBox cleans shapes with a choice. It gets a copy, because it changes its input. */
function cleanerOf(validator: CleaningValidator<unknown>): (value: unknown) => unknown {
  const cached = cache.get(validator);
  if (cached !== undefined) return cached;
  const cleaner =
    toCleaner(validator.Type() as Shape) ?? ((value) => validator.Clean(structuredClone(value)));
  cache.set(validator, cleaner);
  return cleaner;
}
