/**
 * Twelve hexadecimal digits in either case, alone or with `:`, `-` or `.` between pairs: `AA:BB:CC:DD:EE:FF`,
 * `aa-bb-cc-dd-ee-ff` (IEEE 802, RFC 3580 section 3.21), Cisco's `aabb.ccdd.eeff`, and `AABBCCDDEEFF`.
 */
export const MAC_ADDRESS_PATTERN = '^[0-9A-Fa-f]{2}([:.-]?[0-9A-Fa-f]{2}){5}$';
const MAC_ADDRESS = new RegExp(MAC_ADDRESS_PATTERN);

/** Whether `text` is a MAC address in any usual notation. */
export function isMacAddress(text: string): boolean {
  return MAC_ADDRESS.test(text);
}

/** The digits of a MAC address without separators and in lower case, in which addresses are compared. */
export function macDigits(address: string): string {
  return address.replaceAll(/[:.-]/g, '').toLowerCase();
}

/** The one form in which a MAC address is stored: `AA:BB:CC:DD:EE:FF`; `undefined` if `text` is no MAC address. */
export function toMacAddress(text: string): string | undefined {
  return isMacAddress(text)
    ? macDigits(text)
        .toUpperCase()
        .replaceAll(/(..)(?=.)/g, '$1:')
    : undefined;
}
