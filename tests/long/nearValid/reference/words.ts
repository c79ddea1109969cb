import type { Level } from './statement.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** A field as it was read: its value, `undefined` if it says nothing, and whether its word is known. */
export interface Read<T> {
  readonly value: T | undefined;
  readonly isKnown: boolean;
}

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `null` and a blank text say nothing. */
export function saysNothing(value: unknown): boolean {
  return (
    value === undefined || value === null || (typeof value === 'string' && value.trim() === '')
  );
}

/** A known word in any case; every other value counts as `worst`. */
export function readWord<T>(value: unknown, words: Readonly<Record<string, T>>, worst: T): Read<T> {
  if (saysNothing(value)) return { value: undefined, isKnown: true };
  const found = typeof value === 'string' ? words[value.trim().toLowerCase()] : undefined;
  return found === undefined ? { value: worst, isKnown: false } : { value: found, isKnown: true };
}

export const SEVERITIES: Readonly<Record<string, Level>> = { low: 1, medium: 2, high: 3 };
export const RISK_LEVELS: Readonly<Record<string, Level>> = { minimal: 0, ...SEVERITIES };

const YES = new Set(['true', 'yes', 'on', '1']);
const NO = new Set(['false', 'no', 'off', '0']);

/** A flag, also as a word; every other value counts as `worst`. */
export function readFlag(value: unknown, worst: boolean): Read<boolean> {
  if (saysNothing(value)) return { value: undefined, isKnown: true };
  const isWord = ['boolean', 'string', 'number'].includes(typeof value);
  const word = isWord ? String(value).trim().toLowerCase() : '';
  if (YES.has(word)) return { value: true, isKnown: true };
  return NO.has(word) ? { value: false, isKnown: true } : { value: worst, isKnown: false };
}

const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)t\d\d:\d\d:\d\d(\.\d+)?(z|[+-]\d\d:?\d\d)$/i;
const FIVE_MINUTES = 5 * 60 * 1000;

/** The moment in milliseconds; `undefined` if it is none, or stands for "never". */
export function readMoment(value: unknown): number | undefined {
  const found = typeof value === 'string' ? RFC_3339.exec(value.trim()) : null;
  if (found === null) return undefined;
  const [year, month, day] = found.slice(1, 4).map(Number) as [number, number, number];
  const isReal =
    month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
  const moment = Date.parse(String(value).toUpperCase());
  return isReal && !Number.isNaN(moment) && year >= 2007 && year < 9000 ? moment : undefined;
}

/** Whether the moment is later than clocks differ. */
export function isAhead(moment: number, arrivedAt: number): boolean {
  return moment > arrivedAt + FIVE_MINUTES;
}
