import type { DateTime } from '../../base/dateTime.ts';

/**
 * For how long a caller may keep an answer: never past the moment at which it could change, not at all where it is no
 * allowance. Only the caller itself may: the answer is about one device, and for one caller (RFC 9111 section 5.2.2).
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
    : { 'cache-control': 'no-store' };
}
