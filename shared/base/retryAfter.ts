/** Longer waits are cut to a day: a mistyped header must not stop deliveries to a target for years. */
export const MAX_RETRY_AFTER_IN_SECONDS = 24 * 60 * 60;
const SECONDS = /^\d{1,15}(?:\.\d+)?$/;
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * The seconds of a Retry-After header: whole seconds (RFC 9110 section 10.2.3), or a date in the form of section 5.6.7; at
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
  const moment = HTTP_DATE.test(date) ? Date.parse(date) : Number.NaN;
  return Number.isNaN(moment) ? undefined : (moment - now.getTime()) / 1000;
}
