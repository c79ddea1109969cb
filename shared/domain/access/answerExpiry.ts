import type { ComplianceEvaluation } from '../compliance/evaluateCompliance.ts';
import { addSeconds, earliest, isDateTime, type DateTime } from '../../base/dateTime.ts';

/** How long a caller may cache an answer of `allow` at most, and so the time to revocation. */
export const MAX_DECISION_AGE_IN_SECONDS = 30;

/**
 * The moment until which a caller may cache an answer. An answer that blocks expires at once, so that access comes back
 * at once.
 */
export function answerExpiry(
  isAllowance: boolean,
  { validUntilDateTime }: ComplianceEvaluation,
  now: DateTime,
): DateTime {
  if (!isAllowance || !isDateTime(now)) return now;
  return earliest(addSeconds(now, MAX_DECISION_AGE_IN_SECONDS), validUntilDateTime) ?? now;
}
