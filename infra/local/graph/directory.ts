import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../../../shared/base/jsonObject.ts';
import { Groups, type MemberChange, type Members, type MemberType } from './groups.ts';
import { TrackedCollection, type ChangeCounter } from './trackedCollection.ts';

/** A device to enrol: Intune's `managedDevice`, from which the directory derives its `device`. */
export interface EnrolledDevice {
  readonly azureADDeviceId: string;
  readonly operatingSystem: string;
  readonly osVersion: string;
  readonly [property: string]: unknown;
}

/** The current content of a directory, without its history. */
export interface DirectorySnapshot {
  readonly devices: readonly JsonObject[];
  readonly managedDevices: readonly JsonObject[];
  readonly groups: Readonly<Record<string, Members>>;
}

/** The devices and groups of a tenant, with their changes. */
export class Directory {
  private readonly counter: ChangeCounter = { last: 0 };
  readonly devices = new TrackedCollection(this.counter, 'deviceId');
  readonly managedDevices = new TrackedCollection(this.counter, 'azureADDeviceId');
  private readonly groups = new Groups(this.counter);
  /** The ids of directory objects by device id. */
  private readonly objectIds = new Map<string, string>();
  /** The ids of Intune's managed devices by device id. */
  private readonly managedIds = new Map<string, string>();

  constructor(snapshot?: DirectorySnapshot) {
    for (const device of snapshot?.devices ?? []) {
      this.devices.put(String(device['id']), device);
      this.objectIds.set(keyOf(device['deviceId']), String(device['id']));
    }
    for (const device of snapshot?.managedDevices ?? []) {
      this.managedDevices.put(String(device['id']), device);
      this.managedIds.set(keyOf(device['azureADDeviceId']), String(device['id']));
    }
    for (const [groupId, members] of Object.entries(snapshot?.groups ?? {}))
      this.groups.setMembers(groupId, members);
  }

  /** The number of the last change. */
  lastChange(): number {
    return this.counter.last;
  }

  /** The directory object of the device with this `deviceId`. */
  findDevice(deviceId: string): JsonObject | undefined {
    return this.devices.get(this.objectIds.get(keyOf(deviceId)) ?? '');
  }

  /** Registers a device and enrols it in Intune, or updates both; returns the ids of the two objects. */
  enrol(device: EnrolledDevice): { readonly id: string; readonly managedDeviceId: string } {
    const { azureADDeviceId: deviceId } = device;
    const key = keyOf(deviceId);
    const id = this.objectIds.get(key) ?? randomUUID();
    const managedDeviceId = this.managedIds.get(key) ?? randomUUID();
    this.objectIds.set(key, id);
    this.managedIds.set(key, managedDeviceId);
    this.devices.put(id, {
      deviceId,
      displayName: device['deviceName'] ?? null,
      operatingSystem: device.operatingSystem,
      operatingSystemVersion: device.osVersion,
      isManaged: true,
    });
    this.managedDevices.put(managedDeviceId, device);
    return { id, managedDeviceId };
  }

  /** Removes the device from Intune; its object stays in the directory. */
  retire(deviceId: string): void {
    const key = keyOf(deviceId);
    this.managedDevices.remove(this.managedIds.get(key) ?? '');
    this.managedIds.delete(key);
    const id = this.objectIds.get(key);
    if (id !== undefined) this.devices.put(id, { isManaged: false });
  }

  /** Deletes the device from Intune and the directory. */
  remove(deviceId: string): void {
    const key = keyOf(deviceId);
    this.managedDevices.remove(this.managedIds.get(key) ?? '');
    this.devices.remove(this.objectIds.get(key) ?? '');
    this.managedIds.delete(key);
    this.objectIds.delete(key);
  }

  /** Replaces the direct members of a group; creates the group if it does not exist. */
  setMembers(groupId: string, members: Members): void {
    this.groups.setMembers(groupId, members);
  }

  groupIds(): readonly string[] {
    return this.groups.ids();
  }

  /** The changes of a group's direct members after `since`. If `since` is 0 these are the current members. */
  memberChanges(groupId: string, since: number): readonly MemberChange[] {
    return this.groups.memberChanges(groupId, since);
  }

  /** The members of the group and of the groups within it; `undefined` if there is no such group. */
  transitiveMembers(groupId: string): ReadonlyMap<string, MemberType> | undefined {
    return this.groups.transitiveMembers(groupId);
  }

  snapshot(): DirectorySnapshot {
    return {
      devices: this.devices.list(),
      managedDevices: this.managedDevices.list(),
      groups: this.groups.snapshot(),
    };
  }
}

/** Ids are compared in lower case. */
function keyOf(deviceId: unknown): string {
  return String(deviceId).toLowerCase();
}
