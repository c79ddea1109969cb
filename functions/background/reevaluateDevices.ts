import { app } from '@azure/functions';
import { type JobContext, onTimer } from '../../shared/compose.ts';
import { runReevaluation } from '../../shared/core/devices/runReevaluation.ts';

/** Below the function timeout in `host.json`. The next run continues. */
const RUN_IN_MILLISECONDS = 4 * 60 * 1000;

/** Evaluates stored devices again after a configuration change; does nothing without one. */
export async function reevaluateDevices({ services, log }: JobContext): Promise<void> {
  const { visited, failed, isComplete } = await runReevaluation(
    {
      ...services,
      announcements: services.queues,
      replacement: { records: services.devices, audit: services.audit, actor: {} },
      log,
    },
    {
      devicesPerSecond: services.config.reevaluationDevicesPerSecond,
      runInMilliseconds: RUN_IN_MILLISECONDS,
      cacheInSeconds: services.config.configurationCacheInSeconds,
    },
  );
  if (visited === 0) return;
  const state = isComplete ? 'the pass is complete' : 'the next run continues';
  log.info(`evaluated ${String(visited)} devices again, ${String(failed)} failed; ${state}`);
}

app.timer('reevaluateDevices', {
  schedule: '%REEVALUATION_SCHEDULE%',
  useMonitor: false,
  handler: onTimer(reevaluateDevices),
});
