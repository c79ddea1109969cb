import { app } from '@azure/functions';
import { type JobContext, onTimer } from '../../shared/compose.ts';
import { runReevaluation } from '../../shared/core/devices/runReevaluation.ts';

/** Under the function's timeout of `host.json`: what is left is the next run's. */
const RUN_IN_MILLISECONDS = 4 * 60 * 1000;

/** Evaluates stored devices again after a configuration change. Does nothing where there was none. */
export async function reevaluateDevices({ services, log }: JobContext): Promise<void> {
  const { visited, failed, isComplete } = await runReevaluation(
    { ...services, announcements: services.queues, log },
    {
      devicesPerSecond: services.config.reevaluationDevicesPerSecond,
      runInMilliseconds: RUN_IN_MILLISECONDS,
      cacheInSeconds: services.config.configurationCacheInSeconds,
    },
  );
  if (visited === 0) return;
  const what = isComplete ? 'the last' : 'not yet the last';
  log.info(`evaluated ${String(visited)} devices again, ${what}, ${String(failed)} failed`);
}

app.timer('reevaluateDevices', {
  schedule: '%REEVALUATION_SCHEDULE%',
  useMonitor: false,
  handler: onTimer(reevaluateDevices),
});
