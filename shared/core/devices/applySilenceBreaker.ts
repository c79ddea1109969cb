import type {
  Configuration,
  SilenceBreaker,
  TenantSettings,
} from '../../domain/compliance/configuration.ts';
import { addSeconds, earliest, type DateTime } from '../../base/dateTime.ts';
import { deviceClock, isBreakerOver } from '../../domain/compliance/deviceClock.ts';
import { isRecentSilence, lookAheadInSeconds } from '../../domain/compliance/partnerSilence.ts';
import type { Log } from '../../base/log.ts';
import type { ConfigurationStore } from '../ports/configuration.ts';
import type { DueDevices } from '../ports/devices.ts';

export interface BreakerDependencies {
  readonly devices: DueDevices;
  readonly configuration: ConfigurationStore;
  readonly log: Log;
}

const CLOSED = { state: 'closed' } as const;

/**
 * Returns the configuration with the current state of the silence breaker. The breaker opens if too large a share of
 * the fleet is silent or soon will be, and stops the devices' clocks where they stand: a device that is silent already
 * stays silent. It closes by itself once the share is small again. If it ends by the wall clock first, the silence counts
 * as confirmed, so the clocks go on. Every job that marks devices without a new signal calls this first. Decisions see
 * the breaker open in time, because it looks ahead by more than the time between two sweeps.
 */
export async function applySilenceBreaker(
  dependencies: BreakerDependencies,
  configuration: Configuration,
  now: DateTime,
): Promise<Configuration> {
  if (configuration.tenantSettings === undefined) return configuration;
  const count = await countTooMany(dependencies, configuration.tenantSettings, configuration, now);
  const breaker = nextBreaker(dependencies.log, configuration, count, now);
  if (breaker === configuration.silenceBreaker) return configuration;
  await dependencies.configuration.saveSilenceBreaker(breaker);
  return { ...configuration, silenceBreaker: breaker };
}

/** The number of devices that are silent or soon will be, if that is too many at once; else 0. */
async function countTooMany(
  { devices }: BreakerDependencies,
  tenantSettings: TenantSettings,
  configuration: Configuration,
  now: DateTime,
): Promise<number> {
  const clock = addSeconds(runningClock(configuration, now), lookAheadInSeconds(configuration));
  const count = await devices.countSilent(clock);
  if (count < tenantSettings.silenceBreakerMinimumDevices) return 0;
  return (await devices.hasManaged(smallestFleetFor(count, tenantSettings))) ? 0 : count;
}

/** The state that follows; the same object if nothing changes. A confirmation is valid as long as a hold would be. */
function nextBreaker(
  log: Log,
  configuration: Configuration,
  tooMany: number,
  now: DateTime,
): SilenceBreaker {
  const { silenceBreaker } = configuration;
  const isOver = isBreakerOver(configuration, now);
  if (tooMany === 0) return silenceBreaker.state === 'closed' ? silenceBreaker : CLOSED;
  if (!isOver) return silenceBreaker;
  if (silenceBreaker.state === 'open') {
    // The alert on an opened breaker finds these words too.
    log.error(
      `the hold since the silence breaker opened has ended: ${String(tooMany)} devices turn noncompliant`,
    );
    return { state: 'confirmed', confirmedDateTime: now };
  }
  log.error(`silence breaker opened: ${String(tooMany)} devices would turn noncompliant at once`);
  const heldDateTime = clockBeforeWave(configuration, now);
  return { state: 'open', heldDateTime, openedDateTime: now };
}

/** The devices' clock if no breaker stopped it. */
function runningClock(configuration: Configuration, now: DateTime): DateTime {
  return deviceClock({ ...configuration, silenceBreaker: CLOSED }, now);
}

/**
 * Where the breaker stops the devices' clock. The end of the partner's silence moves that clock on by hours at once, so
 * many devices can become silent at that moment. If it was just now, the clock goes back to where it stood before.
 */
function clockBeforeWave(configuration: Configuration, now: DateTime): DateTime {
  const clock = runningClock(configuration, now);
  const silence = configuration.connector?.lastPartnerSilence;
  return silence !== undefined && isRecentSilence(configuration, silence, now)
    ? (earliest(clock, silence.beganDateTime) ?? clock)
    : clock;
}

/**
 * The fleet size from which `count` devices are within the set share. Spares the sweep from counting the whole fleet.
 */
function smallestFleetFor(count: number, { silenceBreakerShareInPercent }: TenantSettings): number {
  return Math.ceil((count * 100) / silenceBreakerShareInPercent);
}
