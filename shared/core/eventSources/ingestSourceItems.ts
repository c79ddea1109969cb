import type { Log } from '../../base/log.ts';
import { mapConcurrently } from '../../base/mapConcurrently.ts';
import type { EventSource } from '../../domain/vocabulary/eventSource.ts';
import type { SourceProgress, UnmatchedDevice, UnmatchedEvents } from '../ports/eventSources.ts';
import type { SignalSender } from '../ports/queues.ts';
import { directSignal } from './directSignal.ts';
import type { EventDevices } from './findEventDevices.ts';
import { readSourceItems, type ItemsArrival, type ReadSourceItems } from './readSourceItems.ts';
import type { SourceItem } from './sourceEvent.ts';

export interface IngestSourceDependencies {
  readonly eventDevices: EventDevices;
  readonly unmatched: UnmatchedEvents;
  readonly signals: SignalSender;
  readonly log: Log;
}

const WRITES_AT_ONCE = 8;

/**
 * Reads the items of a source, and queues what they say. Returns once Service Bus has every signal of a known device, and
 * the store has those of unknown ones, so a source may be told, and a checkpoint saved, after it. A repeat is harmless.
 * @throws ConnectorError `serviceNotAvailable`, `activityLimitReached`; safe to retry.
 */
export async function ingestSourceItems(
  dependencies: IngestSourceDependencies,
  source: EventSource,
  items: readonly SourceItem[],
  arrival: ItemsArrival,
): Promise<ReadSourceItems> {
  const read = await readSourceItems(dependencies.eventDevices, source, items, arrival);
  await dependencies.signals.send(read.signals);
  await mapConcurrently(byDevice(read.unmatched), WRITES_AT_ONCE, (device) =>
    keepUnmatched(dependencies, device),
  );
  return read;
}

/** The counts of what was read, as a source's progress adds them up. */
export function countsOf(read: ReadSourceItems): SourceProgress['counts'] {
  return {
    accepted: read.accepted,
    rejected: new Set(read.rejected.map(({ index }) => index)).size,
    unmapped: new Set(read.events.filter(({ read: { unmapped } }) => unmapped.length > 0)).size,
    unmatched: read.unmatched.length,
  };
}

/** One entry for each unknown device, with all that a request says of it. */
function byDevice(devices: readonly UnmatchedDevice[]): readonly UnmatchedDevice[] {
  const groups = Map.groupBy(devices, ({ identifiers }) => JSON.stringify(identifiers));
  return [...groups.values()].flatMap(([first, ...others]) =>
    first === undefined
      ? []
      : [{ ...first, signals: [first, ...others].flatMap(({ signals }) => signals) }],
  );
}

/** The device may have enrolled between the lookup and the write, so it is looked up once more. */
async function keepUnmatched(
  { eventDevices, unmatched, signals, log }: IngestSourceDependencies,
  device: UnmatchedDevice,
): Promise<void> {
  const { sourceId, identifiers } = device;
  if ((await unmatched.keep(device)) === 'full') {
    // The others must not wait for an operator who enrols devices.
    log.error(`event source \`${sourceId}\` reports on too many unknown devices; one is not kept`);
    return;
  }
  const found = await eventDevices.find(identifiers);
  if (found.length === 0) return;
  const directed = found.flatMap((deviceId) =>
    device.signals.map((signal) => directSignal(signal, deviceId, sourceId)),
  );
  await signals.send(directed);
  await unmatched.remove(sourceId, identifiers);
}
