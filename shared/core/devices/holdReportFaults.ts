import { ConnectorError, isTransient } from '../../base/connectorError.ts';
import { addSeconds, earliest, type DateTime } from '../../base/dateTime.ts';
import type { Log } from '../../base/log.ts';
import { mapConcurrently } from '../../base/mapConcurrently.ts';
import { retryOnConflict, type Pausing } from '../../base/retryOnConflict.ts';
import type { Configuration, TenantSettings } from '../../domain/compliance/configuration.ts';
import { createDeviceRecord } from '../../domain/deviceRecord.ts';
import { faultsOf } from '../../domain/devices/mergeSignals.ts';
import {
  anyWordOf,
  reportFaultId,
  type KnownReportFault,
  type ReportFault,
} from '../../domain/vocabulary/reportFault.ts';
import type { DeviceSignal } from '../../domain/vocabulary/signal.ts';
import type {
  ConfigurationCache,
  ConfigurationDocuments,
  ConfigurationReader,
} from '../ports/configuration.ts';
import type { DeviceReader, DueDevices } from '../ports/devices.ts';
import { blockingFaults } from './blockingFaults.ts';

const KIND = 'reportFault';
const WINDOW_IN_SECONDS = 60 * 60;
const MAX_CONCURRENCY = 16;
const MAX_TRIES = 12;
/** Each evaluation reads them all. Beyond this number only all unknown words of a field are counted together. */
const MAX_KNOWN_FAULTS = 100;

export interface HoldDependencies extends Pausing {
  readonly devices: Pick<DeviceReader, 'load'> & Pick<DueDevices, 'hasManaged'>;
  readonly configuration: ConfigurationReader & ConfigurationCache;
  readonly documents: ConfigurationDocuments;
  readonly log: Log;
}

/** The signals about one device. */
export interface DeviceSignals {
  readonly deviceId: string;
  readonly signals: readonly DeviceSignal[];
}

/**
 * Counts the devices that the faults of these signals would newly block, and holds a fault that would block more than the
 * breaker's share of the devices within an hour: a vendor that changes its words must not lock out a company. Call it
 * before the signals are merged, so the hold begins before the first device of the batch is blocked. Costs nothing while
 * no report has a fault.
 * @throws ConnectorError `serviceNotAvailable`; then the signals must not be merged.
 */
export async function holdReportFaults(
  dependencies: HoldDependencies,
  devices: readonly DeviceSignals[],
  now: DateTime,
): Promise<void> {
  const doubtful = devices.filter(({ signals }) =>
    signals.some((signal) => faultsOf(signal).length > 0),
  );
  if (doubtful.length === 0) return;
  dependencies.configuration.forget();
  const configuration = await dependencies.configuration.load();
  if (configuration.tenantSettings === undefined) return;
  const blocked = await findBlocked(dependencies, doubtful, configuration, now);
  for (const each of blocked.values()) await countBlocked(dependencies, each, configuration, now);
}

/** The devices that one fault would newly block. */
interface Blocked {
  readonly fault: ReportFault;
  deviceCount: number;
  /** When the first of their reports arrived. */
  sinceDateTime: DateTime;
}

async function findBlocked(
  { devices }: HoldDependencies,
  doubtful: readonly DeviceSignals[],
  configuration: Configuration,
  now: DateTime,
): Promise<ReadonlyMap<string, Blocked>> {
  const blocked = new Map<string, Blocked>();
  await mapConcurrently(doubtful, MAX_CONCURRENCY, async ({ deviceId, signals }) => {
    const record = (await loadRecord(devices, deviceId)) ?? createDeviceRecord(deviceId);
    for (const fault of blockingFaults(record, signals, configuration, now)) {
      const arrived = earliest(...signals.map(({ receivedDateTime }) => receivedDateTime)) ?? now;
      const known = blocked.get(reportFaultId(fault));
      blocked.set(reportFaultId(fault), {
        fault,
        deviceCount: (known?.deviceCount ?? 0) + 1,
        sinceDateTime: earliest(known?.sinceDateTime, arrived) ?? arrived,
      });
    }
  });
  return blocked;
}

/** A record that cannot be read blocks already. An error that a repeat does not mend must not stop the batch. */
async function loadRecord(
  devices: HoldDependencies['devices'],
  deviceId: string,
): Promise<ReturnType<typeof createDeviceRecord> | undefined> {
  try {
    return (await devices.load(deviceId))?.record;
  } catch (error) {
    if (isTransient(error)) throw error;
    return undefined;
  }
}

