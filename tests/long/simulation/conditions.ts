import { createDice } from '../../support/dice.ts';

const MINUTE = 60 * 1000;
const DAY = 24 * 60 * MINUTE;
const OUTAGE_SHARE = 0.5;
/** Of those with an outage: without one no deadline is looked at so closely. */
const SLACK_SHARE = 0.4;

/** How silence is judged in a history. */
export interface Conditions {
  readonly windowInMilliseconds: number;
  /** A heartbeat that comes so much later than the one that was kept, or more, is kept in its place. */
  readonly slackInMilliseconds: number;
  /** Whether the partner is heard for the last time when the devices' deadlines are, and then not for a window. */
  readonly hasOutage: boolean;
}

/** The same for each seed. */
export function createConditions(seed: number): Conditions {
  const random = createDice(seed ^ 0xc10c);
  if (random() >= OUTAGE_SHARE)
    return { windowInMilliseconds: 7 * DAY, slackInMilliseconds: 0, hasOutage: false };
  return {
    windowInMilliseconds: DAY,
    slackInMilliseconds: random() < SLACK_SHARE ? (4 + Math.floor(random() * 3)) * MINUTE : 0,
    hasOutage: true,
  };
}
