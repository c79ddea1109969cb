import { app } from '@azure/functions';
import { type JobContext, onTimer } from '../../shared/compose.ts';
import { sweepDueDevices } from '../../shared/core/devices/sweepDueDevices.ts';

/** Evaluates the devices whose deadline has passed. If a run throws, the next run finds them still due. */
export async function expireHeartbeats({ services, log }: JobContext): Promise<void> {
  const { visited, failed, isBreakerOpen } = await sweepDueDevices(
    { ...services, announcements: services.queues, log },
    services.now().toISOString(),
  );
  log.info(`swept ${String(visited)} due devices, ${String(failed)} failed`);
  if (isBreakerOpen)
    log.warn('the silence breaker is open, so the clocks of the devices stand still');
}

app.timer('expireHeartbeats', {
  schedule: '%HEARTBEAT_SWEEP_SCHEDULE%',
  useMonitor: false,
  handler: onTimer(expireHeartbeats),
});
