import type { DateTime } from '../../base/dateTime.ts';

/** Setup steps that are recorded the first time they happen. */
export const MILESTONES = ['firstSignedEvent', 'firstHeartbeat', 'firstCaller'] as const;
export type Milestone = (typeof MILESTONES)[number];

export interface Milestones {
  /** Records when the milestone was first reached. Later calls do nothing. */
  record(milestone: Milestone, moment: DateTime): Promise<void>;
  list(): Promise<Readonly<Partial<Record<Milestone, DateTime>>>>;
}
