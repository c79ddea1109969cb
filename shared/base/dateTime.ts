/**
 * A moment as RFC 3339 in UTC with exactly three fraction digits, so two of them compare as text. The domain uses only
 * this form; `toDateTime` creates it.
 */
export type DateTime = string;

const RFC_3339 =
  /^\d{4}-\d{2}-\d{2}[Tt](?:[01]\d|2[0-3]):\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;
const CANONICAL = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
/** The canonical form with valid digits. Whether the month has that day is not checked. */
const REAL =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;
/** The first and the last moment that `addSeconds` returns. */
const FIRST = Date.parse('0001-01-01T00:00:00.000Z');
const LAST = Date.parse('9999-12-31T23:59:59.999Z');
/** A moment may be this much ahead of our clock, because the clocks of senders and of our own processes differ. */
export const MAX_CLOCK_SKEW_IN_SECONDS = 5 * 60;
/** Sorts before every other moment. */
export const BEGINNING_OF_TIME: DateTime = '0000-01-01T00:00:00.000Z';

/**
 * The canonical form of an RFC 3339 date-time with any offset and fraction; `undefined` for any other text. Cuts fractions
 * of a millisecond. Rejects a leap second (`:60`): our clocks have none, and rounding it would change the order of facts.
 */
export function toDateTime(text: string): DateTime | undefined {
  // A short cut, since nearly every text is canonical already.
  if (REAL.test(text) && isRealDay(text)) return text;
  if (!RFC_3339.test(text)) return undefined;
  const milliseconds = Date.parse(text);
  if (Number.isNaN(milliseconds) || !isRealDay(text)) return undefined;
  const canonical = new Date(milliseconds).toISOString();
  return isDateTime(canonical) ? canonical : undefined;
}

/** `Date.parse` turns 30 February into 2 March; RFC 3339 section 5.7 does not allow that day. */
function isRealDay(text: string): boolean {
  const day = digitsOf(text, 8, 10);
  return day <= 28 || day <= lengthOfMonth(digitsOf(text, 0, 4), digitsOf(text, 5, 7));
}

/** The number that these digits are. Several times as fast as `Number` of a slice, which counts for each event. */
function digitsOf(text: string, from: number, to: number): number {
  let number = 0;
  for (let at = from; at < to; at += 1) number = number * 10 + text.charCodeAt(at) - 48;
  return number;
}

/** The number of days of a month (January is 1) in the calendar of RFC 3339. */
export function lengthOfMonth(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}

/** Whether `value` has the canonical form and is a real moment. */
export function isDateTime(value: unknown): value is DateTime {
  return typeof value === 'string' && CANONICAL.test(value) && !Number.isNaN(Date.parse(value));
}

/**
 * `moment` plus `seconds`, which may be negative or a fraction. A result outside of the years 1 to 9999 becomes the first
 * or the last moment of them: ECMA-262 writes other years with a sign and six digits, which neither RFC 3339 nor a
 * comparison as text knows.
 */
export function addSeconds(moment: DateTime, seconds: number): DateTime {
  const milliseconds = Date.parse(moment) + seconds * 1000;
  return new Date(Math.min(Math.max(milliseconds, FIRST), LAST)).toISOString();
}

/** Whether `moment` is later than a clock can say at `now` that differs by `MAX_CLOCK_SKEW_IN_SECONDS` at most. */
export function isAhead(moment: DateTime, now: DateTime): boolean {
  return moment > now && moment > addSeconds(now, MAX_CLOCK_SKEW_IN_SECONDS);
}

/** The earliest of the given moments; `undefined` if none is given. */
export function earliest(...moments: readonly (DateTime | undefined)[]): DateTime | undefined {
  return moments.reduce(
    (a, b) => (a === undefined || (b !== undefined && b < a) ? b : a),
    undefined,
  );
}

/** The latest of the given moments; `undefined` if none is given. */
export function latest(...moments: readonly (DateTime | undefined)[]): DateTime | undefined {
  return moments.reduce(
    (a, b) => (a === undefined || (b !== undefined && b > a) ? b : a),
    undefined,
  );
}
