import { latest, type DateTime } from '../../../base/dateTime.ts';
import { defined } from '../../../base/defined.ts';
import type { AskedDevice } from '../../../core/decisions/deviceIdentification.ts';
import type { EvaluatedDevice, EvaluatedDevices } from '../../../core/decisions/readDevice.ts';
import { DEVICE_IDENTIFIERS, type DeviceIdentifier } from '../../../core/ports/devices.ts';
import { isCompliantOrInGrace } from '../../../domain/compliance/complianceState.ts';
import type { ComplianceEvaluation } from '../../../domain/compliance/evaluateCompliance.ts';
import type { Device } from '../../../domain/devices/device.ts';
import type {
  ManagedDeviceProperties,
  PhysicalTelemetry,
} from '../../../domain/vocabulary/signal.ts';

/** Intune NAC and Cisco ISE: an enrolled device, before it gets the form of either. */
export interface NacDevice {
  /** Empty if the answer is about an identifier that too many devices have. */
  readonly deviceId: string;
  /** Compliant, or still in its grace period. */
  readonly isCompliant: boolean;
  readonly evaluation: ComplianceEvaluation;
  /** If the record cannot be read: absent, or only the identifier that the NAC asked for. */
  readonly properties?: Partial<ManagedDeviceProperties>;
  readonly physical?: PhysicalTelemetry;
  /** When the device last reported or was enrolled. */
  readonly lastContactDateTime?: DateTime;
}

/** The device for a NAC answer; `undefined` if it is not enrolled. */
export function toNacDevice({ device, evaluation }: EvaluatedDevice): NacDevice | undefined {
  if (device === undefined || evaluation.properties === undefined) return undefined;
  const lastContactDateTime = lastContact(device);
  return {
    deviceId: device.deviceId,
    isCompliant: isCompliantOrInGrace(evaluation),
    evaluation,
    properties: evaluation.properties,
    ...defined({ physical: device.physical?.value, lastContactDateTime }),
  };
}

/**
 * One answer for all devices that a NAC may mean: the first one that is not compliant, because any of them may be the one
 * that asks. If that one cannot be read, or too many devices have the identifier, the answer has only the identifier;
 * `undefined` if no device is enrolled with it.
 */
export function toWorstNacDevice(
  asked: AskedDevice,
  evaluated: EvaluatedDevices,
): NacDevice | undefined {
  const { identifiedBy, value } = asked;
  const worst =
    evaluated.find(({ evaluation }) => !isCompliantOrInGrace(evaluation)) ?? evaluated[0];
  const { device, evaluation } = worst;
  if (device !== undefined || evaluation.complianceState !== 'error') return toNacDevice(worst);
  return isDeviceIdentifier(identifiedBy)
    ? { deviceId: '', isCompliant: false, evaluation, properties: { [identifiedBy]: value } }
    : { deviceId: value, isCompliant: false, evaluation };
}

function isDeviceIdentifier(name: string): name is DeviceIdentifier {
  return (DEVICE_IDENTIFIERS as readonly string[]).includes(name);
}

function lastContact({ lastSeenDateTime, enrolment }: Device): DateTime | undefined {
  return latest(lastSeenDateTime, enrolment?.observedDateTime);
}