/** Counts for the word. Unless that is held, counts for all unknown words of the field too. */
async function countBlocked(
  dependencies: HoldDependencies,
  blocked: Blocked,
  configuration: Configuration,
  now: DateTime,
): Promise<void> {
  const isRoomLeft = configuration.reportFaults.length < MAX_KNOWN_FAULTS;
  const isKnown = configuration.reportFaults.some(({ id }) => id === reportFaultId(blocked.fault));
  if (isRoomLeft || isKnown) {
    const state = await count(dependencies, blocked, configuration, now);
    if (state !== 'counting') return;
  }
  const any = { ...blocked, fault: anyWordOf(blocked.fault) };
  await count(dependencies, any, configuration, now);
}

/** Adds the devices to the count of the fault, and returns its state. */
function count(
  dependencies: HoldDependencies,
  { fault, deviceCount, sinceDateTime }: Blocked,
  configuration: Configuration,
  now: DateTime,
): Promise<KnownReportFault['state']> {
  const { documents, log } = dependencies;
  const id = reportFaultId(fault);
  const limit = { maxTries: MAX_TRIES, toError: () => changedTooOften(id) };
  return retryOnConflict(dependencies, limit, async () => {
    const stored = await documents.loadDocument(KIND, id);
    const known = stored?.document as unknown as KnownReportFault | undefined;
    if (known?.state === 'resolved') return known.state;
    if (known?.state === 'held')
      return spare(dependencies, { known, etag: stored?.etag }, sinceDateTime);
    const counted = addToWindow(known, fault, deviceCount, now);
    const isTooMany = await exceedsShare(dependencies, counted, configuration.tenantSettings);
    const next: KnownReportFault = isTooMany
      ? { ...counted, state: 'held', heldDateTime: sinceDateTime, lastModifiedDateTime: now }
      : counted;
    const saved = await documents.saveDocument({ kind: KIND, ...next }, stored?.etag);
    if (saved === 'conflict') return 'conflict';
    dependencies.configuration.forget();
    if (isTooMany) log.error(toHoldMessage(next));
    return next.state;
  });
}

/**
 * Lets a hold begin before these reports arrived: a queue keeps no order, so they may be read after reports that came later
 * and began the hold. They would block more devices than the share.
 */
async function spare(
  { documents, configuration }: HoldDependencies,
  { known, etag }: { readonly known: KnownReportFault; readonly etag: string | undefined },
  sinceDateTime: DateTime,
): Promise<KnownReportFault['state'] | 'conflict'> {
  if (known.heldDateTime === undefined || known.heldDateTime <= sinceDateTime) return known.state;
  const document = { kind: KIND, ...known, heldDateTime: sinceDateTime };
  if ((await documents.saveDocument(document, etag)) === 'conflict') return 'conflict';
  configuration.forget();
  return known.state;
}

function addToWindow(
  known: KnownReportFault | undefined,
  fault: ReportFault,
  deviceCount: number,
  now: DateTime,
): KnownReportFault {
  const began = known?.windowBeganDateTime;
  const isOpen = began !== undefined && now < addSeconds(began, WINDOW_IN_SECONDS);
  return {
    ...known,
    ...fault,
    id: reportFaultId(fault),
    state: 'counting',
    windowBeganDateTime: isOpen ? began : now,
    newlyBlockedDeviceCount: (isOpen ? (known?.newlyBlockedDeviceCount ?? 0) : 0) + deviceCount,
  };
}

/** The same share and the same smallest number as for the silence breaker. */
async function exceedsShare(
  { devices }: HoldDependencies,
  { newlyBlockedDeviceCount: blocked = 0 }: KnownReportFault,
  settings: TenantSettings | undefined,
): Promise<boolean> {
  if (settings === undefined || blocked < settings.silenceBreakerMinimumDevices) return false;
  const fleet = Math.ceil((blocked * 100) / settings.silenceBreakerShareInPercent);
  return !(await devices.hasManaged(fleet));
}

function toHoldMessage({ id, newlyBlockedDeviceCount }: KnownReportFault): string {
  return `reports held: \`${id}\` would newly block ${String(newlyBlockedDeviceCount)} devices within an hour`;
}

function changedTooOften(id: string): ConnectorError {
  return new ConnectorError(
    'serviceNotAvailable',
    `the count of the report fault \`${id}\` is being changed by too many writers at once`,
  );
}
