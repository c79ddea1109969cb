import type { Chance } from './chance.ts';
import { toOddGuid } from './oddGuid.ts';
import type { Enrolment } from './simulatedEvent.ts';

/** The devices of the group have a stricter policy. */
export const STRICT_GROUP = '5d1f3c0a-7b2e-4c6d-9e8f-0a1b2c3d4e5f';
/** Only members may use the Wi-Fi, unless they are guests too. */
export const STAFF_GROUP = 'a0b1c2d3-e4f5-4a6b-8c7d-9e0f1a2b3c4d';
export const GUEST_GROUP = 'f0e1d2c3-b4a5-4968-8778-695a4b3c2d1e';

/** The serial number that several devices have, and a user with several devices. */
export const SHARED_SERIAL = 'R58N12ABCDE';
export const SHARED_USER = 'anna@example.org';

/** What an operator enrols a device with, each time anew. */
export function createEnrolment(
  deviceId: string,
  chance: Chance,
  /** How likely the device shares its serial number and its user. */
  shared: number,
): Enrolment {
  const { happens } = chance;
  const user = happens(shared) ? SHARED_USER : `${deviceId}@example.org`;
  return {
    serialNumber: happens(shared) ? SHARED_SERIAL : `serial-of-${deviceId}`,
    udid: `udid-of-${deviceId}`,
    ...(happens(0.1) ? {} : { userPrincipalName: toOddName(user, chance) }),
    ...(happens(0.15) ? {} : { groupIds: createGroups(chance) }),
  };
}

function createGroups(chance: Chance): readonly string[] {
  const { happens } = chance;
  const groups = [
    ...(happens(0.15) ? [STRICT_GROUP] : []),
    ...(happens(0.7) ? [STAFF_GROUP] : []),
    ...(happens(0.2) ? [GUEST_GROUP] : []),
  ];
  return groups.map((group) => toOddGuid(group, chance));
}

/** Names of users mean the same in any case. */
export function toOddName(name: string, { happens, pick }: Chance): string {
  return happens(0.3)
    ? pick([name.toUpperCase(), `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`])
    : name;
}
