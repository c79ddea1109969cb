import { createHash } from 'node:crypto';
import type { ManagedDeviceProperties } from '../../domain/vocabulary/signal.ts';

const MARK_LENGTH = 6;

/** Tells one enrolled user of a device from the next without naming either; empty where the device is not enrolled. */
export function toOwnerMark(properties: ManagedDeviceProperties | undefined): string {
  if (properties === undefined) return '';
  const { userPrincipalName = '', userId = '' } = properties;
  const content = JSON.stringify([userPrincipalName.toLowerCase(), userId]);
  return createHash('sha256').update(content).digest('base64url').slice(0, MARK_LENGTH);
}
