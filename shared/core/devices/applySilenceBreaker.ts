import type { Configuration, TenantSettings } from '../../domain/compliance/configuration.ts';
import { addSeconds, type DateTime } from '../../base/dateTime.ts';
import { deviceClock } from '../../domain/compliance/deviceClock.ts';
import type { Log } from '../../base/log.ts';
import type { ConfigurationStore } from '../ports/configuration.ts';
import type { DueDevices } from '../ports/devices.ts';

export interface BreakerDependencies {
  readonly devices: DueDevices;
  readonly configuration: ConfigurationStore;
  readonly log: Log;
}

/** The breaker looks ahead by this share of the window, so that it is open before the first answer would block. */
const LOOK_AHEAD_SHARE = 0.1;
const MAX_LOOK_AHEAD_IN_SECONDS = 15 * 60;

/**
 * The configuration with the breaker as it should be now. It opens where too large a share of the fleet is silent or
 * about to be, and holds the devices' clocks at the earliest of those deadlines; it closes by itself once the share is
 * small again. Everything that marks devices without a signal of theirs asks this first; answers, which mark nobody,
 * find it open because it looks ahead by more than the time between two sweeps.
 */
export async function applySilenceBreaker(
  { devices, configuration: store, log }: BreakerDependencies,
  configuration: Configuration,
  now: DateTime,
): Promise<Configuration> {
  const { tenantSettings, silenceBreaker } = configuration;
  if (tenantSettings === undefined) return configuration;
  const unheld = { ...configuration, silenceBreaker: { state: 'closed' } as const };
  const clock = addSeconds(deviceClock(unheld, now), lookAheadInSeconds(tenantSettings));
  const silent = await devices.countSilent(clock);
  const isTooMany =
    silent.count >= tenantSettings.silenceBreakerMinimumDevices &&
    !(await devices.hasManaged(smallestFleetFor(silent.count, tenantSettings)));
  if (isTooMany && silenceBreaker.state === 'confirmed') return configuration;
  if (isTooMany && silent.earliest !== undefined && silenceBreaker.state === 'closed') {
    log.error(
      `silence breaker opened: ${String(silent.count)} devices would turn noncompliant at once`,
    );
    const breaker = { state: 'open', heldDateTime: silent.earliest, openedDateTime: now } as const;
    await store.saveSilenceBreaker(breaker);
    return { ...configuration, silenceBreaker: breaker };
  }
  if (!isTooMany && silenceBreaker.state !== 'closed') {
    await store.saveSilenceBreaker(unheld.silenceBreaker);
    return unheld;
  }
  return configuration;
}

function lookAheadInSeconds({ deviceHeartbeatWindowInSeconds }: TenantSettings): number {
  return Math.min(MAX_LOOK_AHEAD_IN_SECONDS, deviceHeartbeatWindowInSeconds * LOOK_AHEAD_SHARE);
}

/** Of how many managed devices so many are no larger share than is set. A sweep must not count them all to know. */
function smallestFleetFor(count: number, { silenceBreakerShareInPercent }: TenantSettings): number {
  return Math.ceil((count * 100) / silenceBreakerShareInPercent);
}
