// Caches parsed versions, at most 1,000. The cache changes no result.
import { BoundedMap } from '../../base/boundedMap.ts';
import { lengthOfMonth } from '../../base/dateTime.ts';

/** An operating system version, with the letter of a rapid security response as in `16.0.1 (a)`. */
interface OsVersion {
  readonly numbers: readonly number[];
  readonly suffix: string;
}

const VERSION = /^\s*(?:android|ios|ipados)?\s*(\d{1,9}(?:\.\d{1,9}){0,5})\s*(?:\(([a-z])\))?\s*$/i;
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
  const [, numbers, suffix = ''] = VERSION.exec(text) ?? [];
  return numbers === undefined
    ? undefined
    : { numbers: numbers.split('.').map(Number), suffix: suffix.toLowerCase() };
}

/** Whether `text` is a version. */
export function isOsVersion(text: string): boolean {
  return toOsVersion(text) !== undefined;
}

/**
 * Less than 0 if `a` is older than `b`, 0 if both are equal, else more; `undefined` if one is not a version.
 * Compares number by number, so 4.10 is newer than 4.1, and 16 equals 16.0. Apple's rapid security response 16.0.1 (a)
 * is newer than 16.0.1.
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
