import type { IndexingPolicy } from './indexingPolicy.ts';
import type { JsonObject } from '../../../shared/base/jsonObject.ts';
import type { PartitionKeyDefinition } from './partitionKey.ts';

/** A container in memory. */
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
  /** How many indexes a write updates. */
  readonly indexedPaths: number;
  /** Paths whose values are unique within a partition. */
  readonly uniqueKeys: readonly (readonly string[])[];
  /** Seconds. -1: only items with their own `ttl` expire. Absent: no item expires. */
  readonly defaultTtl: number | undefined;
  /** The response to a read of the container. */
  readonly resource: JsonObject;
}
