import type { Shared } from './system/ports.ts';
import type { Moment } from './reference/silence.ts';

/** The moment, with what has stopped the devices' clocks. */
export function momentOf({ partner, held }: Shared, now: number): Moment {
  const heldAt = held !== undefined && now < held.until ? held.at : undefined;
  return { now, partnerSeen: partner.lastSeen, heldAt };
}
