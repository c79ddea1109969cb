import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { EMPTY_GUID } from '../../base/guid.ts';
import type { ManagedDeviceProperties, OperatingSystem } from '../../domain/vocabulary/signal.ts';
import { findProblems } from '../../base/validation/checkShape.ts';
import { DeviceIdSchema, IdSchema } from '../schemas/commonSchemas.ts';
import { ManagedDevicePropertiesSchema } from '../schemas/deviceSchemas.ts';

/** A phone or tablet as Intune has it. */
export interface IntuneDevice {
  readonly deviceId: string;
  readonly managedDeviceId: string;
  /** The later of two with the same `deviceId` counts: the other is what was left of an earlier enrolment. */
  readonly enrolledDateTime: string;
  /** Without groups, which Intune does not say. */
  readonly properties: ManagedDeviceProperties;
}

/** What is asked for of each. */
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
 * The device in an element of Graph's `managedDevices`; `undefined` where it is neither a phone nor a tablet, or Entra
 * does not know it. What says nothing, or what we could not keep, is left out, as nobody would gain by losing the
 * device.
 */
export function fromManagedDevice(value: unknown): IntuneDevice | undefined {
  if (!Known.Check(value) || value.azureADDeviceId === EMPTY_GUID) return undefined;
  const operatingSystem = toOperatingSystem(value.operatingSystem);
  if (operatingSystem === undefined) return undefined;
  const all = value as Readonly<Record<string, unknown>>;
  const said = OPTIONAL.filter(
    (name) => all[name] !== undefined && all[name] !== null && all[name] !== '',
  );
  const properties = {
    operatingSystem,
    osVersion: value.osVersion.slice(0, MAX_VERSION_LENGTH),
    ...Object.fromEntries(said.map((name) => [name, all[name]])),
  };
  const wrong = new Set(findProblems(Properties, properties).map(({ path }) => path.slice(1)));
  return {
    deviceId: value.azureADDeviceId.toLowerCase(),
    managedDeviceId: value.id,
    enrolledDateTime: typeof all['enrolledDateTime'] === 'string' ? all['enrolledDateTime'] : '',
    properties: Object.fromEntries(
      Object.entries(properties).filter(([name]) => !wrong.has(name)),
    ) as unknown as ManagedDeviceProperties,
  };
}

const MAX_VERSION_LENGTH = 100;

/** Graph writes them in many ways: `AndroidEnterprise`, `AndroidForWork`, `IPhone`, `iPad`. */
export function toOperatingSystem(name: string): OperatingSystem | undefined {
  if (/^android/i.test(name)) return 'Android';
  if (/^ipad/i.test(name)) return 'iPadOS';
  return /^(ios|iphone)/i.test(name) ? 'iOS' : undefined;
}

/** One for each `deviceId`: the one that was enrolled last. */
export function latestOfEach(devices: readonly IntuneDevice[]): readonly IntuneDevice[] {
  const latest = new Map<string, IntuneDevice>();
  for (const device of devices) {
    const known = latest.get(device.deviceId);
    if (known === undefined || known.enrolledDateTime <= device.enrolledDateTime)
      latest.set(device.deviceId, device);
  }
  return [...latest.values()];
}
