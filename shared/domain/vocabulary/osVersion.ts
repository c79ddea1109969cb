// Caches parsed versions, at most 1,000. The cache changes no result.
import { BoundedMap } from '../../base/boundedMap.ts';
import { lengthOfMonth } from '../../base/dateTime.ts';

/** An operating system version, with the letter of a rapid security response as in `16.0.1 (a)`, or of Android 12L. */
interface OsVersion {
  readonly numbers: readonly number[];
  readonly suffix: string;
}

/** What vendors write before the numbers: `Android 16`, `iPhone OS 18.1`, `Version 18.1`. */
const SYSTEM = String.raw`(?:(?:android|i(?:phone|pad)? ?os|version|os)\s*)*`;
const NUMBERS = String.raw`\d{1,9}(?:\.\d{1,9}){0,5}`;
/**
 * What vendors write behind them: a build, patch level, API level or name, in brackets (`18.1 (22B83)`, as Intune shows
 * it, `16 (2026-05-01)`, `16 (API 36)`) or as words (`16 QPR2`). Two letters alone are none of these.
 */
const NOTE = String.raw`\s*\((?=[^()]*(?:\d|[a-z]{3}))[^()]{1,64}\)`;
const RESPONSE = String.raw`\s*\(([a-z])\)`;
const WORDS = String.raw`\s+[a-z]{3}[\w .:,-]{0,64}`;
const VERSION = new RegExp(
  String.raw`^\s*${SYSTEM}(${NUMBERS})(?:(l)|(?:${NOTE})?${RESPONSE})?(?:${NOTE}){0,2}(?:${WORDS})?\s*$`,
  'i',
);
const PATCH_LEVEL = /^(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;

/** A fleet runs a few hundred versions, and every decision compares some of them. */
const MAX_CACHED_VERSIONS = 1000;
const cache = new BoundedMap<string, OsVersion | undefined>(MAX_CACHED_VERSIONS);

function toOsVersion(text: string): OsVersion | undefined {
  const cached = cache.get(text);
  if (cached !== undefined || cache.has(text)) return cached;
  const version = parseOsVersion(text);
  cache.set(text, version);
  return version;
}

function parseOsVersion(text: string): OsVersion | undefined {
  const [, numbers, large, response] = VERSION.exec(text) ?? [];
  return numbers === undefined
    ? undefined
    : { numbers: numbers.split('.').map(Number), suffix: (large ?? response ?? '').toLowerCase() };
}

/** Whether `text` is a version: it has numbers, and around them only what vendors write. Letters alone are no version. */
export function isOsVersion(text: string): boolean {
  return toOsVersion(text) !== undefined;
}

/**
 * Less than 0 if `a` is older than `b`, 0 if both are equal, else more; `undefined` if one is not a version.
 * Compares number by number, so 4.10 is newer than 4.1, and 16 equals 16.0. Apple's rapid security response 16.0.1 (a)
 * is newer than 16.0.1, and Android 12L is newer than 12. Builds, patch levels and names decide nothing.
 */
export function compareOsVersions(a: string, b: string): number | undefined {
  const left = toOsVersion(a);
  const right = toOsVersion(b);
  if (left === undefined || right === undefined) return undefined;
  const length = Math.max(left.numbers.length, right.numbers.length);
  for (let at = 0; at < length; at += 1) {
    const difference = (left.numbers[at] ?? 0) - (right.numbers[at] ?? 0);
    if (difference !== 0) return difference;
  }
  if (left.suffix === right.suffix) return 0;
  return left.suffix < right.suffix ? -1 : 1;
}

/** Whether `text` is an Android security patch level: a day as YYYY-MM-DD, which compares as text. */
export function isSecurityPatchLevel(text: string): boolean {
  const [, year, month, day] = PATCH_LEVEL.exec(text) ?? [];
  return day !== undefined && Number(day) <= lengthOfMonth(Number(year), Number(month));
}
