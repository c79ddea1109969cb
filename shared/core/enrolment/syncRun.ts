import type { Configuration } from '../../domain/compliance/configuration.ts';
import { ConnectorError } from '../../base/connectorError.ts';
import { defined } from '../../base/defined.ts';
import type { Graph } from '../ports/graph.ts';
import type { ConfigurationDocuments, ConfigurationReader } from '../ports/configuration.ts';
import type {
  DeviceStore,
  DirectoryObjects,
  DueDevices,
  ManagedDeviceIds,
  UnreadableRecords,
} from '../ports/devices.ts';
import type { AuditLog } from '../ports/logs.ts';
import type { RecomputeDependencies } from '../devices/recomputeDevice.ts';
import type { ApplyDependencies } from '../eventSources/enrolWithUnmatched.ts';
import { ENROLMENT_STATE, fromStateDocument, type EnrolmentState } from './enrolmentState.ts';

export interface SyncDependencies extends RecomputeDependencies, ApplyDependencies {
  readonly devices: DeviceStore &
    ManagedDeviceIds &
    UnreadableRecords &
    Pick<DueDevices, 'countManaged'>;
  /** Records each record that could not be read and was replaced. */
  readonly audit: AuditLog;
  readonly directoryObjects: DirectoryObjects;
  readonly configuration: ConfigurationReader;
  readonly documents: ConfigurationDocuments;
  readonly graph: Graph;
  readonly now: () => Date;
}

export interface SyncLimits {
  /** After this time a run leaves the rest to the next run. */
  readonly runInMilliseconds: number;
  /** The share of the enrolled devices that may leave within a day. */
  readonly maxLeaversInPercent: number;
}

/** The counts of one run. */
export interface SyncCounts {
  enrolled: number;
  unenrolled: number;
  failed: number;
}

/** One run of the enrolment, with its progress. */
export interface SyncRun extends SyncDependencies {
  readonly limits: SyncLimits;
  /** The configuration at the start of the run. */
  readonly initialConfiguration: Configuration;
  readonly counts: SyncCounts;
  readonly state: () => EnrolmentState;
  /**
   * Saves the progress, so that another run resumes there.
   * @throws RunOverError if another process saved first, or the time of the run is used up.
   */
  save(
    changes: Partial<{ [K in keyof EnrolmentState]: EnrolmentState[K] | undefined }>,
  ): Promise<void>;
}

/** Ends the run; the next one resumes. */
export class RunOverError extends Error {}

/** Begins a run where the last one stopped. */
export async function beginRun(
  dependencies: SyncDependencies,
  limits: SyncLimits,
): Promise<SyncRun> {
  const { documents, now } = dependencies;
  const endsAt = now().getTime() + limits.runInMilliseconds;
  const initialConfiguration = await dependencies.configuration.load();
  let stored = await documents.loadDocument(ENROLMENT_STATE.kind, ENROLMENT_STATE.id);
  let state = fromStateDocument(stored, now().toISOString());
  return {
    ...dependencies,
    limits,
    initialConfiguration,
    counts: { enrolled: 0, unenrolled: 0, failed: 0 },
    state: () => state,
    async save(changes) {
      const next = defined({ ...state, ...changes }) as EnrolmentState;
      const saved = await documents.saveDocument({ ...next, ...ENROLMENT_STATE }, stored?.etag);
      if (saved === 'conflict') throw new RunOverError('another process continues it');
      stored = saved;
      state = next;
      if (now().getTime() >= endsAt) throw new RunOverError('the time of the run is used up');
    },
  };
}

/** Counts and logs a failure that concerns one device only. @throws `error` if it is not a `ConnectorError`. */
export function recordFailure(run: SyncRun, deviceId: string, error: unknown): void {
  if (!(error instanceof ConnectorError)) throw error;
  run.counts.failed += 1;
  run.log.error(`device \`${deviceId}\` could not be enrolled from Intune: ${error.message}`);
}
