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
} from '../ports/devices.ts';
import type { RecomputeDependencies } from '../devices/recomputeDevice.ts';
import { ENROLMENT_STATE, fromStateDocument, type EnrolmentState } from './enrolmentState.ts';

export interface SyncDependencies extends RecomputeDependencies {
  readonly devices: DeviceStore & ManagedDeviceIds & Pick<DueDevices, 'countManaged'>;
  readonly directoryObjects: DirectoryObjects;
  readonly configuration: ConfigurationReader;
  readonly documents: ConfigurationDocuments;
  readonly graph: Graph;
  readonly now: () => Date;
}

export interface SyncLimits {
  /** How long one run may take before it leaves the rest to the next. */
  readonly runInMilliseconds: number;
  /** This share of the enrolled devices may leave within a day. */
  readonly maxLeaversInPercent: number;
}

/** What one run did. */
export interface SyncCounts {
  enrolled: number;
  unenrolled: number;
  failed: number;
}

/** One run of the enrolment, and how far it has come. */
export interface SyncRun extends SyncDependencies {
  readonly limits: SyncLimits;
  /** As it was when the run began. */
  readonly loaded: Configuration;
  readonly counts: SyncCounts;
  readonly state: () => EnrolmentState;
  /** Keeps where the run is, so that another goes on there. @throws RunOverError. */
  save(
    changes: Partial<{ [K in keyof EnrolmentState]: EnrolmentState[K] | undefined }>,
  ): Promise<void>;
}

/** The run ends here; the next goes on. */
export class RunOverError extends Error {}

/** Begins a run where the last one ended. */
export async function beginRun(
  dependencies: SyncDependencies,
  limits: SyncLimits,
): Promise<SyncRun> {
  const { documents, now } = dependencies;
  const endsAt = now().getTime() + limits.runInMilliseconds;
  const loaded = await dependencies.configuration.load();
  let stored = await documents.loadDocument(ENROLMENT_STATE.kind, ENROLMENT_STATE.id);
  let state = fromStateDocument(stored, now().toISOString());
  return {
    ...dependencies,
    limits,
    loaded,
    counts: { enrolled: 0, unenrolled: 0, failed: 0 },
    state: () => state,
    async save(changes) {
      const next = defined({ ...state, ...changes }) as EnrolmentState;
      const saved = await documents.saveDocument({ ...next, ...ENROLMENT_STATE }, stored?.etag);
      if (saved === 'conflict') throw new RunOverError('another process goes on with it');
      stored = saved;
      state = next;
      if (now().getTime() >= endsAt) throw new RunOverError('its time is over');
    },
  };
}

/** What went wrong with one device is told, and the others go on; unless waiting may help: then the run is over. */
export function noteFailure(run: SyncRun, deviceId: string, error: unknown): void {
  if (!(error instanceof ConnectorError)) throw error;
  run.counts.failed += 1;
  run.log.error(`device \`${deviceId}\` could not be enrolled as Intune has it: ${error.message}`);
}
