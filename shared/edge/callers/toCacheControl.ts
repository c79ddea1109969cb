import type { DateTime } from '../../base/dateTime.ts';
import { NO_STORE } from '../http/noStore.ts';

/**
 * How long the caller may cache an answer: until `expires`, when the answer may change. Answers that do not allow
 * access are not cached. No shared cache may store an answer: it is about one device and for one caller (RFC 9111
 * section 5.2.2).
 */
export function toCacheControl(
  isAllowance: boolean,
  expires: DateTime,
  now: DateTime,
): Readonly<Record<string, string>> {
  const seconds = Math.floor((Date.parse(expires) - Date.parse(now)) / 1000);
  return isAllowance && seconds > 0
    ? {
        'cache-control': `private, max-age=${String(seconds)}`,
        vary: 'Authorization, Accept-Language',
      }
    : NO_STORE;
}
