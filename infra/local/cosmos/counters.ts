import type { CosmosReply, Operation } from './http/cosmosRequest.ts';

/** Totals of one operation on one container. */
interface Count {
  /** Answered requests, including errors, but without those that a fault rule rejected. */
  readonly count: number;
  readonly requestUnits: number;
  /** Queries whose filter no index could serve. */
  readonly scans: number;
}

/** Counts by `container/operation`. */
export type Counters = Readonly<Record<string, Count>>;

/** Counts replies. */
export interface Counter {
  add(container: string, operation: Operation, reply: CosmosReply): void;
  read(): Counters;
}

/** Creates a counter at zero. */
export function createCounter(): Counter {
  const counts: Record<string, Count> = {};
  return {
    add(container, operation, { charge = 0, isScan = false }) {
      const name = `${container}/${operation}`;
      const { count, requestUnits, scans } = counts[name] ?? {
        count: 0,
        requestUnits: 0,
        scans: 0,
      };
      counts[name] = {
        count: count + 1,
        requestUnits: Math.round((requestUnits + charge) * 100) / 100,
        scans: scans + Number(isScan),
      };
    },
    read: () => structuredClone(counts),
  };
}
