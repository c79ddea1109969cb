const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const GUID_IN_BRACES = /^\{([^{}]{36})\}$/;

/** Microsoft's services write this GUID for a missing id. */
export const EMPTY_GUID = '00000000-0000-0000-0000-000000000000';

/** Whether `text` is a GUID in the form that Microsoft Graph uses: hexadecimal digits with hyphens, in either case. */
export function isGuid(text: string): boolean {
  return GUID.test(text);
}

/** Writes 32 hexadecimal digits as a GUID. */
export function toGuid(digits: string): string {
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/**
 * The one form in which a GUID is compared: in lower case, without braces. Every other text is returned unchanged.
 * Case has no meaning in a GUID (RFC 9562 section 4), and Microsoft's tools also write it in braces.
 */
export function foldGuid(text: string): string {
  const bare = GUID_IN_BRACES.exec(text)?.[1] ?? text;
  return GUID.test(bare) ? bare.toLowerCase() : text;
}

/** Whether `value` is the GUID for a missing id, in any spelling. */
export function isEmptyGuid(value: unknown): boolean {
  return typeof value === 'string' && foldGuid(value) === EMPTY_GUID;
}

/** Whether two ids are the same: GUIDs in any spelling, every other text exactly. */
export function isSameId(a: string, b: string): boolean {
  return a === b || foldGuid(a) === foldGuid(b);
}
