import { connectorFor, toPlatform, type MobileThreatDefenseConnector } from './configuration.ts';
import { managedProperties, type Device } from '../devices/device.ts';

const OURS = ['enrolment', 'heartbeat', 'lastSeenDateTime'] as const;
const OF_BASIC = ['activated', 'deactivated', 'verdict'] as const;

/**
 * The device as far as the connector lets SEP Mobile say anything about it, by its two check boxes: Full integration
 * says everything, Basic its verdict alone, and read-only nothing, as where the platform is switched off: "will never
 * change a device's state". What is left out is kept, and counts again once the connector is changed.
 */
export function toPartnerView(
  device: Device,
  connector: MobileThreatDefenseConnector | undefined,
): Device {
  const properties = managedProperties(device);
  if (connector === undefined || properties === undefined) return device;
  const { isEnabled } = connectorFor(connector, toPlatform(properties.operatingSystem));
  const { reportDeviceHealthAndRisk, reportSecurityIncidents } = connector;
  if (reportDeviceHealthAndRisk && reportSecurityIncidents && isEnabled) return device;
  return {
    ...pick(device, OURS),
    ...(reportDeviceHealthAndRisk && isEnabled ? pick(device, OF_BASIC) : {}),
    deviceId: device.deviceId,
    incidents: [],
  };
}

function pick(device: Device, names: readonly (keyof Device)[]): Partial<Device> {
  return Object.fromEntries(
    names.flatMap((name) => (name in device ? [[name, device[name]]] : [])),
  );
}
