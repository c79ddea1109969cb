import type { Problem } from '../../base/connectorError.ts';
import { addSeconds, toDateTime, type DateTime } from '../../base/dateTime.ts';
import type { Rejection, RejectionCode } from '../ports/quarantine.ts';
import type { Signal } from '../../domain/vocabulary/signal.ts';

/** A fact from further ahead than this would win over every later one, so it is refused. */
export const MAX_CLOCK_SKEW_IN_SECONDS = 5 * 60;

/** A telemetry report larger than this would not fit a Service Bus message of the standard tier. */
export const MAX_SIGNAL_SIZE_IN_BYTES = 200 * 1024;

/** One event of a request: what it says, or why it was not taken. */
export type Parsed =
  | { readonly ok: true; readonly signal: Signal }
  | { readonly ok: false; readonly rejection: Rejection };

export function reject(code: RejectionCode, path: string, message: string): Parsed {
  return { ok: false, rejection: { code, path, message } };
}

/** A rejection of the first problem; the message goes on to name the others. */
export function rejectProblems(problems: readonly Problem[], under = ''): Parsed {
  const [first, ...others] = problems;
  const more = others.map(({ path, message }) => `; ${under}${path} ${message}`).join('');
  const message = `${first?.message ?? 'is not what is expected'}${more}`;
  return reject('invalidEvent', `${under}${first?.path ?? ''}`, message);
}

/** `signal` unless its time lies too far ahead of its arrival, or it is too large to travel. */
export function accept(signal: Signal, timePath: string): Parsed {
  const { observedDateTime, receivedDateTime } = signal;
  if (
    observedDateTime > receivedDateTime &&
    observedDateTime > addSeconds(receivedDateTime, MAX_CLOCK_SKEW_IN_SECONDS)
  ) {
    const limit = String(MAX_CLOCK_SKEW_IN_SECONDS);
    return reject('observedInFuture', timePath, `must not lie more than ${limit} seconds ahead`);
  }
  // Every other signal is a few bounded texts.
  if (
    signal.type === 'telemetryReported' &&
    Buffer.byteLength(JSON.stringify(signal)) > MAX_SIGNAL_SIZE_IN_BYTES
  ) {
    return reject('eventTooLarge', '', `must not exceed ${String(MAX_SIGNAL_SIZE_IN_BYTES)} bytes`);
  }
  return { ok: true, signal };
}

/** The canonical form of a date-time that a schema has already checked. */
export function canonical(checked: string): DateTime {
  return toDateTime(checked) ?? checked;
}
