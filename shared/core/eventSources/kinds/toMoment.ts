import { toDateTime, type DateTime } from '../../../base/dateTime.ts';
import { isJsonObject } from '../../../base/jsonObject.ts';

/** `06 18 2025 11:18:00 UTC`: Zimperium writes the month first. */
const MONTH_FIRST = /^(\d{2}) (\d{2}) (\d{4}) (\d{2}:\d{2}:\d{2}) UTC$/;
/** `2020-01-31 10:11:12.345 +0000` and `2020-01-31T10:11:12.345+0000`: SEP Mobile's writers. Without an offset: UTC. */
const LOOSE =
  /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2}(?:[.,]\d+)?) ?(?:(Z|UTC|GMT)|([+-]\d{2}):?(\d{2})?)?$/i;
/** Twelve digits of milliseconds begin in 2001, ten digits of seconds too. */
const DIGITS = /^\d{9,14}(\.\d+)?$/;
const FIRST_IN_MILLISECONDS = 100_000_000_000;

/**
 * The moment in any of the forms that vendors write; `undefined` for every other value. `{"$date": …}` is MongoDB's
 * Extended JSON, whose canonical form has `{"$numberLong": "…"}` in it.
 */
export function toMoment(value: unknown): DateTime | undefined {
  const date = isJsonObject(value) ? value['$date'] : value;
  return fromValue(isJsonObject(date) ? date['$numberLong'] : date);
}

function fromValue(value: unknown): DateTime | undefined {
  if (typeof value === 'number') return fromEpoch(value);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  return fromUtc(text) ?? toDateTime(text) ?? fromText(text);
}

/** A short cut, since nearly every text is in UTC: parsing a date with an offset costs many times as much. */
const UTC = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.(\d+))? ?(?:Z|\+00:?00)$/;

function fromUtc(text: string): DateTime | undefined {
  const [, date, clock, fraction = ''] = UTC.exec(text) ?? [];
  if (date === undefined || clock === undefined) return undefined;
  return toDateTime(`${date}T${clock}.${fraction.slice(0, 3).padEnd(3, '0')}Z`);
}

function fromText(text: string): DateTime | undefined {
  if (DIGITS.test(text)) return fromEpoch(Number(text));
  const [, month, day, year, time] = MONTH_FIRST.exec(text) ?? [];
  if (time !== undefined) return toDateTime(`${year ?? ''}-${month ?? ''}-${day ?? ''}T${time}Z`);
  const [, date, clock, , hours, minutes = '00'] = LOOSE.exec(text) ?? [];
  if (date === undefined || clock === undefined) return undefined;
  const offset = hours === undefined ? 'Z' : `${hours}:${minutes}`;
  return toDateTime(`${date}T${clock.replace(',', '.')}${offset}`);
}

/** Milliseconds or seconds since 1970. */
function fromEpoch(value: number): DateTime | undefined {
  const milliseconds = value < FIRST_IN_MILLISECONDS ? value * 1000 : value;
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? undefined : toDateTime(date.toISOString());
}
