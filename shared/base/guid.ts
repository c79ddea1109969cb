const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Microsoft's services write this GUID for a missing id. */
export const EMPTY_GUID = '00000000-0000-0000-0000-000000000000';

/** Whether `text` is a GUID in the form that Microsoft Graph uses: hexadecimal digits with hyphens, in either case. */
export function isGuid(text: string): boolean {
  return GUID.test(text);
}

/** A GUID in small letters, since case means nothing in it (RFC 9562 section 4); any other text as it is. */
export function foldGuid(text: string): string {
  return isGuid(text) ? text.toLowerCase() : text;
}

/** Writes 32 hexadecimal digits as a GUID. */
export function toGuid(digits: string): string {
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
