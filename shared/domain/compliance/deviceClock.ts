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
 * The moment up to which a device's silence is measured. The partner's last report and an open silence breaker stop this
 * clock, so a vendor outage does not look like a fleet of silent phones.
 */
export function deviceClock(configuration: Configuration, now: DateTime): DateTime {
  const { silenceBreaker, connector } = configuration;
  const held = silenceBreaker.state === 'open' ? silenceBreaker.heldDateTime : undefined;
  return earliest(now, connector?.lastHeartbeatDateTime, held) ?? now;
}

/** Whether the device is silent at `now`; if not, the moment at which it will be without another report. */
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

/** After this moment a silent device is no longer compliant; `undefined` if nothing was ever reported on it. */
export function heartbeatDeadline(device: Device, settings: TenantSettings): DateTime | undefined {
  const since = device.lastSeenDateTime ?? device.assessedSinceDateTime;
  return since && addSeconds(since, settings.deviceHeartbeatWindowInSeconds);
}

/** After this moment the partner itself counts as unresponsive; `undefined` if it never reported. */
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
 * The earlier of two deadlines of Intune's "Is active": one for the app's heartbeats, if the connector accepts them, and
 * one for the last contact of any kind.
 */
function silenceDeadline(device: Device, configuration: Configuration): DateTime | undefined {
  const { tenantSettings } = configuration;
  if (tenantSettings === undefined) return undefined;
  const lastContact = latest(device.lastSeenDateTime, device.enrolment?.observedDateTime);
  return earliest(
    isAccepted(device, configuration) ? heartbeatDeadline(device, tenantSettings) : undefined,
    lastContact &&
      addSeconds(
        lastContact,
        tenantSettings.deviceComplianceCheckinThresholdDays * SECONDS_PER_DAY,
      ),
  );
}

/** A read-only integration, or a platform that is switched off, never changes a device's state, nor does its silence. */
function isAccepted(device: Device, { connector }: Configuration): boolean {
  const properties = managedProperties(device);
  if (connector === undefined || properties === undefined) return true;
  const { isEnabled } = connectorFor(connector, toPlatform(properties.operatingSystem));
  return connector.reportDeviceHealthAndRisk && isEnabled;
}
