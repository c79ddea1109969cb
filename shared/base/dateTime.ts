/**
 * A moment as RFC 3339 in UTC with exactly three fraction digits, so that comparing two as text compares them as
 * time. Everything inside the domain carries this form; `toDateTime` makes it.
 */
export type DateTime = string;

const RFC_3339 =
  /^\d{4}-\d{2}-\d{2}[Tt](?:[01]\d|2[0-3]):\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;
const CANONICAL = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
/** The canonical form of a moment on one of the days that a month may have. */
const REAL =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;
/** The earliest moment there is: sorts before every other. */
export const BEGINNING_OF_TIME: DateTime = '0000-01-01T00:00:00.000Z';

/**
 * The canonical form of an RFC 3339 date-time with any offset and fraction; `undefined` where `text` is none. What is
 * finer than a millisecond is cut. A leap second (`:60`) is refused: the clocks of this system have none, and to take it
 * for a neighbour would change the order of facts.
 */
export function toDateTime(text: string): DateTime | undefined {
  // Nearly all that comes: it is what it would be turned into, or it is no day of the calendar.
  if (REAL.test(text) && isRealDay(text)) return text;
  if (!RFC_3339.test(text)) return undefined;
  const milliseconds = Date.parse(text);
  if (Number.isNaN(milliseconds) || !isRealDay(text)) return undefined;
  const canonical = new Date(milliseconds).toISOString();
  return isDateTime(canonical) ? canonical : undefined;
}

/** `Date.parse` turns 30 February into 2 March; RFC 3339 section 5.7 does not know that day. */
function isRealDay(text: string): boolean {
  const day = Number(text.slice(8, 10));
  return day <= 28 || day <= lengthOfMonth(Number(text.slice(0, 4)), Number(text.slice(5, 7)));
}

/** The days of a month, January being 1, in the calendar of RFC 3339. */
export function lengthOfMonth(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}

/** Whether `value` already has the canonical form and names a real moment. */
export function isDateTime(value: unknown): value is DateTime {
  return typeof value === 'string' && CANONICAL.test(value) && !Number.isNaN(Date.parse(value));
}

/** `moment` moved by whole or fractional seconds, forwards or (negative) backwards. */
export function addSeconds(moment: DateTime, seconds: number): DateTime {
  return new Date(Date.parse(moment) + seconds * 1000).toISOString();
}

/** The earliest of the given moments; `undefined` where none is given. */
export function earliest(...moments: readonly (DateTime | undefined)[]): DateTime | undefined {
  return moments.reduce(
    (a, b) => (a === undefined || (b !== undefined && b < a) ? b : a),
    undefined,
  );
}

/** The latest of the given moments; `undefined` where none is given. */
export function latest(...moments: readonly (DateTime | undefined)[]): DateTime | undefined {
  return moments.reduce(
    (a, b) => (a === undefined || (b !== undefined && b > a) ? b : a),
    undefined,
  );
}
