import { addSeconds, type DateTime } from '../../base/dateTime.ts';
import { DEFENCES } from '../vocabulary/threat.ts';
import { boundIncidents } from './boundIncidents.ts';
import { compactTelemetry } from './compactTelemetry.ts';
import type { Device } from './device.ts';
import { withTombstones } from './mergeIncidents.ts';

/**
 * Tombstones stay this long after the report of the resolution arrived. Partners repeat reports for days, not for
 * months.
 */
export const TOMBSTONE_RETENTION_IN_DAYS = 30;

/**
 * The device in a form of bounded size: incidents bounded, telemetry compact, and old tombstones gone. A function of its
 * own, because the merge must not read a clock, and must be a join. Returns the same object if nothing changes.
 */
export function tidyDevice(device: Device, now: DateTime): Device {
  const { sources } = device;
  if (sources === undefined) return tidyReports(device, 1, now);
  const share = 1 / (Object.keys(sources).length + 1);
  const tidied = Object.entries(sources).map(([id, reports]) => {
    const { deviceId } = device;
    const before: Device = { deviceId, ...reports };
    const { deviceId: _, ...after } = tidyReports(before, share, now);
    return [id, isSameReports(after, reports) ? reports : after] as const;
  });
  const own = tidyReports(device, share, now);
  return tidied.every(([id, reports]) => reports === sources[id])
    ? own
    : { ...own, sources: Object.fromEntries(tidied) };
}

function tidyReports(device: Device, share: number, now: DateTime): Device {
  return boundIncidents(dropOld(withTombstones(withCompactTelemetry(device)), now), share);
}

function isSameReports(after: object, before: object): boolean {
  const names = Object.keys(after) as (keyof typeof after)[];
  return (
    names.length === Object.keys(before).length &&
    names.every((name) => after[name] === before[name])
  );
}

/** After the retention no sender repeats the reports of these incidents, and no hold lasts as long. */
function dropOld(device: Device, now: DateTime): Device {
  const { tombstones = [], faultsSince = {}, ...rest } = device;
  const horizon = addSeconds(now, -TOMBSTONE_RETENTION_IN_DAYS * 24 * 60 * 60);
  const kept = tombstones.filter(({ receivedDateTime }) => receivedDateTime > horizon);
  const recent = Object.entries(faultsSince).filter(([, since]) => since > horizon);
  const isSame =
    kept.length === tombstones.length && recent.length === Object.keys(faultsSince).length;
  if (isSame) return device;
  return {
    ...rest,
    ...(kept.length === 0 ? {} : { tombstones: kept }),
    ...(recent.length === 0 ? {} : { faultsSince: Object.fromEntries(recent) }),
  };
}

/** The first release stored whole reports. */
function withCompactTelemetry(device: Device): Device {
  const compact = DEFENCES.flatMap((defence) => {
    const report = device[defence];
    if (report === undefined) return [];
    const value = compactTelemetry({ [defence]: report.value })[defence];
    return JSON.stringify(value) === JSON.stringify(report.value)
      ? []
      : [[defence, { ...report, value }] as const];
  });
  return compact.length === 0 ? device : { ...device, ...Object.fromEntries(compact) };
}
