import { Compile } from 'typebox/compile';
import { Type } from 'typebox';
import { ConnectorError } from '../../base/connectorError.ts';
import { managedProperties, type Device } from '../../domain/devices/device.ts';
import {
  evaluateUnreadable,
  type ComplianceEvaluation,
} from '../../domain/compliance/evaluateCompliance.ts';
import type { ManagedDeviceProperties } from '../../domain/vocabulary/signal.ts';
import { checkShape } from '../../base/validation/checkShape.ts';
import { parseJson } from '../../core/ingest/readItems.ts';
import type { UnreadableRecord } from '../../core/ports/devices.ts';
import { DeviceIdSchema } from '../../core/schemas/commonSchemas.ts';
import { ManagedDevicePropertiesSchema } from '../../core/schemas/deviceSchemas.ts';

const Properties = Compile(ManagedDevicePropertiesSchema);
const DeviceId = Compile(Type.Object({ deviceId: DeviceIdSchema }));

/** The device id in a route. @throws ConnectorError `invalidRequest` saying what is allowed. */
export function requireDeviceId(deviceId: string | undefined): string {
  const checked = checkShape(DeviceId, { deviceId });
  if (checked.ok) return checked.value.deviceId;
  throw new ConnectorError('invalidRequest', 'the device id is not valid', {
    details: checked.problems,
  });
}

/** The properties in the body of a PUT. @throws ConnectorError `invalidRequest` naming each field that is wrong. */
export function fromManagedDeviceBody(body: Uint8Array): ManagedDeviceProperties {
  const checked = checkShape(Properties, parseJson(body));
  if (checked.ok) return checked.value;
  throw new ConnectorError('invalidRequest', 'the managed device is not valid', {
    details: checked.problems,
  });
}

/** The body of contract D.3, in Graph's names; `undefined` where the device is not enrolled. */
export function toManagedDevice(
  device: Device,
  evaluation: ComplianceEvaluation,
): object | undefined {
  const properties = managedProperties(device);
  if (properties === undefined) return undefined;
  return {
    id: device.deviceId,
    deviceId: device.deviceId,
    ...properties,
    complianceState: evaluation.complianceState,
    partnerReportedThreatState: evaluation.partnerReportedThreatState,
    complianceGracePeriodExpirationDateTime: evaluation.complianceGracePeriodExpirationDateTime,
    lastDeviceHeartbeatDateTime: evaluation.lastDeviceHeartbeatDateTime,
    enrolledDateTime: device.enrolment?.observedDateTime,
  };
}

/** What a list shows of a device whose record cannot be read. */
export function toUnreadableDevice({ deviceId, message }: UnreadableRecord): object {
  const { complianceState, partnerReportedThreatState } = evaluateUnreadable(message);
  return { id: deviceId, deviceId, complianceState, partnerReportedThreatState };
}
