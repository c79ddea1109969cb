// Caches parsed versions, at most 1,000. The cache changes no result.
import { BoundedMap } from '../../base/boundedMap.ts';
import { lengthOfMonth } from '../../base/dateTime.ts';

/** An operating system version, with the letter of a rapid security response as in `16.0.1 (a)`, or of Android 12L. */
interface OsVersion {
  readonly numbers: readonly number[];
  readonly suffix: string;
}

/** What vendors write before the numbers: `Android 16`, `iPhone OS 18.1`, `Version 18.1`, `v16`. */
const SYSTEM = String.raw`(?:(?:android|i(?:phone|pad)? ?os|version|os|v)[.-]?\s*)*`;
const NUMBERS = String.raw`\d{1,9}(?:\.\d{1,9}){0,5}`;
/**
 * What they write right behind the numbers: a beta (`18.1b3`, `16rc1`) or a branch of the source (`15-perf`, `15_r1`). A
 * `b` needs a dot before it: `22B83` is a build. Behind a hyphen stands a letter: `2026-05-01` is a day.
 */
const BETA = String.raw`(?<=\.\d{1,9})b\d{1,2}|(?:beta|rc|dp|qpr)\d{0,2}`;
const BRANCH = String.raw`[-_][a-z][\w.-]{0,64}`;
/**
 * What vendors write behind them: a build, patch level, API level or name, in brackets (`18.1 (22B83)`, as Intune shows
 * it, `16 (2026-05-01)`, `16 (API 36)`, `18.1 [22B83]`). Two letters alone are none of these.
 */
const HINT = String.raw`(?=[^()[\]]{0,64}(?:\d|[a-z]{3}))`;
const NOTE = String.raw`\s*(?:\(${HINT}[^()]{1,64}\)|\[${HINT}[^[\]]{1,64}\])`;
const RESPONSE = String.raw`\s*\(([a-z])\)`;
/**
 * The same without brackets: as words (`16 QPR2`), as a build or a day (`18.1 22B83`, `16 2026-05-01`), or behind a
 * separator (`18.1, 22B83`). A comma alone separates nothing: `14,2` is a model or a number.
 */
const BUILD = String.raw`\d{2}[a-z]\d`;
const SEPARATED = String.raw`\s*[,;]${BUILD}|\s*[,;/|]\s+[\w([]|\s+-\s+\w`;
const REST = String.raw`(?:\s+(?:[a-z]{3}|${BUILD}|\d{4}-\d{2}-\d{2})|${SEPARATED})[\w .:,;()[\]-]{0,64}`;
/** Each part is bounded or ends where the next begins, so matching takes time that grows with the length. */
const VERSION = new RegExp(
  String.raw`^\s*${SYSTEM}(${NUMBERS})(l)?(?:${BETA}|${BRANCH})?(?:(?:${NOTE})?${RESPONSE})?(?:${NOTE}){0,2}(?:${REST})?\s*$`,
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
 * is newer than 16.0.1, and Android 12L is newer than 12. Betas, builds, patch levels and names decide nothing.
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
