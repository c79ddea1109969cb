const SEPARATORS = /[-:.]/g;
const TWELVE_DIGITS = /^[0-9A-Fa-f]{12}$/;

/** Whether `text` is a MAC address in any usual notation: `AA-BB-…`, `AA:BB:…`, `AABB.CCDD.…`, or without separators. */
export function isMacAddress(text: string): boolean {
  return TWELVE_DIGITS.test(text.replaceAll(SEPARATORS, ''));
}

/** The hexadecimal digits of a MAC address, without separators and in lower case. */
export function macDigits(address: string): string {
  return address.replaceAll(/[^0-9A-Fa-f]/g, '').toLowerCase();
}
