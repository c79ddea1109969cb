import { createHash } from 'node:crypto';
import type { Container, Database } from '@azure/cosmos';
import { ConnectorError } from '../../base/connectorError.ts';
import { remember } from '../../base/remember.ts';
import { retryOnConflict, type Pausing } from '../../base/retryOnConflict.ts';
import { strongestFirst, toKey } from '../../core/eventSources/findEventDevices.ts';
import { keptSignals } from '../../core/eventSources/keptSignals.ts';
import type { UnmatchedDevice, UnmatchedEvents } from '../../core/ports/eventSources.ts';
import type { EventIdentifier } from '../../domain/vocabulary/eventSource.ts';
import { EVENTS_CONTAINER } from '../../resources.ts';
import { tryCosmos } from './callCosmos.ts';
import { readItem, saveIfUnchanged } from './cosmosItems.ts';
import { queryAll, queryPage } from './cosmosQueries.ts';

const RETENTION_IN_SECONDS = 30 * 24 * 60 * 60;
const MAX_DEVICES_A_SOURCE = 10_000;
const COUNTED_FOR_SECONDS = 60;
const MAX_TRIES = 20;

/** An entry of the `events` container: what is kept under one identifier. */
interface StoredEntry {
  readonly id: string;
  readonly deviceId: string;
  readonly recordedDateTime: string;
  readonly ttl: number;
  readonly device: UnmatchedDevice;
}

/** The list has a device once, under the strongest of its identifiers. Under the others it is only found. */
const listPartition = (sourceId: string): string => `unmatched:${sourceId}`;
const otherPartition = (sourceId: string): string => `unmatchedOther:${sourceId}`;

/** Hashed, because an identifier may hold characters that Cosmos DB does not allow in an id. */
function idOf(identifier: EventIdentifier): string {
  return createHash('sha256').update(toKey(identifier)).digest('base64url');
}

/** Events of unknown devices, in two partitions of the `events` container for each source. */
export function createCosmosUnmatchedEvents(
  database: Database,
  time: Pausing & { readonly now: () => Date },
): UnmatchedEvents {
  const container = database.container(EVENTS_CONTAINER.id);
  const counts = new Map<string, ReturnType<typeof remember<number>>>();
  const countOf = (sourceId: string): Promise<number> => {
    const counted =
      counts.get(sourceId) ??
      remember(() => countEntries(container, sourceId), COUNTED_FOR_SECONDS, time.now);
    counts.set(sourceId, counted);
    return counted.get();
  };
  return {
    async keep(device) {
      const places = placesOf(device.sourceId, device.identifiers);
      const isFull = (await countOf(device.sourceId)) >= MAX_DEVICES_A_SOURCE;
      // What is kept of a device stays up to date.
      if (isFull && !(await isKept(container, places))) return 'full';
      await Promise.all(places.map((place) => keepAt(container, time, place, device)));
      return 'kept';
    },

    async find(identifier, sourceIds) {
      const id = idOf(identifier);
      const found = await Promise.all(
        sourceIds
          .flatMap((sourceId) => [listPartition(sourceId), otherPartition(sourceId)])
          .map((partition) => readItem<StoredEntry>(container, id, partition)),
      );
      return found.flatMap((entry) => (entry === undefined ? [] : [entry.resource.device]));
    },

    async remove(sourceId, identifiers) {
      const partitions = [listPartition(sourceId), otherPartition(sourceId)];
      await Promise.all(
        identifiers.flatMap((identifier) =>
          partitions.map((partition) =>
            tryCosmos(() => container.item(idOf(identifier), partition).delete(), [404]),
          ),
        ),
      );
    },

    async list(sourceId, top, continuation) {
      const query = 'SELECT c.device FROM c ORDER BY c.recordedDateTime DESC';
      const options = { partitionKey: listPartition(sourceId), top, continuation };
      const page = await queryPage<Pick<StoredEntry, 'device'>>(container, query, options);
      return { ...page, items: page.items.map(({ device }) => device) };
    },
  };
}

interface Place {
  readonly id: string;
  readonly partition: string;
}

function placesOf(sourceId: string, identifiers: readonly EventIdentifier[]): readonly Place[] {
  const ids = [...new Set(strongestFirst(identifiers).map(idOf))];
  return ids.map((id, at) => ({
    id,
    partition: at === 0 ? listPartition(sourceId) : otherPartition(sourceId),
  }));
}

async function isKept(container: Container, [strongest]: readonly Place[]): Promise<boolean> {
  if (strongest === undefined) return false;
  return (await readItem(container, strongest.id, strongest.partition)) !== undefined;
}

async function keepAt(
  container: Container,
  time: Pausing,
  { id, partition }: Place,
  device: UnmatchedDevice,
): Promise<void> {
  await retryOnConflict(time, { maxTries: MAX_TRIES, toError: keptTooOften }, async () => {
    const known = await readItem<StoredEntry>(container, id, partition);
    const before = known?.resource.device;
    const document: StoredEntry = {
      id,
      deviceId: partition,
      recordedDateTime: device.lastDateTime,
      ttl: RETENTION_IN_SECONDS,
      device: {
        ...device,
        firstDateTime: before?.firstDateTime ?? device.firstDateTime,
        signals: keptSignals([...(before?.signals ?? []), ...device.signals]),
      },
    };
    const saved = await saveIfUnchanged(container, {
      document,
      partitionKey: partition,
      etag: known?.etag,
    });
    return saved.ok ? 'done' : 'conflict';
  });
}

function keptTooOften(): ConnectorError {
  return new ConnectorError('serviceNotAvailable', 'an unknown device is reported on too often');
}

async function countEntries(container: Container, sourceId: string): Promise<number> {
  const options = { partitionKey: listPartition(sourceId) };
  const [count = 0] = await queryAll<number>(container, 'SELECT VALUE COUNT(1) FROM c', options);
  return count;
}
