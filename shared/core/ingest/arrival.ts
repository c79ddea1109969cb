import {
  isAhead,
  latest,
  MAX_CLOCK_SKEW_IN_SECONDS,
  toDateTime,
  type DateTime,
} from '../../base/dateTime.ts';
import type { Signal } from '../../domain/vocabulary/signal.ts';
import type { Rejection } from '../ports/quarantine.ts';
import { mustHaveFormat } from '../../base/validation/messages.ts';

/** The arrival of an event. An event without an id is identified by its request and its place in it. */
export interface Arrival {
  readonly receivedDateTime: DateTime;
  /** The time of a replay; absent if the event is read at its arrival. */
  readonly replayedDateTime?: DateTime;
  readonly requestId: string;
  readonly index: number;
}

/** The time of an event, or why it cannot be used. */
export type ReadTime =
  | { readonly ok: true; readonly observedDateTime: DateTime }
  | { readonly ok: false; readonly rejection: Rejection };

/** Reads when an event was observed, by its sender's clock. */
export function readTime(
  value: unknown,
  path: string,
  { receivedDateTime, replayedDateTime = receivedDateTime }: Arrival,
): ReadTime {
  const observedDateTime = typeof value === 'string' ? toDateTime(withColon(value)) : undefined;
  const isFuture = observedDateTime !== undefined && observedDateTime > replayedDateTime;
  if (observedDateTime === undefined || (isPlaceholderMoment(observedDateTime) && !isFuture)) {
    const isAbsent = value === undefined || observedDateTime !== undefined;
    const message = isAbsent ? 'is required' : mustHaveFormat('date-time');
    return { ok: false, rejection: { code: 'invalidEvent', path, message } };
  }
  // A fact from the future would supersede every later one.
  if (!isAhead(observedDateTime, replayedDateTime)) return { ok: true, observedDateTime };
  const message = `must not be more than ${String(MAX_CLOCK_SKEW_IN_SECONDS)} seconds in the future`;
  return { ok: false, rejection: { code: 'observedInFuture', path, message } };
}

/**
 * The signal as it counts in a replay. It keeps the original time of arrival, because a replay does not show that the
 * partner is alive now. An event that was dated ahead arrives at its own time: the worker refuses signals from the future.
 */
export function asReplayed<T extends Pick<Signal, 'receivedDateTime' | 'observedDateTime'>>(
  signal: T,
): T {
  const { receivedDateTime, observedDateTime } = signal;
  return {
    ...signal,
    receivedDateTime: latest(receivedDateTime, observedDateTime) ?? receivedDateTime,
  };
}

/** SEP Mobile's own export writes `+0000`, as ISO 8601 allows; RFC 3339 wants `+00:00`. */
function withColon(text: string): string {
  return text.endsWith('Z')
    ? text.trimStart()
    : text.trim().replace(/([+-]\d{2})(\d{2})$/, '$1:$2');
}

/** No phone was watched before 2007, when the first of them were sold. */
const FIRST_PLAUSIBLE: DateTime = '2007-01-01T00:00:00.000Z';
const LAST_PLAUSIBLE: DateTime = '9000-01-01T00:00:00.000Z';

/**
 * Whether the moment stands for an absent value. Languages and databases write such moments for "never" and "not yet":
 * year 1 (Go, .NET), 1970 (Unix), 9999 (SQL). Cf. prometheus/alertmanager issue 3341.
 */
export function isPlaceholderMoment(moment: DateTime): boolean {
  return moment < FIRST_PLAUSIBLE || moment > LAST_PLAUSIBLE;
}
