import { app, type InvocationContext, type Timer } from '@azure/functions';
import { getServices } from '../../shared/compose.ts';
import { toLog } from '../../shared/base/log.ts';
import { syncEnrolment } from '../../shared/core/enrolment/syncEnrolment.ts';

/** Under the five minutes after which a Consumption plan ends a function. */
const RUN_IN_MILLISECONDS = 240_000;

/** Enrols devices as Intune manages them, where that is switched on. A run that fails loses nothing: the next goes on. */
export async function syncManagedDevices(_timer: Timer, context: InvocationContext): Promise<void> {
  const services = getServices();
  const { config, graph } = services;
  if (graph === undefined || config.graph?.isEnrolmentSource !== true) return;
  const { enrolled, unenrolled, failed } = await syncEnrolment(
    { ...services, graph, announcements: services.queues, log: toLog(context) },
    {
      runInMilliseconds: RUN_IN_MILLISECONDS,
      maxLeaversInPercent: config.graph.maxLeaversInPercent,
    },
  );
  if (enrolled + unenrolled + failed === 0) return;
  context.log(
    `from Graph: enrolled or changed ${String(enrolled)} devices, unenrolled ${String(unenrolled)}, failed ${String(failed)}`,
  );
}

app.timer('syncManagedDevices', {
  schedule: '%ENROLMENT_SYNC_SCHEDULE%',
  useMonitor: false,
  handler: syncManagedDevices,
});
