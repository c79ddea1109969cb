import type { Delivery, Target } from '../../../../shared/core/ports/target.ts';
import type { Delivered } from '../findProblems.ts';
import { BEGINNING, MINUTE } from '../histories/history.ts';
import type { Actor, Scheduler } from './scheduler.ts';

const FAILED: Delivery = { outcome: 'failed', code: 'unreachable', reason: 'away' };

/** A target that fails every fifth time, before or after receipt, and has an outage of some minutes. */
export function createTarget(
  id: string,
  actor: Actor,
  { scheduler, random }: { readonly scheduler: Scheduler; readonly random: () => number },
  delivered: Delivered[],
): Target {
  const outage = BEGINNING + 10 * MINUTE;
  return {
    id,
    isPaused: false,
    async deliver(announcement) {
      await scheduler.step(actor);
      const isStormy = scheduler.weather.crash > 0;
      if (isStormy && scheduler.now > outage && scheduler.now < outage + 5 * MINUTE) return FAILED;
      const fate = isStormy ? random() : 1;
      if (fate < 0.1) return FAILED;
      delivered.push({ target: id, announcement });
      await scheduler.step(actor);
      return fate < 0.2 ? FAILED : { outcome: 'delivered' };
    },
  };
}
