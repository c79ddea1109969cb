import { connectorFor, toPlatform, type MobileThreatDefenseConnector } from './configuration.ts';
import { managedProperties, type Device } from '../devices/device.ts';

const OWN_FACTS = ['enrolment', 'heartbeat', 'lastSeenDateTime', 'assessedSinceDateTime'] as const;
const BASIC_FACTS = ['activated', 'deactivated', 'verdict'] as const;

/**
 * The device with only the facts that the connector accepts from SEP Mobile, by its two check boxes. Full integration
 * reports everything, Basic only the verdict. Read-only reports nothing ("will never change a device's state"), and nor
 * does a platform that is switched off. The stored device keeps the other facts, so they count again once the
 * connector changes.
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
    ...pick(device, OWN_FACTS),
    ...(reportDeviceHealthAndRisk && isEnabled ? pick(device, BASIC_FACTS) : {}),
    deviceId: device.deviceId,
    incidents: [],
  };
}

function pick(device: Device, names: readonly (keyof Device)[]): Partial<Device> {
  return Object.fromEntries(
    names.flatMap((name) => (name in device ? [[name, device[name]]] : [])),
  );
}
