import { app } from '@azure/functions';
import { type JobContext, onTimer } from '../../shared/compose.ts';
import { syncEnrolment } from '../../shared/core/enrolment/syncEnrolment.ts';

/** Below the five minutes after which a Consumption plan ends a function. */
const RUN_IN_MILLISECONDS = 240_000;

/** Enrols the devices that Intune manages, if that is switched on. If a run fails, the next run continues. */
export async function syncManagedDevices({ services, log }: JobContext): Promise<void> {
  const { config, graph } = services;
  if (graph === undefined || config.graph?.isEnrolmentSource !== true) return;
  const { enrolled, unenrolled, failed } = await syncEnrolment(
    { ...services, graph, announcements: services.queues, signals: services.queues, log },
    {
      runInMilliseconds: RUN_IN_MILLISECONDS,
      maxLeaversInPercent: config.graph.maxLeaversInPercent,
    },
  );
  if (enrolled + unenrolled + failed === 0) return;
  log.info(
    `from Graph: enrolled or changed ${String(enrolled)} devices, unenrolled ${String(unenrolled)}, failed ${String(failed)}`,
  );
}

app.timer('syncManagedDevices', {
  schedule: '%ENROLMENT_SYNC_SCHEDULE%',
  useMonitor: false,
  handler: onTimer(syncManagedDevices),
});
