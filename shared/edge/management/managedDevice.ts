import { isJsonObject } from '../../base/jsonObject.ts';
import { Compile } from 'typebox/compile';
import { sizeInBytes } from '../../base/boundText.ts';
import { isEmptyGuid } from '../../base/guid.ts';
import { invalidRequest } from '../../base/validation/invalidRequest.ts';
import { requireShape } from '../../base/validation/requireShape.ts';
import { parseJson } from '../../core/ingest/readItems.ts';
import type { UnreadableRecord } from '../../core/ports/devices.ts';
import { ManagedDevicePropertiesSchema } from '../../core/schemas/deviceSchemas.ts';
import {
  evaluateUnreadable,
  type ComplianceEvaluation,
} from '../../domain/compliance/evaluateCompliance.ts';
import { withOneSpelling } from '../../core/devices/withOneSpelling.ts';
import { managedProperties, type Device } from '../../domain/devices/device.ts';
import { USER_PROPERTIES, type ManagedDeviceProperties } from '../../domain/vocabulary/signal.ts';

const Properties = Compile(ManagedDevicePropertiesSchema);

/**
 * The properties in the body of a PUT. As in Graph, `null` is an absent value; for a property that names the user, `null`
 * and the empty GUID say that the device has none. Ids and addresses get one spelling.
 * @throws ConnectorError `invalidRequest` naming each field that is wrong.
 */
export function fromManagedDeviceBody(body: Uint8Array): ManagedDeviceProperties {
  const value = parseJson(body);
  const given = isJsonObject(value)
    ? Object.fromEntries(
        Object.entries(value)
          .map(([name, each]) => [name, isNoUser(name, each) ? '' : each] as const)
          .filter(([, each]) => each !== null),
      )
    : value;
  const properties = requireShape(Properties, given, 'the managed device is not valid');
  requireRoomForGroups(properties);
  return withOneSpelling(properties);
}

/** Room for 400 GUIDs. A device record is bounded, and the groups of a device without room would be unknown. */
const MAX_GROUP_BYTES = 16 * 1024;

function requireRoomForGroups({ groupIds = [] }: ManagedDeviceProperties): void {
  const size = sizeInBytes(JSON.stringify(groupIds));
  if (size <= MAX_GROUP_BYTES) return;
  const message = `must not exceed ${String(MAX_GROUP_BYTES)} bytes in all, which is room for 400 GUIDs`;
  throw invalidRequest('the managed device is not valid', { path: '/groupIds', message });
}

function isNoUser(name: string, value: unknown): boolean {
  return USER_PROPERTIES.some((each) => each === name) && (value === null || isEmptyGuid(value));
}

/** An enrolled device as Graph's `managedDevice`; `undefined` if the device is not enrolled. */
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

/** The entry in a list for a device whose record cannot be read. */
export function toUnreadableDevice({ deviceId, message }: UnreadableRecord): object {
  const { complianceState, partnerReportedThreatState } = evaluateUnreadable(message);
  return { id: deviceId, deviceId, complianceState, partnerReportedThreatState };
}
