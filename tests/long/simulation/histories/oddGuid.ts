import type { Chance } from './chance.ts';

/** A GUID as Microsoft's tools write it: its case and its braces mean nothing. Another id stays as it is. */
export function toOddGuid(id: string, { happens, pick }: Chance): string {
  return isGuid(id) && happens(0.4)
    ? pick([id.toUpperCase(), `{${id}}`, `{${id.toUpperCase()}}`])
    : id;
}

/** The one form of a GUID, by which two of them are compared. */
export function fold(id: string): string {
  const bare = id.startsWith('{') ? id.slice(1, -1) : id;
  return isGuid(bare) ? bare.toLowerCase() : id;
}

function isGuid(id: string): boolean {
  return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(id);
}
