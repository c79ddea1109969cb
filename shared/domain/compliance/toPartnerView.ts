import { connectorFor, toPlatform, type MobileThreatDefenseConnector } from './configuration.ts';
import { managedProperties, type Device } from '../devices/device.ts';

const OWN_FACTS = ['enrolment', 'heartbeat', 'lastSeenDateTime', 'assessedSinceDateTime'] as const;
const BASIC_FACTS = [
  'activated',
  'deactivated',
  'verdict',
  'knownVerdict',
  'doubtfulVerdicts',
  'unreadableCleared',
  'faultsSince',
] as const;

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
    ...(reportDeviceHealthAndRisk && isEnabled ? basicFacts(device) : {}),
    deviceId: device.deviceId,
    incidents: [],
  };
}

/** An unreadable event may be one about the risk. */
function basicFacts(device: Device): Partial<Device> {
  const { risk, event } = device.unreadable ?? {};
  const unreadable = { ...(risk && { risk }), ...(event && { event }) };
  return { ...pick(device, BASIC_FACTS), ...(device.unreadable && { unreadable }) };
}

function pick(device: Device, names: readonly (keyof Device)[]): Partial<Device> {
  return Object.fromEntries(
    names.flatMap((name) => (name in device ? [[name, device[name]]] : [])),
  );
}
