import type { DateTime } from '../../base/dateTime.ts';
import type { ComplianceState } from '../../domain/compliance/complianceState.ts';
import type { DeviceRecord } from '../../domain/deviceRecord.ts';
import type { Identification } from '../../domain/vocabulary/identification.ts';
import type { OperatingSystem } from '../../domain/vocabulary/signal.ts';

/** A record with the version at which it was read. */
export interface StoredDevice {
  readonly record: DeviceRecord;
  readonly etag: string;
}

/** The identifiers, beside its id, by which a caller can name a device. */
const DEVICE_IDENTIFIERS = [
  'serialNumber',
  'udid',
  'imei',
  'wiFiMacAddress',
] as const satisfies readonly Identification[];

export type DeviceIdentifier = (typeof DEVICE_IDENTIFIERS)[number];

/** The identifiers by which a device is found: callers name it by most of them, event sources by Intune's id as well. */
export const KNOWN_IDENTIFIERS = [...DEVICE_IDENTIFIERS, 'managedDeviceId'] as const;

export type KnownIdentifier = (typeof KNOWN_IDENTIFIERS)[number];

/** What a device is enrolled with, as far as it is found by it. */
export type EnrolledIdentifiers = Readonly<Partial<Record<KnownIdentifier, string>>>;

/** `toChange` finds all that is stored about the device, before something is added to it. The default is `toRead`. */
export type LoadPurpose = 'toRead' | 'toChange';

/** The devices that were enrolled with one identifier. */
export interface SharingDevices {
  /** Newest first. Some may no longer be enrolled; the caller must check. */
  readonly deviceIds: readonly string[];
  /** Whether further enrolled devices may have the identifier. An answer must not be based on `deviceIds` then. */
  readonly hasMore: boolean;
}

export interface DeviceReader {
  /**
   * The record of a device, by its id in any spelling; `undefined` if there is none. One point read. An older release may
   * have stored the record of a GUID under another spelling, so a second read follows, once a minute, where there is
   * none; with `toChange` also while nobody has reported on the device. @throws `deviceRecordInvalid` if the record cannot be read.
   */
  load(deviceId: string, purpose?: LoadPurpose): Promise<StoredDevice | undefined>;
  /**
   * The same for an answer. A device that is asked about very often is not read each time: its record may be up to a
   * second old then, but never older than the last write of this process.
   */
  loadForAnswer(deviceId: string): Promise<StoredDevice | undefined>;
  /** One point read, always: a device that another process enrolled is found by the next question. */
  findDeviceIds(identifier: KnownIdentifier, value: string): Promise<SharingDevices>;
}

export interface DeviceStore extends DeviceReader {
  /**
   * Writes the record if it is still at `etag`; `undefined` creates it. Returns `conflict` if another writer was first.
   */
  save(
    record: DeviceRecord,
    etag: string | undefined,
  ): Promise<{ readonly etag: string } | 'conflict'>;
  /** Makes `findDeviceIds` find the device by these identifiers. Idempotent. */
  saveIdentifiers(deviceId: string, identifiers: EnrolledIdentifiers): Promise<void>;
}

/** What can be kept of a record that cannot be read. */
export interface SalvagedRecord {
  readonly record: DeviceRecord;
  /** `facts`: all facts about the device. `enrolment`: no good news, but the enrolment and the bad news, as far as they can be read. */
  readonly kept: 'facts' | 'enrolment' | 'nothing';
}

/** A record that cannot be read, with the version at which it was found. */
export interface SalvagedDevice extends SalvagedRecord {
  readonly etag: string;
  /** Why it cannot be read. */
  readonly problem: string;
  readonly document: unknown;
}

export interface UnreadableRecords {
  /** The record if it cannot be read; `undefined` if it can be, or if there is none. */
  salvage(deviceId: string): Promise<SalvagedDevice | undefined>;
}

/** Devices by their object id in Entra's directory. Entra names removed devices by the object id alone. */
export interface DirectoryObjects {
  /** Idempotent. */
  store(objectId: string, deviceId: string): Promise<void>;
  find(objectId: string): Promise<string | undefined>;
}

export interface DueDevices {
  /** Ids of the devices that are due at `now`, then of those that are silent at `clock`, in pages. */
  findDue(now: DateTime, clock: DateTime): AsyncIterable<readonly string[]>;
  /** How many devices are silent at `clock` and not marked yet. */
  countSilent(clock: DateTime): Promise<number>;
  countManaged(): Promise<number>;
  /** Whether there are at least `count` managed devices. The cost grows with `count`, not with the fleet. */
  hasManaged(count: number): Promise<boolean>;
}

export interface ManagedDeviceIds {
  /** At most `top` ids of enrolled devices after `after`, in order; empty at the end. */
  listManagedIds(after: string, top: number): Promise<readonly string[]>;
}

export interface DeviceFilter {
  readonly complianceState?: ComplianceState;
  readonly operatingSystem?: OperatingSystem;
  /** In any case and Unicode form. */
  readonly userPrincipalName?: string;
}

/** A record that cannot be read. It must not hide the other records of a list. */
export interface UnreadableRecord {
  readonly deviceId: string;
  readonly message: string;
}

export interface DevicePage {
  readonly records: readonly DeviceRecord[];
  readonly unreadable: readonly UnreadableRecord[];
  /** The position of the next page; absent on the last one. */
  readonly continuation?: string;
}

export interface DeviceList {
  /** One page of the managed devices. An empty page with a continuation is legal. */
  list(filter: DeviceFilter, top: number, continuation: string | undefined): Promise<DevicePage>;
}
