import type { Configuration, TenantSettings } from './configuration.ts';
import { addSeconds, earliest, type DateTime } from './dateTime.ts';
import type { Device } from './device.ts';

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

/** The moment after which a silent device is no longer compliant; `undefined` where it was never heard. */
export function heartbeatDeadline(device: Device, settings: TenantSettings): DateTime | undefined {
  return device.lastSeenDateTime === undefined
    ? undefined
    : addSeconds(device.lastSeenDateTime, settings.deviceHeartbeatWindowInSeconds);
}

/** The moment after which the partner itself counts as unresponsive; `undefined` where it was never heard. */
export function partnerDeadline({ connector }: Configuration): DateTime | undefined {
  return connector?.lastHeartbeatDateTime === undefined
    ? undefined
    : addSeconds(
        connector.lastHeartbeatDateTime,
        connector.partnerUnresponsivenessThresholdInDays * SECONDS_PER_DAY,
      );
}
