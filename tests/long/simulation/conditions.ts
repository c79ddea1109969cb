import { createDice } from '../../support/createDice.ts';

const MINUTE = 60 * 1000;
const DAY = 24 * 60 * MINUTE;
const OUTAGE_SHARE = 0.5;
/** The share of histories with an outage that have a slack. Only an outage tests deadlines that precisely. */
const SLACK_SHARE = 0.4;

/** How a history detects silence. */
export interface Conditions {
  readonly windowInMilliseconds: number;
  /** A heartbeat is stored only if it comes this much later than the stored one. */
  readonly slackInMilliseconds: number;
  /** Whether the partner falls silent at the devices' deadlines, for longer than a window. */
  readonly hasOutage: boolean;
}

/** Depends only on the seed. */
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
