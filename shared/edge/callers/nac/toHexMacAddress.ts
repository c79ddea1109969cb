/** A MAC address as network access controls write it: 12 hexadecimal digits without a separator. */
export function toHexMacAddress(address: string | undefined): string | undefined {
  return address?.replaceAll(/[^0-9A-Fa-f]/g, '').toUpperCase();
}
