import { defined } from '../../base/defined.ts';
import { mapConcurrently } from '../../base/mapConcurrently.ts';
import { DEFAULT_SOURCE_ID, type EventSource } from '../../domain/vocabulary/eventSource.ts';
import type { Signal } from '../../domain/vocabulary/signal.ts';
import type { Arrival } from '../ingest/arrival.ts';
import { toSignalId } from '../ingest/toSignalId.ts';
import type { UnmatchedDevice } from '../ports/eventSources.ts';
import type { RejectedItem } from '../ports/quarantine.ts';
import { directSignal } from './directSignal.ts';
import type { EventDevices } from './findEventDevices.ts';
import { READERS } from './kinds/readers.ts';
import { readSourceItem } from './readSourceItem.ts';
import type { SourceContext, SourceEvent, SourceItem, UnmappedWord } from './sourceEvent.ts';

const LOOKUPS_AT_ONCE = 16;

/** A word without a row, and an event that had it. */
export interface MetWord extends UnmappedWord {
  readonly event: unknown;
}

/** An event with what became of it. */
interface DirectedEvent {
  readonly index: number;
  readonly read: SourceEvent;
  readonly deviceIds: readonly string[];
}

/** What the items of a source became. */
export interface ReadSourceItems {
  /** The events of which something counts, or that say nothing about phones. */
  readonly accepted: number;
  readonly rejected: readonly RejectedItem[];
  /** The accepted events that were read in part. */
  readonly partial: readonly RejectedItem[];
  readonly signals: readonly Signal[];
  readonly unmatched: readonly UnmatchedDevice[];
  readonly unmapped: readonly MetWord[];
  readonly events: readonly DirectedEvent[];
}

export type ItemsArrival = Omit<Arrival, 'index'>;

/**
 * Reads the items of a source and finds their devices. Changes nothing.
 * @throws ConnectorError `serviceNotAvailable` if the devices cannot be looked up.
 */
export async function readSourceItems(
  devices: EventDevices,
  source: EventSource,
  items: readonly SourceItem[],
  arrival: ItemsArrival,
): Promise<ReadSourceItems> {
  const contextOf = (index: number): SourceContext => ({
    sourceId: source.id,
    arrival: { ...arrival, index },
    overrides: source.mapping ?? {},
  });
  const reader = READERS[source.kind];
  const find = onceForEach(devices);
  const events = await mapConcurrently(
    items.map((item, index) => ({ index, read: readSourceItem(item, reader, contextOf(index)) })),
    LOOKUPS_AT_ONCE,
    async ({ index, read }): Promise<DirectedEvent> => ({
      index,
      read,
      deviceIds: await findDevices(find, source, read),
    }),
  );
  const counted = countEvents(events);
  const signals = events.flatMap((event) => toSignals(source, event, arrival));
  const isOnlyHeard = counted.accepted > 0 && signals.length === 0;
  return {
    ...counted,
    signals: isOnlyHeard ? [toHeartbeat(source, arrival, 'heard')] : signals,
    unmatched: events.flatMap((event) => toUnmatched(source, event, arrival)),
    unmapped: events.flatMap(({ index, read }) => {
      const item = items[index];
      return read.unmapped.map((word) => ({ ...word, event: item?.ok ? item.event : undefined }));
    }),
    events,
  };
}

/** Looks each device up once, also one that nobody has enrolled: a request may hold a thousand events of it. */
function onceForEach(devices: EventDevices): EventDevices['find'] {
  const found = new Map<string, ReturnType<EventDevices['find']>>();
  return (identifiers) => {
    const key = JSON.stringify(identifiers);
    const known = found.get(key) ?? devices.find(identifiers);
    found.set(key, known);
    return known;
  };
}

/** This system's own contract names devices by their id, and keeps what it says of one that is not enrolled yet. */
async function findDevices(
  find: EventDevices['find'],
  { kind }: EventSource,
  { identifiers, signals }: SourceEvent,
): Promise<readonly string[]> {
  if (signals.length === 0) return [];
  return kind === 'cloudEvents' ? identifiers.map(({ value }) => value) : find(identifiers);
}

function countEvents(
  events: readonly DirectedEvent[],
): Pick<ReadSourceItems, 'accepted' | 'rejected' | 'partial'> {
  const rejected: RejectedItem[] = [];
  const partial: RejectedItem[] = [];
  let accepted = 0;
  for (const { index, read } of events) {
    const counted = [...new Set(read.signals.map(({ type }) => type))];
    const isAccepted = isCounted(read);
    if (isAccepted) accepted += 1;
    for (const rejection of [...read.rejections, ...nameless(read)])
      (isAccepted ? partial : rejected).push({
        index,
        ...rejection,
        ...(counted.length === 0 ? {} : { counted }),
      });
  }
  return { accepted, rejected, partial };
}

function isCounted(read: SourceEvent): boolean {
  if (!read.isAboutPhone || read.isSourceHeartbeat === true) return true;
  if (read.signals.length === 0) return read.rejections.length === 0;
  return (
    read.identifiers.length > 0 && read.signals.some(({ type }) => type !== 'reportUnreadable')
  );
}

/** Bad news about a phone that nobody can find is told to the sender, and kept. */
function nameless({ isAboutPhone, identifiers, signals }: SourceEvent): SourceEvent['rejections'] {
  if (!isAboutPhone || identifiers.length > 0 || signals.length === 0) return [];
  const message = 'names its device by no identifier';
  return [{ code: 'invalidEvent', path: '/device', message }];
}

function toSignals(
  source: EventSource,
  { read, deviceIds, index }: DirectedEvent,
  arrival: ItemsArrival,
): readonly Signal[] {
  const sourceId = sourceIdOf(source);
  return [
    ...(read.isSourceHeartbeat === true ? [toHeartbeat(source, arrival, String(index))] : []),
    ...deviceIds.flatMap((deviceId) =>
      read.signals.map((signal) => directSignal(signal, deviceId, sourceId)),
    ),
  ];
}

/** Any event shows that its source works, also one about a server, or about a device that is not known. */
function toHeartbeat(
  source: EventSource,
  { receivedDateTime, requestId }: ItemsArrival,
  fact: string,
): Signal {
  return {
    type: 'connectorHeartbeat',
    signalId: toSignalId('heartbeat', source.id, requestId, fact),
    observedDateTime: receivedDateTime,
    receivedDateTime,
    ...defined({ sourceId: sourceIdOf(source) }),
  };
}

/** Signals of the source `default` name no source, as before there were others. */
function sourceIdOf({ id }: EventSource): string | undefined {
  return id === DEFAULT_SOURCE_ID ? undefined : id;
}

function toUnmatched(
  { id: sourceId }: EventSource,
  { read, deviceIds }: DirectedEvent,
  { receivedDateTime }: ItemsArrival,
): readonly UnmatchedDevice[] {
  const { identifiers, signals } = read;
  if (deviceIds.length > 0 || identifiers.length === 0 || signals.length === 0) return [];
  return [
    {
      sourceId,
      identifiers,
      signals,
      firstDateTime: receivedDateTime,
      lastDateTime: receivedDateTime,
    },
  ];
}
