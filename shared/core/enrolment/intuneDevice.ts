import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { isEmptyGuid } from '../../base/guid.ts';
import { toDeviceId } from '../../domain/vocabulary/deviceId.ts';
import { withOneSpelling } from '../devices/withOneSpelling.ts';
import type { ManagedDeviceProperties, OperatingSystem } from '../../domain/vocabulary/signal.ts';
import { findProblems } from '../../base/validation/findProblems.ts';
import { DeviceIdSchema, IdSchema } from '../schemas/commonSchemas.ts';
import { ManagedDevicePropertiesSchema } from '../schemas/deviceSchemas.ts';

/** A phone or tablet in Intune. */
export interface IntuneDevice {
  readonly deviceId: string;
  readonly managedDeviceId: string;
  /**
   * In UTC, or empty if Intune gives no readable one. Of two with the same `deviceId` the later one counts; the other is
   * left over from an earlier enrolment.
   */
  readonly enrolledDateTime: string;
  /** Without groups, which Intune does not report. */
  readonly properties: ManagedDeviceProperties;
  /** The properties that were left out because they cannot be read, and the version if Intune has none yet. */
  readonly leftOut: readonly string[];
}

/** Why an entry of Intune's list is not enrolled. */
export type PassedOver =
  /** Windows, macOS, Linux, … */
  | 'otherPlatform'
  /** Entra does not know the device, so nothing can name it to this system. */
  | 'notInEntra'
  /** Its ids or its platform cannot be read. */
  | 'unreadable';

/** The properties to select in Graph. */
export const MANAGED_DEVICE_PROPERTIES = [
  'id',
  'azureADDeviceId',
  'enrolledDateTime',
  'operatingSystem',
  'osVersion',
  'deviceName',
  'userPrincipalName',
  'userId',
  'serialNumber',
  'udid',
  'imei',
  'wiFiMacAddress',
  'managedDeviceOwnerType',
] as const;

const OPTIONAL = MANAGED_DEVICE_PROPERTIES.slice(5);

const Ids = Compile(Type.Object({ id: IdSchema, azureADDeviceId: DeviceIdSchema }));
const Properties = Compile(ManagedDevicePropertiesSchema);
const MAX_VERSION_LENGTH = 100;

/**
 * The version of a device that Intune has not asked for its version yet. It is no version, so a rule about the version
 * is in error. A text that is not empty, because records of the first release must have one.
 */
export const UNKNOWN_VERSION = 'unknown';

/**
 * The device in an element of Graph's `managedDevices`, or why it is not enrolled. A property that cannot be read is
 * left out, so it does not cost the device its enrolment. A user who is gone is an empty text, as Intune writes it.
 */
export function readManagedDevice(value: unknown): IntuneDevice | PassedOver {
  const all = (value ?? {}) as Readonly<Record<string, unknown>>;
  const platform = all['operatingSystem'];
  if (typeof platform !== 'string' || platform.trim() === '') return 'unreadable';
  const operatingSystem = toOperatingSystem(platform);
  if (operatingSystem === undefined) return 'otherPlatform';
  if (isWithoutEntra(all['azureADDeviceId'])) return 'notInEntra';
  if (!Ids.Check(value)) return 'unreadable';
  const { osVersion, isVersionKnown } = readVersion(all['osVersion']);
  const properties = {
    operatingSystem,
    osVersion,
    ...Object.fromEntries(OPTIONAL.flatMap((name) => readProperty(name, all[name]))),
  };
  const invalid = new Set(
    findProblems(Properties, properties).map(({ path }) => path.split('/')[1] ?? ''),
  );
  return {
    deviceId: toDeviceId(value.azureADDeviceId),
    managedDeviceId: value.id,
    enrolledDateTime: readDateTime(all['enrolledDateTime']),
    properties: withOneSpelling(
      Object.fromEntries(
        Object.entries(properties).filter(([name]) => !invalid.has(name)),
      ) as unknown as ManagedDeviceProperties,
    ),
    leftOut: [...(isVersionKnown ? [] : ['osVersion']), ...invalid],
  };
}

/** The phones and tablets among these elements, the latest enrolment of each. */
export function readManagedDevices(values: readonly unknown[]): readonly IntuneDevice[] {
  return latestOfEach(values.map(readManagedDevice).filter((each) => typeof each === 'object'));
}

/** Intune writes the empty GUID, or nothing, for a device that is not registered in Entra. */
function isWithoutEntra(deviceId: unknown): boolean {
  return deviceId === null || deviceId === '' || isEmptyGuid(deviceId);
}

function readVersion(value: unknown): {
  readonly osVersion: string;
  readonly isVersionKnown: boolean;
} {
  const text = typeof value === 'string' ? value.trim().slice(0, MAX_VERSION_LENGTH) : '';
  return { osVersion: text || UNKNOWN_VERSION, isVersionKnown: text !== '' };
}

type Optional = (typeof OPTIONAL)[number];

/** Nothing, if Intune says nothing. Of a user that is an answer too: the device has none. */
function readProperty(name: Optional, value: unknown): readonly (readonly [Optional, unknown])[] {
  if (value === undefined) return [];
  if (name === 'userId' || name === 'userPrincipalName')
    return [[name, value === null || isEmptyGuid(value) ? '' : value]];
  return value === null || value === '' ? [] : [[name, value]];
}

function readDateTime(value: unknown): string {
  const moment = new Date(typeof value === 'string' ? value : '');
  return Number.isNaN(moment.getTime()) ? '' : moment.toISOString();
}

/** Reads Graph's many spellings: `AndroidEnterprise`, `AndroidForWork`, `IPhone`, `iPad`. */
export function toOperatingSystem(name: string): OperatingSystem | undefined {
  if (/^android/i.test(name)) return 'Android';
  if (/^ipad/i.test(name)) return 'iPadOS';
  return /^(ios|iphone)/i.test(name) ? 'iOS' : undefined;
}

/** For each `deviceId`, the device that was enrolled last. */
function latestOfEach(devices: readonly IntuneDevice[]): readonly IntuneDevice[] {
  const latest = new Map<string, IntuneDevice>();
  for (const device of devices) {
    const known = latest.get(device.deviceId);
    if (known === undefined || known.enrolledDateTime <= device.enrolledDateTime)
      latest.set(device.deviceId, device);
  }
  return [...latest.values()];
}
