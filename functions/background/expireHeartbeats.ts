import { app, type InvocationContext, type Timer } from '@azure/functions';
import { getServices } from '../../shared/compose.ts';
import { toLog } from '../../shared/base/log.ts';
import { sweepDueDevices } from '../../shared/core/devices/sweepDueDevices.ts';

/** Evaluates the devices whose deadline has passed. Throwing loses nothing: the next run finds them still due. */
export async function expireHeartbeats(_timer: Timer, context: InvocationContext): Promise<void> {
  const services = getServices();
  const { visited, failed, isHeld } = await sweepDueDevices(
    { ...services, announcements: services.queues, log: toLog(context) },
    services.now().toISOString(),
  );
  context.log(`swept ${String(visited)} due devices, ${String(failed)} failed`);
  if (isHeld) context.warn('the silence breaker holds the clocks of the fleet');
}

app.timer('expireHeartbeats', {
  schedule: '%HEARTBEAT_SWEEP_SCHEDULE%',
  useMonitor: false,
  handler: expireHeartbeats,
});
