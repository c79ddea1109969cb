import { foldGuid, isGuid } from '../../base/guid.ts';

/**
 * The form of a device id in which devices are stored and compared. Entra's device ids are GUIDs, which senders and
 * callers write in either case and in braces: it is in lower case, without braces. Every other id is returned unchanged,
 * because it is opaque. Every door calls this function on the ids that it reads.
 */
export function toDeviceId(text: string): string {
  return foldGuid(text);
}

/**
 * The ids under which an older release may have stored the record of `deviceId`, if it is not stored under that id
 * itself: releases before `toDeviceId` kept the sender's spelling. That is the id in capitals, and `asked`, the spelling
 * that led here. Empty for an id that is no GUID.
 */
export function formerDeviceIds(asked: string): readonly string[] {
  const deviceId = toDeviceId(asked);
  if (!isGuid(deviceId)) return [];
  return [...new Set([deviceId.toUpperCase(), asked])].filter((id) => id !== deviceId);
}
