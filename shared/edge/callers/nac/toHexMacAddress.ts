/** Intune NAC and Cisco ISE: a MAC address as 12 hexadecimal digits in upper case without a separator. */
export function toHexMacAddress(address: string | undefined): string | undefined {
  return address?.replaceAll(/[^0-9A-Fa-f]/g, '').toUpperCase();
}
