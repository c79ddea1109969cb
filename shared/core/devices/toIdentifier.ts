import { isMacAddress, macDigits } from '../../base/macAddress.ts';
import type { DeviceIdentifier } from '../ports/devices.ts';

/**
 * The form in which an identifier is compared. Only MAC addresses have several notations (RADIUS: `AA-BB-CC-DD-EE-FF`,
 * Cisco ISE: 12 hex digits); all others are compared exactly, also a text that is no MAC address.
 */
export function toIdentifier(identifier: DeviceIdentifier, value: string): string {
  return identifier === 'wiFiMacAddress' && isMacAddress(value) ? macDigits(value) : value;
}
