import { randomUUID } from 'node:crypto';
import { addSeconds, type DateTime } from '../../../base/dateTime.ts';
import { isPulledKind, type EventSource } from '../../../domain/vocabulary/eventSource.ts';
import type { ConfigurationReader } from '../../ports/configuration.ts';
import type { OpenSourceBlobs } from '../../ports/eventSources.ts';
import type { OutgoingClient } from '../../ports/outgoing.ts';
import { fetchBlobs } from './fetchBlobs.ts';
import { fetchSesExport } from './fetchSesExport.ts';
import { runPull, type PullDependencies, type PullOutcome } from './pullRun.ts';

/** Between two questions to a source, while another one of the same run is not done. */
const PAUSE_IN_MILLISECONDS = 5000;

export interface PullSourcesDependencies extends PullDependencies {
  readonly configuration: ConfigurationReader;
  readonly outgoing: OutgoingClient;
  readonly config: { readonly eventSourceSecrets: ReadonlyMap<string, readonly string[]> };
  readonly openSourceBlobs: OpenSourceBlobs;
}

/**
 * Fetches from every enabled source that is due, all at once, so that none holds up another: a source that has nothing
 * more is asked again until all are done. Never throws for a source that fails: its failure is stored with it.
 * @throws ConnectorError `serviceNotAvailable` if the configuration cannot be read.
 */
export async function pullSources(
  dependencies: PullSourcesDependencies,
  runInSeconds: number,
): Promise<readonly PullOutcome[]> {
  const { eventSources } = await dependencies.configuration.load();
  const due = eventSources.filter(({ isEnabled, kind }) => isEnabled && isPulledKind(kind));
  const endDateTime = addSeconds(dependencies.now().toISOString(), runInSeconds);
  const unfinished = new Set(due);
  const pullUntilAllAreDone = async (source: EventSource): Promise<PullOutcome> => {
    let outcome = await pullSource(dependencies, source, endDateTime);
    unfinished.delete(source);
    // A run lasts as long as its slowest source, and no other run begins before its end.
    while (unfinished.size > 0 && dependencies.now().toISOString() < endDateTime) {
      await dependencies.pause(PAUSE_IN_MILLISECONDS);
      const next = await pullSource(dependencies, source, endDateTime);
      outcome = { ...next, events: outcome.events + next.events };
    }
    return outcome;
  };
  return Promise.all(due.map(pullUntilAllAreDone));
}

/** Fetches from one source. `isForced`: also if it failed a short time ago. */
export async function pullSource(
  dependencies: PullSourcesDependencies,
  source: EventSource,
  endDateTime: DateTime,
  isForced = false,
): Promise<PullOutcome> {
  const { config, openSourceBlobs } = dependencies;
  const secrets = config.eventSourceSecrets.get(source.id) ?? [];
  const options = { owner: randomUUID(), endDateTime, isForced };
  try {
    return await runPull(dependencies, source, options, (run) =>
      source.kind === 'sesBlob'
        ? fetchBlobs({ ...dependencies, open: () => openSourceBlobs(source, secrets[0]) }, run)
        : fetchSesExport({ ...dependencies, secrets }, run),
    );
  } catch (error) {
    dependencies.log.error(`event source \`${source.id}\` could not be fetched: ${String(error)}`);
    return { state: 'failed', events: 0 };
  }
}
