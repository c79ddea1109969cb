import type { DateTime } from '../../base/dateTime.ts';
import type { ComplianceState } from '../../domain/compliance/storedEvaluation.ts';
import type { DeviceRecord } from '../../domain/deviceRecord.ts';
import type { Identification } from '../../domain/vocabulary/identification.ts';
import type { ManagedDeviceProperties, OperatingSystem } from '../../domain/vocabulary/signal.ts';

/** A record with the version that it was read at. */
export interface StoredDevice {
  readonly record: DeviceRecord;
  readonly etag: string;
}

/** By what a caller can name a device apart from its id. */
export const DEVICE_IDENTIFIERS = [
  'serialNumber',
  'udid',
  'imei',
  'wiFiMacAddress',
] as const satisfies readonly Identification[];

export type DeviceIdentifier = (typeof DEVICE_IDENTIFIERS)[number];

export interface DeviceReader {
  /** One point read. `undefined` where nothing is kept. @throws `deviceRecordInvalid` where it cannot be read. */
  load(deviceId: string): Promise<StoredDevice | undefined>;
  /** The devices that were enrolled with that identifier, the latest first; the caller checks which still are. One point read. */
  findDeviceIds(identifier: DeviceIdentifier, value: string): Promise<readonly string[]>;
  /** The same as it was up to a minute ago; empty where this process has not asked since. */
  cachedDeviceIds(identifier: DeviceIdentifier, value: string): readonly string[];
}

export interface DeviceStore extends DeviceReader {
  /**
   * Writes the record if it is still at `etag` (`undefined`: if it does not exist yet); returns the new version, or
   * `conflict` where somebody else was first.
   */
  save(
    record: DeviceRecord,
    etag: string | undefined,
  ): Promise<{ readonly etag: string } | 'conflict'>;
  /** Makes the device findable by these properties. Idempotent. */
  saveIdentifiers(deviceId: string, properties: ManagedDeviceProperties): Promise<void>;
}

/** Which devices the objects of Entra's directory are: what it has removed it names by these alone. */
export interface DirectoryObjects {
  /** Idempotent. */
  store(objectId: string, deviceId: string): Promise<void>;
  find(objectId: string): Promise<string | undefined>;
}

export interface DueDevices {
  /** Ids of the devices that are due at `now`, then of those whose silence is at `clock`, in pages. */
  findDue(now: DateTime, clock: DateTime): AsyncIterable<readonly string[]>;
  /** How many devices would turn silent at `clock`, and the earliest of their deadlines. */
  countSilent(clock: DateTime): Promise<{ readonly count: number; readonly earliest?: DateTime }>;
  countManaged(): Promise<number>;
  /** Whether there are so many managed devices: costs what is asked for, however many there are. */
  hasManaged(count: number): Promise<boolean>;
}

export interface ManagedDeviceIds {
  /** The next ids of enrolled devices after `after`, in their order; empty at the end. */
  listManagedIds(after: string, top: number): Promise<readonly string[]>;
}

export interface DeviceFilter {
  readonly complianceState?: ComplianceState;
  readonly operatingSystem?: OperatingSystem;
  /** In upper or lower case, as it comes. */
  readonly userPrincipalName?: string;
}

/** A record of a list that cannot be read: it must not hide the others. */
export interface UnreadableRecord {
  readonly deviceId: string;
  readonly message: string;
}

export interface DevicePage {
  readonly records: readonly DeviceRecord[];
  readonly unreadable: readonly UnreadableRecord[];
  readonly continuation?: string;
}

export interface DeviceList {
  /** One page of the managed devices, and where the next begins. An empty page with a continuation is legal. */
  list(filter: DeviceFilter, top: number, continuation: string | undefined): Promise<DevicePage>;
}
