import { defined } from '../../base/defined.ts';
import { OutgoingError, type OutgoingAnswer } from '../ports/outgoing.ts';
import { retryAfterInSeconds } from '../../base/retryAfter.ts';
import type { Delivery } from '../ports/target.ts';

/**
 * An answer that is no yes: to be tried again, as late as it asks for. `code` says more than the status where it can.
 */
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

/** No answer at all. A fault of ours is thrown on. */
export function fromOutgoingError(error: unknown): Delivery {
  if (!(error instanceof OutgoingError)) throw error;
  return { outcome: 'failed', code: error.code, reason: error.message };
}
