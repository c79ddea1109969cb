import { checkShape, type CleaningValidator } from './checkShape.ts';
import { invalidRequest } from './invalidRequest.ts';

/**
 * `value` as a `T`, without the fields that `T` does not name.
 * @throws ConnectorError `invalidRequest` with `message`, naming each field that is wrong and what is allowed there.
 */
export function requireShape<T>(
  validator: CleaningValidator<T>,
  value: unknown,
  message: string,
): T {
  const checked = checkShape(validator, value);
  if (checked.ok) return checked.value;
  throw invalidRequest(message, ...checked.problems);
}
