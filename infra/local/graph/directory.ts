import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../jsonObject.ts';
import {
  createTrackedCollection,
  type ChangeCounter,
  type TrackedCollection,
} from './trackedCollection.ts';

/** A member of a group: what it is, and since which change; one that left stays with when it did. */
interface Membership {
  readonly type: MemberType;
  readonly at: number;
  readonly isRemoved: boolean;
}

export type MemberType = 'user' | 'device' | 'group';

export interface MemberChange extends Membership {
  readonly id: string;
}

/** A device as somebody enrols it: Intune's `managedDevice`, of which the directory's `device` is made. */
export interface EnrolledDevice {
  readonly azureADDeviceId: string;
  readonly operatingSystem: string;
  readonly osVersion: string;
  readonly [property: string]: unknown;
}

/** What the tenant holds, and what happens in it. */
export interface Directory {
  /** The number of the last change. */
  lastChange(): number;
  readonly devices: TrackedCollection;
  readonly managedDevices: TrackedCollection;
  /** The directory object of the device with this `deviceId`. */
  findDevice(deviceId: string): JsonObject | undefined;
  /** Registers the device and enrols it in Intune, or changes both; returns the ids of the two objects. */
  enrol(device: EnrolledDevice): { readonly id: string; readonly managedDeviceId: string };
  /** Ends what Intune has of the device; its object stays in the directory. */
  retire(deviceId: string): void;
  /** Deletes the device altogether. */
  remove(deviceId: string): void;
  /** Makes these, and nobody else, the direct members of the group, which is made where it is not there. */
  setMembers(groupId: string, members: Readonly<Record<string, MemberType>>): void;
  groupIds(): readonly string[];
  /** Direct members, with who left after `since`. */
  memberChanges(groupId: string, since: number): readonly MemberChange[];
  snapshot(): DirectorySnapshot;
  /** Whoever is in the group or in a group within it, that group among them; `undefined` where there is no such group. */
  transitiveMembers(groupId: string): ReadonlyMap<string, MemberType> | undefined;
}

/** All that a directory holds now, without what happened before. */
export interface DirectorySnapshot {
  readonly devices: readonly JsonObject[];
  readonly managedDevices: readonly JsonObject[];
  readonly groups: Readonly<Record<string, Readonly<Record<string, MemberType>>>>;
}

/** A directory with what stands in `snapshot`; an empty one without. */
export function createDirectory(snapshot?: DirectorySnapshot): Directory {
  const counter: ChangeCounter = { last: 0 };
  const devices = createTrackedCollection(counter, 'deviceId');
  const managedDevices = createTrackedCollection(counter, 'azureADDeviceId');
  const objectIds = new Map<string, string>();
  const managedIds = new Map<string, string>();
  const groups = new Map<string, Map<string, Membership>>();
  for (const device of snapshot?.devices ?? []) {
    devices.put(String(device['id']), device);
    objectIds.set(keyOf(device['deviceId']), String(device['id']));
  }
  for (const device of snapshot?.managedDevices ?? []) {
    managedDevices.put(String(device['id']), device);
    managedIds.set(keyOf(device['azureADDeviceId']), String(device['id']));
  }

  const direct = (groupId: string): readonly (readonly [string, Membership])[] =>
    [...(groups.get(groupId) ?? [])].filter(([, { isRemoved }]) => !isRemoved);

  const collect = (groupId: string, found: Map<string, MemberType>): Map<string, MemberType> => {
    for (const [id, { type }] of direct(groupId)) {
      if (found.has(id)) continue;
      found.set(id, type);
      if (type === 'group') collect(id, found);
    }
    return found;
  };

  const setMembers: Directory['setMembers'] = (groupId, members) => {
    const known = groups.get(groupId) ?? new Map<string, Membership>();
    counter.last += 1;
    const at = counter.last;
    for (const [id, { type, isRemoved }] of known)
      if (members[id] === undefined && !isRemoved) known.set(id, { type, at, isRemoved: true });
    for (const [id, type] of Object.entries(members))
      if (known.get(id)?.isRemoved !== false) known.set(id, { type, at, isRemoved: false });
    groups.set(groupId, known);
  };
  for (const [groupId, members] of Object.entries(snapshot?.groups ?? {}))
    setMembers(groupId, members);

  return {
    lastChange: () => counter.last,
    devices,
    managedDevices,
    findDevice: (deviceId) => devices.get(objectIds.get(keyOf(deviceId)) ?? ''),
    enrol(device) {
      const { azureADDeviceId: deviceId } = device;
      const key = keyOf(deviceId);
      const id = objectIds.get(key) ?? randomUUID();
      const managedDeviceId = managedIds.get(key) ?? randomUUID();
      objectIds.set(key, id);
      managedIds.set(key, managedDeviceId);
      devices.put(id, {
        deviceId,
        displayName: device['deviceName'] ?? null,
        operatingSystem: device.operatingSystem,
        operatingSystemVersion: device.osVersion,
        isManaged: true,
      });
      managedDevices.put(managedDeviceId, device);
      return { id, managedDeviceId };
    },
    retire(deviceId) {
      const key = keyOf(deviceId);
      managedDevices.remove(managedIds.get(key) ?? '');
      managedIds.delete(key);
      const id = objectIds.get(key);
      if (id !== undefined) devices.put(id, { isManaged: false });
    },
    remove(deviceId) {
      const key = keyOf(deviceId);
      managedDevices.remove(managedIds.get(key) ?? '');
      devices.remove(objectIds.get(key) ?? '');
      managedIds.delete(key);
      objectIds.delete(key);
    },
    setMembers,
    groupIds: () => [...groups.keys()],
    memberChanges: (groupId, since) =>
      [...(groups.get(groupId) ?? [])]
        .map(([id, membership]) => ({ id, ...membership }))
        .filter(({ at, isRemoved }) => at > since && !(isRemoved && since === 0)),
    snapshot: () => ({
      devices: devices.list(),
      managedDevices: managedDevices.list(),
      groups: Object.fromEntries(
        [...groups.keys()].map((groupId) => [
          groupId,
          Object.fromEntries(direct(groupId).map(([id, { type }]) => [id, type])),
        ]),
      ),
    }),
    transitiveMembers: (groupId) => (groups.has(groupId) ? collect(groupId, new Map()) : undefined),
  };
}

/** Ids are compared in lower case. */
function keyOf(deviceId: unknown): string {
  return String(deviceId).toLowerCase();
}
