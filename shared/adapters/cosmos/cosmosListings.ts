import { createHash } from 'node:crypto';
import type { Database } from '@azure/cosmos';
import type { Listing, Listings } from '../../core/ports/listings.ts';
import { EVENTS_CONTAINER } from '../../resources.ts';
import { readItem, saveIfUnchanged } from './cosmosItems.ts';

const RETENTION_IN_SECONDS = 15 * 60;

/** Hashed, because a caller's name may hold characters that Cosmos DB does not allow in a key. */
const partitionOf = (caller: string): string =>
  `nacListing:${createHash('sha256').update(caller).digest('base64url')}`;

/** Listings in the `events` container, a partition for each caller. */
export function createCosmosListings(database: Database): Listings {
  const container = database.container(EVENTS_CONTAINER.id);
  return {
    async load(caller, number) {
      const id = String(number);
      const found = await readItem<{ readonly listing: Listing }>(
        container,
        id,
        partitionOf(caller),
      );
      return found && { listing: found.resource.listing, etag: found.etag };
    },

    async save(caller, number, listing, etag) {
      const partitionKey = partitionOf(caller);
      const document = {
        id: String(number),
        deviceId: partitionKey,
        ttl: RETENTION_IN_SECONDS,
        listing,
      };
      const saved = await saveIfUnchanged(container, { document, partitionKey, etag });
      return saved.ok ? 'saved' : 'conflict';
    },
  };
}
