import { app, type InvocationContext, type Timer } from '@azure/functions';
import { getServices } from '../../shared/compose.ts';
import { toLog } from '../../shared/base/log.ts';
import { runReevaluation } from '../../shared/core/devices/runReevaluation.ts';

/** Under the function's timeout of `host.json`: what is left is the next run's. */
const RUN_IN_MILLISECONDS = 4 * 60 * 1000;

/** Brings the stored views to the configuration as it is. Does nothing where they are. */
export async function reevaluateDevices(_timer: Timer, context: InvocationContext): Promise<void> {
  const services = getServices();
  const { visited, failed, isComplete } = await runReevaluation(
    { ...services, announcements: services.queues, log: toLog(context) },
    {
      devicesPerSecond: services.config.reevaluationDevicesPerSecond,
      runInMilliseconds: RUN_IN_MILLISECONDS,
      cacheInSeconds: services.config.configurationCacheInSeconds,
    },
  );
  if (visited === 0) return;
  const what = isComplete ? 'the last' : 'not yet the last';
  context.log(`evaluated ${String(visited)} devices again, ${what}, ${String(failed)} failed`);
}

app.timer('reevaluateDevices', {
  schedule: '%REEVALUATION_SCHEDULE%',
  useMonitor: false,
  handler: reevaluateDevices,
});
