/** Longer waits are cut to a day: a mistyped header must not stop deliveries to a target for years. */
export const MAX_RETRY_AFTER_IN_SECONDS = 24 * 60 * 60;
const SECONDS = /^\d{1,15}(?:\.\d+)?$/;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const TIME = String.raw`(?<hour>\d{2}):(?<minute>\d{2}):(?<second>\d{2})`;
const MONTH = String.raw`(?<month>[A-Z][a-z]{2})`;
/** The three forms of RFC 9110 section 5.6.7: IMF-fixdate, RFC 850 and asctime. A recipient must accept all of them. */
const HTTP_DATES = [
  new RegExp(String.raw`^[A-Z][a-z]{2}, (?<day>\d{2}) ${MONTH} (?<year>\d{4}) ${TIME} GMT$`),
  new RegExp(String.raw`^[A-Z][a-z]{5,8}, (?<day>\d{2})-${MONTH}-(?<shortYear>\d{2}) ${TIME} GMT$`),
  new RegExp(String.raw`^[A-Z][a-z]{2} ${MONTH} (?<day>[ \d]\d) ${TIME} (?<year>\d{4})$`),
];

/**
 * The seconds of a Retry-After header: whole seconds (RFC 9110 section 10.2.3), or a date in a form of section 5.6.7; at
 * most a day. `undefined` if it is neither.
 */
export function retryAfterInSeconds(value: string | null, now: Date): number | undefined {
  const text = value?.trim() ?? '';
  const seconds = SECONDS.test(text) ? Number(text) : secondsUntil(text, now);
  return seconds === undefined
    ? undefined
    : Math.min(MAX_RETRY_AFTER_IN_SECONDS, Math.max(0, Math.ceil(seconds)));
}

function secondsUntil(date: string, now: Date): number | undefined {
  const parts = HTTP_DATES.map((form) => form.exec(date)?.groups).find(
    (each) => each !== undefined,
  );
  const moment = parts && toMoment(parts, now);
  return moment && (moment.getTime() - now.getTime()) / 1000;
}

/** `undefined` if there is no such moment. The name of the day is not checked. */
function toMoment(parts: Readonly<Record<string, string>>, now: Date): Date | undefined {
  const numberOf = (name: string): number => Number(parts[name]);
  const month = MONTHS.indexOf(parts['month'] ?? '');
  const year =
    parts['year'] === undefined ? fullYear(numberOf('shortYear'), now) : numberOf('year');
  const moment = new Date(
    Date.UTC(
      year,
      month,
      numberOf('day'),
      numberOf('hour'),
      numberOf('minute'),
      numberOf('second'),
    ),
  );
  // A leap second rolls over into the next minute. Any other overflow is no date.
  const isSame = moment.getUTCMonth() === month || numberOf('second') === 60;
  const isInRange =
    month >= 0 &&
    numberOf('day') >= 1 &&
    numberOf('hour') < 24 &&
    numberOf('minute') < 60 &&
    numberOf('second') <= 60;
  return isInRange && isSame ? moment : undefined;
}

/** The last year with these digits that is at most 50 years ahead (RFC 9110 section 5.6.7). */
function fullYear(shortYear: number, now: Date): number {
  const latest = now.getUTCFullYear() + 50;
  return latest - ((latest - shortYear) % 100);
}
