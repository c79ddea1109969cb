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
import { defined } from '../../base/defined.ts';
import { managedProperties, reportsOf, type Device } from '../devices/device.ts';
import type { EventSource } from '../vocabulary/eventSource.ts';
import { isOwnSourceEnabled, lastSeenOf } from './lastSeenOf.ts';

const SECONDS_PER_HOUR = 60 * 60;
const SECONDS_PER_DAY = 24 * SECONDS_PER_HOUR;

/**
 * The moment up to which a device's silence is measured. The partner's last report and an open silence breaker stop this
 * clock, so a vendor outage does not look like a fleet of silent phones. The breaker's hold ends here, by the wall clock,
 * so it also ends if no timer runs. A partner's report from the future does not stop the clock.
 */
export function deviceClock(configuration: Configuration, now: DateTime): DateTime {
  const { connector } = configuration;
  return earliest(now, connector?.lastHeartbeatDateTime, heldDateTime(configuration, now)) ?? now;
}

/** Since when the open silence breaker stops the clocks. */
function heldDateTime(configuration: Configuration, now: DateTime): DateTime | undefined {
  const { silenceBreaker } = configuration;
  const isHeld = silenceBreaker.state === 'open' && !isBreakerOver(configuration, now);
  return isHeld ? silenceBreaker.heldDateTime : undefined;
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

/** Whether a device is silent, and to whom. */
export interface Silence {
  readonly isSilent: boolean;
  /** The event source to which it is silent; absent for the source `default`. */
  readonly source?: EventSource;
  /** The moment at which the device will be silent without another report. */
  readonly dueDateTime?: DateTime;
  /** When to look again, by the wall clock: the clock of a source stands still. */
  readonly recheckDateTime?: DateTime;
}

/** Whether the device is silent at `now`; if not, the moment at which it will be without another report. */
export function silenceOf(device: Device, configuration: Configuration, now: DateTime): Silence {
  if (!isDateTime(now)) return { isSilent: false };
  const own = ownSilence(device, configuration, now);
  if (configuration.eventSources.length === 0 || device.sources === undefined) return own;
  const all = [own, ...sourceSilences(device, configuration, now)];
  return (
    all.find(({ isSilent }) => isSilent) ?? {
      isSilent: false,
      ...defined({
        dueDateTime: earliest(...all.map(({ dueDateTime }) => dueDateTime)),
        recheckDateTime: earliest(...all.map(({ recheckDateTime }) => recheckDateTime)),
      }),
    }
  );
}

function ownSilence(device: Device, configuration: Configuration, now: DateTime): Silence {
  const deadline = silenceDeadline(device, configuration);
  if (deadline === undefined) return { isSilent: false };
  return deviceClock(configuration, now) > deadline
    ? { isSilent: true }
    : { isSilent: false, dueDateTime: deadline };
}

/** While a source is silent itself, the sweep looks at its silent devices once an hour only. */
const RECHECK_IN_SECONDS = SECONDS_PER_HOUR;

/** The silence of the device to each source that promises signs of life, by that source's own clock. */
function sourceSilences(
  device: Device,
  configuration: Configuration,
  now: DateTime,
): readonly Silence[] {
  if (!isAccepted(device, configuration)) return [];
  return configuration.eventSources.flatMap((source): readonly Silence[] => {
    const { id, isEnabled, silenceWindowInSeconds: window, lastEventDateTime } = source;
    const reports = isEnabled && window !== undefined ? reportsOf(device, id) : undefined;
    const since = reports?.lastSeenDateTime ?? reports?.assessedSinceDateTime;
    if (since === undefined || window === undefined) return [];
    const deadline = addSeconds(since, window);
    const clock = earliest(now, lastEventDateTime, heldDateTime(configuration, now)) ?? now;
    if (clock > deadline) return [{ isSilent: true, source }];
    return now > deadline
      ? [{ isSilent: false, recheckDateTime: addSeconds(now, RECHECK_IN_SECONDS) }]
      : [{ isSilent: false, dueDateTime: deadline }];
  });
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
  const lastContact = latest(lastSeenOf(device, configuration), device.enrolment?.observedDateTime);
  return earliest(
    isAccepted(device, configuration) && isOwnSourceEnabled(configuration)
      ? heartbeatDeadline(device, tenantSettings)
      : undefined,
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
