import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { EMPTY_GUID } from '../../base/guid.ts';
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
  /** Of two with the same `deviceId` the later one counts; the other is left over from an earlier enrolment. */
  readonly enrolledDateTime: string;
  /** Without groups, which Intune does not report. */
  readonly properties: ManagedDeviceProperties;
  /** Names of the properties that are left out because they cannot be read; absent if there are none. */
  readonly unreadable?: readonly string[];
}

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

const Known = Compile(
  Type.Object({
    id: IdSchema,
    azureADDeviceId: DeviceIdSchema,
    operatingSystem: Type.String(),
    osVersion: Type.String({ minLength: 1 }),
  }),
);
const Properties = Compile(ManagedDevicePropertiesSchema);

/**
 * The device in an element of Graph's `managedDevices`; `undefined` if it is neither a phone nor a tablet, or Entra
 * does not know it. Empty and invalid properties are left out, so they do not cost the device its enrolment.
 */
export function fromManagedDevice(value: unknown): IntuneDevice | undefined {
  if (!Known.Check(value)) return undefined;
  const deviceId = toDeviceId(value.azureADDeviceId);
  if (deviceId === EMPTY_GUID) return undefined;
  const operatingSystem = toOperatingSystem(value.operatingSystem);
  if (operatingSystem === undefined) return undefined;
  const all = value as Readonly<Record<string, unknown>>;
  const present = OPTIONAL.filter(
    (name) => all[name] !== undefined && all[name] !== null && all[name] !== '',
  );
  const properties = {
    operatingSystem,
    osVersion: value.osVersion.slice(0, MAX_VERSION_LENGTH),
    ...Object.fromEntries(present.map((name) => [name, all[name]])),
  };
  const invalid = new Set(findProblems(Properties, properties).map(({ path }) => path.slice(1)));
  return {
    deviceId,
    managedDeviceId: value.id,
    enrolledDateTime: typeof all['enrolledDateTime'] === 'string' ? all['enrolledDateTime'] : '',
    properties: withOneSpelling(
      Object.fromEntries(
        Object.entries(properties).filter(([name]) => !invalid.has(name)),
      ) as unknown as ManagedDeviceProperties,
    ),
    ...(invalid.size === 0 ? {} : { unreadable: [...invalid] }),
  };
}

const MAX_VERSION_LENGTH = 100;

/** Reads Graph's many spellings: `AndroidEnterprise`, `AndroidForWork`, `IPhone`, `iPad`. */
export function toOperatingSystem(name: string): OperatingSystem | undefined {
  if (/^android/i.test(name)) return 'Android';
  if (/^ipad/i.test(name)) return 'iPadOS';
  return /^(ios|iphone)/i.test(name) ? 'iOS' : undefined;
}

/** For each `deviceId`, the device that was enrolled last. */
export function latestOfEach(devices: readonly IntuneDevice[]): readonly IntuneDevice[] {
  const latest = new Map<string, IntuneDevice>();
  for (const device of devices) {
    const known = latest.get(device.deviceId);
    if (known === undefined || known.enrolledDateTime <= device.enrolledDateTime)
      latest.set(device.deviceId, device);
  }
  return [...latest.values()];
}
