import type { JsonObject } from '../../../base/jsonObject.ts';
import { toSignalId } from '../../ingest/toSignalId.ts';

/** The text or number in a field; `undefined` for every other value. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  return text === '' ? undefined : text;
}

/** The first of the values that is a text or a number. Some writers send the text `null` for none. */
export function firstTextOf(...values: readonly unknown[]): string | undefined {
  for (const value of values) {
    const text = textOf(value);
    if (text !== undefined && text !== 'null') return text;
  }
  return undefined;
}

const MAX_LISTED = 16;

/** The elements of a list, at most 16; a single value is a list of one, and an absent one is empty. */
export function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value.slice(0, MAX_LISTED) as unknown[];
  return value === undefined || value === null || value === '' ? [] : [value];
}

/** An id for a finding that has none, from what tells it apart from others on the same device. */
export function idOf(...parts: readonly (string | undefined)[]): string {
  return parts.map((part) => part ?? '-').join(' ');
}

const MAX_MEMBERS = 64;
const MAX_LENGTH = 1024;

/** An id for an event that has none, from its own texts and numbers: the same event has the same id. */
export function contentIdOf(event: JsonObject): string {
  const members = Object.entries(event)
    .filter(([, value]) => typeof value !== 'object')
    .slice(0, MAX_MEMBERS)
    .map(([name, value]) => [name, typeof value === 'string' ? value.slice(0, MAX_LENGTH) : value]);
  return toSignalId(JSON.stringify(members));
}
