import {
  connectorFor,
  toPlatform,
  type Configuration,
  type TenantSettings,
} from './configuration.ts';
import {
  addSeconds,
  earliest,
  isAhead,
  isDateTime,
  latest,
  type DateTime,
} from '../../base/dateTime.ts';
import { managedProperties, type Device } from '../devices/device.ts';

const SECONDS_PER_HOUR = 60 * 60;
const SECONDS_PER_DAY = 24 * SECONDS_PER_HOUR;

/**
 * The moment up to which a device's silence is measured. The partner's last report and an open silence breaker stop this
 * clock, so a vendor outage does not look like a fleet of silent phones. The breaker's hold ends here, by the wall clock,
 * so it also ends if no timer runs. A partner's report from the future does not stop the clock.
 */
export function deviceClock(configuration: Configuration, now: DateTime): DateTime {
  const { silenceBreaker, connector } = configuration;
  const isHeld = silenceBreaker.state === 'open' && !isBreakerOver(configuration, now);
  const held = isHeld ? silenceBreaker.heldDateTime : undefined;
  return earliest(now, connector?.lastHeartbeatDateTime, held) ?? now;
}

/**
 * How long any protection may stop the clocks of devices, in seconds: as long as the tenant settings say, and never
 * longer than the partner itself may be silent. 0 without tenant settings.
 */
export function maximumHoldInSeconds({ tenantSettings, connector }: Configuration): number {
  const { maximumHoldInHours = 0 } = tenantSettings ?? {};
  const { partnerUnresponsivenessThresholdInDays: days = Infinity } = connector ?? {};
  return Math.min(maximumHoldInHours * SECONDS_PER_HOUR, days * SECONDS_PER_DAY);
}

/**
 * The moment at which the silence breaker ends by itself: an open one no longer stops the clocks, and a confirmed one no
 * longer prevents another opening. `undefined` while it is closed.
 */
export function breakerEndDateTime(configuration: Configuration): DateTime | undefined {
  const { silenceBreaker } = configuration;
  if (silenceBreaker.state === 'closed') return undefined;
  const began =
    silenceBreaker.state === 'open'
      ? silenceBreaker.openedDateTime
      : silenceBreaker.confirmedDateTime;
  return addSeconds(began, maximumHoldInSeconds(configuration));
}

/** Whether the silence breaker has ended by itself. One that began in the future would last too long, so it is over. */
export function isBreakerOver(configuration: Configuration, now: DateTime): boolean {
  const end = breakerEndDateTime(configuration);
  if (end === undefined) return true;
  const latestEnd = addSeconds(now, maximumHoldInSeconds(configuration));
  return now >= end || isAhead(end, latestEnd);
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
