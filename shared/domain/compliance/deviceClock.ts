import {
  connectorFor,
  toPlatform,
  type Configuration,
  type TenantSettings,
} from './configuration.ts';
import { addSeconds, earliest, isDateTime, latest, type DateTime } from '../../base/dateTime.ts';
import { managedProperties, type Device } from '../devices/device.ts';

const SECONDS_PER_DAY = 24 * 60 * 60;

/**
 * The moment up to which a device's silence is measured. It stops when the partner was last heard at all, and where
 * the silence breaker holds it, so that a vendor's outage is not taken for a fleet of missing phones.
 */
export function deviceClock(configuration: Configuration, now: DateTime): DateTime {
  const { silenceBreaker, connector } = configuration;
  const held = silenceBreaker.state === 'open' ? silenceBreaker.heldDateTime : undefined;
  return earliest(now, connector?.lastHeartbeatDateTime, held) ?? now;
}

/** Whether a device is silent at `now`, and if not, when it will be if nothing more is heard of it. */
export function silenceOf(
  device: Device,
  configuration: Configuration,
  now: DateTime,
): { readonly isSilent: boolean; readonly dueDateTime?: DateTime } {
  const deadline = silenceDeadline(device, configuration);
  if (deadline === undefined || !isDateTime(now)) return { isSilent: false };
  return deviceClock(configuration, now) > deadline
    ? { isSilent: true }
    : { isSilent: false, dueDateTime: deadline };
}

/** The moment after which a silent device is no longer compliant; `undefined` where it was never heard. */
export function heartbeatDeadline(device: Device, settings: TenantSettings): DateTime | undefined {
  return device.lastSeenDateTime === undefined
    ? undefined
    : addSeconds(device.lastSeenDateTime, settings.deviceHeartbeatWindowInSeconds);
}

/** The moment after which the partner itself counts as unresponsive; `undefined` where it was never heard. */
export function partnerDeadline({
  connector,
}: Pick<Configuration, 'connector'>): DateTime | undefined {
  return connector?.lastHeartbeatDateTime === undefined
    ? undefined
    : addSeconds(
        connector.lastHeartbeatDateTime,
        connector.partnerUnresponsivenessThresholdInDays * SECONDS_PER_DAY,
      );
}

/**
 * The earlier of the two deadlines of Intune's "Is active": the heartbeats of the app, where they are listened to,
 * and the last contact of any kind.
 */
function silenceDeadline(device: Device, configuration: Configuration): DateTime | undefined {
  const { tenantSettings } = configuration;
  if (tenantSettings === undefined) return undefined;
  const lastContact = latest(device.lastSeenDateTime, device.enrolment?.observedDateTime);
  return earliest(
    isHeard(device, configuration) ? heartbeatDeadline(device, tenantSettings) : undefined,
    lastContact &&
      addSeconds(
        lastContact,
        tenantSettings.deviceComplianceCheckinThresholdDays * SECONDS_PER_DAY,
      ),
  );
}

/** A read-only integration and a platform that is switched off never change a device's state, by silence neither. */
function isHeard(device: Device, { connector }: Configuration): boolean {
  const properties = managedProperties(device);
  if (connector === undefined || properties === undefined) return true;
  const { isEnabled } = connectorFor(connector, toPlatform(properties.operatingSystem));
  return connector.reportDeviceHealthAndRisk && isEnabled;
}
