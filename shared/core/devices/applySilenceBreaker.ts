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

/** The breaker looks ahead by this share of the heartbeat window, so it opens before the first decision would block. */
const LOOK_AHEAD_SHARE = 0.1;
const MAX_LOOK_AHEAD_IN_SECONDS = 15 * 60;

/**
 * Returns the configuration with the current state of the silence breaker. The breaker opens if too large a share of
 * the fleet is silent or soon will be, and stops the devices' clocks at the earliest of their deadlines. It closes by
 * itself once the share is small again. Every job that marks devices without a new signal calls this first. Decisions
 * see the breaker open in time, because it looks ahead by more than the time between two sweeps.
 */
export async function applySilenceBreaker(
  { devices, configuration: store, log }: BreakerDependencies,
  configuration: Configuration,
  now: DateTime,
): Promise<Configuration> {
  const { tenantSettings, silenceBreaker } = configuration;
  if (tenantSettings === undefined) return configuration;
  const withClosedBreaker = { ...configuration, silenceBreaker: { state: 'closed' } as const };
  const clock = addSeconds(deviceClock(withClosedBreaker, now), lookAheadInSeconds(tenantSettings));
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
    await store.saveSilenceBreaker(withClosedBreaker.silenceBreaker);
    return withClosedBreaker;
  }
  return configuration;
}

function lookAheadInSeconds({ deviceHeartbeatWindowInSeconds }: TenantSettings): number {
  return Math.min(MAX_LOOK_AHEAD_IN_SECONDS, deviceHeartbeatWindowInSeconds * LOOK_AHEAD_SHARE);
}

/**
 * The fleet size from which `count` devices are within the set share. Spares the sweep from counting the whole fleet.
 */
function smallestFleetFor(count: number, { silenceBreakerShareInPercent }: TenantSettings): number {
  return Math.ceil((count * 100) / silenceBreakerShareInPercent);
}
