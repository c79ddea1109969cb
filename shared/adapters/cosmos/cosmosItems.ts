import type { Container } from '@azure/cosmos';
import { callCosmos, tryCosmos, type CosmosAnswer } from './callCosmos.ts';

/** An item with the version that it was read at. */
export interface ReadItem<T> {
  readonly resource: T;
  readonly etag: string;
}

/** One point read; `undefined` if there is no such item. */
export async function readItem<T extends object>(
  container: Container,
  id: string,
  partitionKey: string,
): Promise<ReadItem<T> | undefined> {
  const { resource, etag } = await callCosmos(() => container.item(id, partitionKey).read<T>());
  return resource === undefined ? undefined : { resource, etag };
}

interface ItemToSave {
  readonly document: { readonly id: string };
  readonly partitionKey: string;
  /** The version to replace; `undefined` creates the item. */
  readonly etag: string | undefined;
}

/** Statuses that mean that another writer was first: it removed, created or changed the item. */
const CONFLICTS: readonly number[] = [404, 409, 412];

/**
 * Writes the item if it is still at `etag`. Returns its new etag, or a status: one of a conflict, or one of
 * `alsoExpected`.
 */
export function saveIfUnchanged(
  container: Container,
  { document, partitionKey, etag }: ItemToSave,
  alsoExpected: readonly number[] = [],
): Promise<CosmosAnswer<{ readonly etag: string }>> {
  return tryCosmos<{ readonly etag: string }>(
    () =>
      etag === undefined
        ? container.items.create(document)
        : container.item(document.id, partitionKey).replace(document, {
            accessCondition: { type: 'IfMatch', condition: etag },
          }),
    [...CONFLICTS, ...alsoExpected],
  );
}
