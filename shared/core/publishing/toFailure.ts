import { defined } from '../../base/defined.ts';
import { OutgoingError, type OutgoingAnswer } from '../ports/outgoing.ts';
import { retryAfterInSeconds } from '../../base/retryAfter.ts';
import type { Delivery } from '../ports/target.ts';

/** The failure for an unsuccessful answer, with the wait that it asks for. A `code` can say more than the status. */
export function toFailure(
  { status, headers }: OutgoingAnswer,
  now: Date,
  code = `http${String(status)}`,
): Delivery {
  const waitInSeconds = retryAfterInSeconds(headers.get('retry-after'), now);
  return {
    outcome: 'failed',
    code,
    reason: `the receiver answered ${String(status)}`,
    ...defined({ retryAfterInSeconds: waitInSeconds }),
  };
}

/** The failure for a missing answer. @throws any other error. */
export function fromOutgoingError(error: unknown): Delivery {
  if (!(error instanceof OutgoingError)) throw error;
  return { outcome: 'failed', code: error.code, reason: error.message };
}
