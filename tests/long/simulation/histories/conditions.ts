import { createDice } from '../../../support/createDice.ts';

const MINUTE = 60 * 1000;
const DAY = 24 * 60 * MINUTE;

/**
 * What a history is about.
 * - `plain`: events in their plain form, with edits of the policy.
 * - `outage`: the partner falls silent at the devices' deadlines, for longer than a window.
 * - `odd`: reports that a sender of another version may write.
 * - `crowd`: many devices with one serial number and one user.
 * - `overflow`: more open incidents than a record has room for.
 * - `breaker`: a fleet that falls silent at once while the partner lives.
 * - `sources`: several event sources report, and an operator disables and enables them.
 * - `rename`: a vendor that renames a severity for the whole fleet.
 */
export type Subject =
  | 'plain'
  | 'outage'
  | 'odd'
  | 'crowd'
  | 'overflow'
  | 'rename'
  | 'breaker'
  | 'sources';

/** The share of each subject. Each history has one, so that each fault has histories that are mostly about it. */
const SHARES: readonly (readonly [Subject, number])[] = [
  ['outage', 0.44],
  ['breaker', 0.04],
  ['odd', 0.23],
  ['plain', 0.05],
  ['sources', 0.1],
  ['crowd', 0.07],
  ['overflow', 0.03],
  ['rename', 0.04],
];
/** The share of histories with an outage that have a slack. Only an outage tests deadlines that precisely. */
const SLACK_SHARE = 0.4;

/** How a history detects silence. */
export interface Conditions {
  readonly subject: Subject;
  readonly windowInMilliseconds: number;
  /** A heartbeat is stored only if it comes this much later than the stored one. */
  readonly slackInMilliseconds: number;
}

/** Depends only on the seed. */
export function createConditions(seed: number): Conditions {
  const random = createDice(seed ^ 0xc10c);
  const subject = pickSubject(random());
  if (subject !== 'outage') {
    const days = subject === 'breaker' ? 1 : 7;
    return { subject, windowInMilliseconds: days * DAY, slackInMilliseconds: 0 };
  }
  return {
    subject,
    windowInMilliseconds: DAY,
    slackInMilliseconds: random() < SLACK_SHARE ? (4 + Math.floor(random() * 3)) * MINUTE : 0,
  };
}

function pickSubject(dice: number): Subject {
  let left = dice;
  for (const [subject, share] of SHARES) {
    left -= share;
    if (left < 0) return subject;
  }
  return 'plain';
}
