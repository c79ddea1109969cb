import { createDice } from '../support/dice.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;
const OUTAGE_SHARE = 0.4;

/** How silence is judged in a history, and when the partner is heard. */
export interface Conditions {
  readonly windowInMilliseconds: number;
  /**
   * So long after the beginning the partner is heard once, about when the devices' deadlines are; then it is not for
   * longer than the window. Absent where it is heard when all of them have passed.
   */
  readonly lastWordInMilliseconds?: number;
}

/** The same for each seed. */
export function createConditions(seed: number): Conditions {
  const random = createDice(seed ^ 0xc10c);
  if (random() >= OUTAGE_SHARE) return { windowInMilliseconds: 7 * DAY };
  return {
    windowInMilliseconds: DAY,
    // The devices were last heard from four minutes before the beginning to some twenty after it.
    lastWordInMilliseconds: DAY + Math.floor(random() * 25 - 5) * MINUTE,
  };
}

export function toConditionsText({
  windowInMilliseconds,
  lastWordInMilliseconds,
}: Conditions): string {
  const window = `a window of ${String(windowInMilliseconds / DAY)} d`;
  return lastWordInMilliseconds === undefined
    ? window
    : `${window}, the partner's last word after ${String(lastWordInMilliseconds / MINUTE)} min`;
}
