import type { Configuration, TenantSettings } from './domain/configuration.ts';
import type { DateTime } from './domain/dateTime.ts';
import { deviceClock } from './domain/deviceClock.ts';
import type { ConnectorStore, DeviceStore, DueDevices } from './ports.ts';
import { recomputeDevice, type RecomputeDependencies } from './recomputeDevice.ts';

export interface SweepDependencies extends RecomputeDependencies {
  readonly devices: DeviceStore & DueDevices;
  readonly configuration: ConnectorStore;
}

/** What one sweep did. */
export interface SweepOutcome {
  readonly visited: number;
  readonly failed: number;
  readonly isHeld: boolean;
}

/**
 * Evaluates the devices whose deadline has passed, and tells what a crash left untold. Costs what is due.
 * Answers do not wait for it: they are computed at read time. It keeps lists, alerts and transitions true.
 */
export async function expireHeartbeats(
  dependencies: SweepDependencies,
  now: DateTime,
): Promise<SweepOutcome> {
  const configuration = await applyBreaker(
    dependencies,
    await dependencies.configuration.load(),
    now,
  );
  const outcome = { visited: 0, failed: 0 };
  for await (const page of dependencies.devices.findDue(now, deviceClock(configuration, now))) {
    const results = await Promise.allSettled(
      page.map((deviceId) =>
        recomputeDevice(dependencies, { deviceId, signals: [], configuration, now }),
      ),
    );
    for (const result of results) {
      outcome.visited += 1;
      if (result.status === 'fulfilled') continue;
      outcome.failed += 1;
      dependencies.log.error(`a due device could not be evaluated: ${String(result.reason)}`);
    }
  }
  return { ...outcome, isHeld: configuration.silenceBreaker.state === 'open' };
}

/**
 * The configuration with the breaker as it should be now. It opens where one sweep would turn too large a share of
 * the fleet silent, and holds the devices' clocks at the earliest of those deadlines; it closes by itself once the
 * share is small again.
 */
async function applyBreaker(
  { devices, configuration: store, log }: SweepDependencies,
  configuration: Configuration,
  now: DateTime,
): Promise<Configuration> {
  const { tenantSettings, silenceBreaker } = configuration;
  if (tenantSettings === undefined) return configuration;
  const unheld = { ...configuration, silenceBreaker: { state: 'closed' } as const };
  const silent = await devices.countSilent(deviceClock(unheld, now));
  const isTooMany =
    silent.count >= tenantSettings.silenceBreakerMinimumDevices &&
    isLargeShare(silent.count, await devices.countManaged(), tenantSettings);
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

function isLargeShare(count: number, total: number, settings: TenantSettings): boolean {
  return count * 100 > total * settings.silenceBreakerShareInPercent;
}
