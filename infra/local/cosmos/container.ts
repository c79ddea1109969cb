import type { IndexingPolicy } from './indexingPolicy.ts';
import type { JsonObject } from './json.ts';
import type { PartitionKeyDefinition } from './partitionKey.ts';

/** A container as the server holds it. */
export interface Container {
  readonly id: string;
  readonly number: number;
  /** The table of its items. */
  readonly table: string;
  readonly rid: string;
  /** `dbs/…/colls/…/` of resource ids. */
  readonly self: string;
  readonly partitionKey: PartitionKeyDefinition;
  readonly indexingPolicy: IndexingPolicy;
  /** How many indexes a write has to keep. */
  readonly indexedPaths: number;
  /** Paths whose values no two items of a partition share. */
  readonly uniqueKeys: readonly (readonly string[])[];
  /** Seconds; -1 expires only items that say so; absent where nothing expires. */
  readonly defaultTtl: number | undefined;
  /** What a read of the container answers. */
  readonly resource: JsonObject;
}
