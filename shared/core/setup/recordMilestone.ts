import type { DateTime } from '../../base/dateTime.ts';
import type { Log } from '../../base/log.ts';
import type { Milestones, Milestone } from '../ports/milestones.ts';

/** Records that a milestone was reached. Only logs a failure: no request may fail because of the setup checklist. */
export async function recordMilestone(
  { milestones, log }: { readonly milestones: Milestones; readonly log: Log },
  milestone: Milestone,
  moment: DateTime,
): Promise<void> {
  try {
    await milestones.record(milestone, moment);
  } catch (error) {
    log.warn(`milestone \`${milestone}\` could not be recorded: ${String(error)}`);
  }
}
