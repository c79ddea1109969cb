import { app } from '@azure/functions';
import { type JobContext, onTimer } from '../../shared/compose.ts';
import { pullSources } from '../../shared/core/eventSources/pull/pullSources.ts';

/** Below the five minutes after which a Consumption plan ends a function. */
const RUN_IN_SECONDS = 240;

/** Fetches events from the sources that do not push them. A source that fails does not fail the run. */
export async function pullEventSources({ services, log }: JobContext): Promise<void> {
  const dependencies = { ...services, signals: services.queues, log };
  const outcomes = await pullSources(dependencies, RUN_IN_SECONDS);
  const events = outcomes.reduce((sum, outcome) => sum + outcome.events, 0);
  if (events > 0)
    log.info(`fetched ${String(events)} events of ${String(outcomes.length)} sources`);
}

app.timer('pullEventSources', {
  schedule: '%EVENT_SOURCE_PULL_SCHEDULE%',
  useMonitor: false,
  handler: onTimer(pullEventSources),
});
