import { isMacAddress, macDigits } from '../../base/macAddress.ts';
import { foldGuid } from '../../base/guid.ts';
import type { KnownIdentifier } from '../ports/devices.ts';

/**
 * The form in which an identifier is compared. MAC addresses have several notations (RADIUS: `AA-BB-CC-DD-EE-FF`,
 * Cisco ISE: 12 hex digits), and the GUIDs of an MDM; all others are compared exactly, also a text that is no MAC address.
 */
export function toIdentifier(identifier: KnownIdentifier, value: string): string {
  if (identifier === 'managedDeviceId') return foldGuid(value);
  return identifier === 'wiFiMacAddress' && isMacAddress(value) ? macDigits(value) : value;
}
