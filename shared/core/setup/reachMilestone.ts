import type { DateTime } from '../../base/dateTime.ts';
import type { Log } from '../../base/log.ts';
import type { Milestones, Milestone } from '../ports/milestones.ts';

/** Notes that a milestone was reached, if it can: the checklist is worth no request that it makes fail. */
export async function reachMilestone(
  { milestones, log }: { readonly milestones: Milestones; readonly log: Log },
  milestone: Milestone,
  moment: DateTime,
): Promise<void> {
  try {
    await milestones.record(milestone, moment);
  } catch (error) {
    log.warn(`milestone \`${milestone}\` was not noted: ${String(error)}`);
  }
}
