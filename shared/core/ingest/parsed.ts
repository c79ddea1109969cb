import type { Problem } from '../../base/connectorError.ts';
import {
  isAhead,
  MAX_CLOCK_SKEW_IN_SECONDS,
  toDateTime,
  type DateTime,
} from '../../base/dateTime.ts';
import type { Rejection, RejectionCode } from '../ports/quarantine.ts';
import type { Signal } from '../../domain/vocabulary/signal.ts';

/** A larger telemetry report would not fit into a Service Bus message of the standard tier. */
const MAX_SIGNAL_SIZE_IN_BYTES = 200 * 1024;

/** One event of a request: its signal, or the reason for its rejection. */
export type Parsed =
  | { readonly ok: true; readonly signal: Signal }
  | { readonly ok: false; readonly rejection: Rejection };

export function reject(code: RejectionCode, path: string, message: string): Parsed {
  return { ok: false, rejection: { code, path, message } };
}

/** A rejection for the first problem. The message names the others too. */
export function rejectProblems(problems: readonly Problem[], under = ''): Parsed {
  const [first, ...others] = problems;
  const more = others.map(({ path, message }) => `; ${under}${path} ${message}`).join('');
  const message = `${first?.message ?? 'is not valid'}${more}`;
  return reject('invalidEvent', `${under}${first?.path ?? ''}`, message);
}

/** Accepts the signal, unless its time is too far in the future, or it is too large for a message. */
export function accept(signal: Signal, timePath: string): Parsed {
  const { observedDateTime, receivedDateTime } = signal;
  // A fact from the future would supersede every later one.
  if (isAhead(observedDateTime, receivedDateTime)) {
    const limit = String(MAX_CLOCK_SKEW_IN_SECONDS);
    return reject(
      'observedInFuture',
      timePath,
      `must not be more than ${limit} seconds in the future`,
    );
  }
  // All other signals are small, since their texts are bounded.
  if (
    signal.type === 'telemetryReported' &&
    Buffer.byteLength(JSON.stringify(signal)) > MAX_SIGNAL_SIZE_IN_BYTES
  ) {
    return reject('eventTooLarge', '', `must not exceed ${String(MAX_SIGNAL_SIZE_IN_BYTES)} bytes`);
  }
  return { ok: true, signal };
}

/** The canonical form of a date-time that a schema has checked. */
export function canonical(checked: string): DateTime {
  return toDateTime(checked) ?? checked;
}
