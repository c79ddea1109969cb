import { createHash } from 'node:crypto';
import { foldName } from '../../base/foldName.ts';
import { foldGuid } from '../../base/guid.ts';
import type { ManagedDeviceProperties } from '../../domain/vocabulary/signal.ts';

const MARK_LENGTH = 6;

/** Distinguishes successive users of a device without naming them; empty if the device is not enrolled. */
export function toOwnerMark(properties: ManagedDeviceProperties | undefined): string {
  if (properties === undefined) return '';
  const { userPrincipalName = '', userId = '' } = properties;
  const content = JSON.stringify([foldName(userPrincipalName), foldGuid(userId)]);
  return createHash('sha256').update(content).digest('base64url').slice(0, MARK_LENGTH);
}
