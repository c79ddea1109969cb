import { macDigits } from '../../base/macAddress.ts';
import type { DeviceIdentifier } from '../ports/devices.ts';

/**
 * The form in which an identifier is compared. Ids are compared exactly; a MAC address alone is written in many ways
 * (RADIUS: `AA-BB-CC-DD-EE-FF`, Cisco ISE: 12 hex digits) and means one thing.
 */
export function toIdentifier(identifier: DeviceIdentifier, value: string): string {
  return identifier === 'wiFiMacAddress' ? macDigits(value) : value;
}
