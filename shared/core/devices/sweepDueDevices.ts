import { isAhead, type DateTime } from '../../base/dateTime.ts';
import type { Configuration } from '../../domain/compliance/configuration.ts';
import { deviceClock } from '../../domain/compliance/deviceClock.ts';
import { partnerSilentSince } from '../../domain/compliance/partnerState.ts';
import { applySilenceBreaker } from './applySilenceBreaker.ts';
import { firstLines } from '../../base/log.ts';
import type { ConfigurationStore } from '../ports/configuration.ts';
import type { DeviceStore, DueDevices } from '../ports/devices.ts';
import { recomputeDevice, type RecomputeDependencies } from './recomputeDevice.ts';

export interface SweepDependencies extends RecomputeDependencies {
  readonly devices: DeviceStore & DueDevices;
  readonly configuration: ConfigurationStore;
}

/** The result of one sweep. */
export interface SweepOutcome {
  readonly visited: number;
  readonly failed: number;
  readonly isBreakerOpen: boolean;
}

/** Enough to show a common failure. More lines would crowd out the other lines of the run. */
const LINES_A_RUN = 10;

/**
 * Evaluates the devices whose deadline has passed, and sends announcements that a crash left behind. Cost grows with
 * due devices only. Keeps lists, alerts and transitions up to date; decisions do not need it, since they evaluate at
 * read time.
 */
export async function sweepDueDevices(
  dependencies: SweepDependencies,
  now: DateTime,
): Promise<SweepOutcome> {
  const configuration = await applySilenceBreaker(
    dependencies,
    await dependencies.configuration.load(),
    now,
  );
  await correctPartnerActivity(dependencies, configuration, now);
  const silentSince = partnerSilentSince(configuration, now);
  if (silentSince !== undefined)
    dependencies.log.warn(`the partner has not reported since ${silentSince}`);
  const outcome = { visited: 0, failed: 0 };
  const log = firstLines(dependencies.log, LINES_A_RUN);
  try {
    for await (const page of dependencies.devices.findDue(now, deviceClock(configuration, now))) {
      const results = await Promise.allSettled(
        page.map((deviceId) =>
          recomputeDevice({ ...dependencies, log }, { deviceId, signals: [], configuration, now }),
        ),
      );
      for (const result of results) {
        outcome.visited += 1;
        if (result.status === 'fulfilled') continue;
        outcome.failed += 1;
        log.error(`a due device could not be evaluated: ${String(result.reason)}`);
      }
    }
  } finally {
    log.end();
  }
  return { ...outcome, isBreakerOpen: configuration.silenceBreaker.state === 'open' };
}

/**
 * Replaces a partner's last report from the future by now. Evaluations ignore such a moment, but with it the partner
 * would never count as unresponsive.
 */
async function correctPartnerActivity(
  { configuration: store, log }: SweepDependencies,
  { connector }: Configuration,
  now: DateTime,
): Promise<void> {
  const lastReport = connector?.lastHeartbeatDateTime;
  if (lastReport === undefined || !isAhead(lastReport, now)) return;
  log.warn(`the partner's last report is from the future, ${lastReport}, so it counts as now`);
  await store.recordPartnerActivity(now, now);
}
