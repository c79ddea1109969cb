import { applySilenceBreaker } from './applySilenceBreaker.ts';
import { isTransient } from '../../base/connectorError.ts';
import type { Configuration } from '../../domain/compliance/configuration.ts';
import { addSeconds, type DateTime } from '../../base/dateTime.ts';
import { defined } from '../../base/defined.ts';
import { evaluatedVersion } from './evaluatedVersion.ts';
import {
  SINGLETON_ID,
  type ConfigurationCache,
  type ConfigurationDocuments,
  type ConfigurationStore,
  type VersionedDocument,
} from '../ports/configuration.ts';
import type { DeviceStore, DueDevices, ManagedDeviceIds } from '../ports/devices.ts';
import { recomputeDevice, type RecomputeDependencies } from './recomputeDevice.ts';
import type { Replacement } from './replaceUnreadable.ts';

const PAGE_SIZE = 100;
const STATE = { id: SINGLETON_ID, kind: 'reevaluation' } as const;

export interface ReevaluationDependencies extends RecomputeDependencies {
  readonly devices: DeviceStore & DueDevices & ManagedDeviceIds;
  readonly configuration: ConfigurationStore & ConfigurationCache;
  readonly documents: ConfigurationDocuments;
  readonly now: () => Date;
  /** Used in a pass that an operator started. Other passes leave a record that cannot be read as it is. */
  readonly replacement?: Replacement | undefined;
}

export interface ReevaluationLimits {
  /** The share of the database's capacity that the pass may use beside the daily work. */
  readonly devicesPerSecond: number;
  /** After this time a run leaves the rest to the next run. */
  readonly runInMilliseconds: number;
  /** How long another process may still evaluate under the old configuration. */
  readonly cacheInSeconds: number;
}

/**
 * A slow worker may still save a device evaluated under the old configuration. After this time none can, because no
 * invocation lives as long (`functionTimeout` of host.json).
 */
const SETTLING_IN_SECONDS = 6 * 60;

/** The progress of the pass for one version of the configuration. */
interface Pass {
  readonly evaluatedVersion: string;
  /** Every enrolled device up to this id was visited; absent once all were. */
  readonly afterDeviceId?: string;
  /** When the last device was visited. */
  readonly completedDateTime?: DateTime;
  /** Like `afterDeviceId`, for the second round, which covers late writes. */
  readonly secondAfterDeviceId?: string;
  readonly visitedDeviceCount: number;
  readonly failedDeviceCount: number;
  /** Whether an operator started the pass. */
  readonly isRequested?: boolean;
}

const BEGINNING = { afterDeviceId: '', visitedDeviceCount: 0, failedDeviceCount: 0 } as const;
/** Stored in place of a version. No configuration has it, so a new pass begins. */
const REQUESTED = 'requested';

/** The result of one run. */
export interface ReevaluationOutcome {
  readonly visited: number;
  readonly failed: number;
  readonly isComplete: boolean;
}

/**
 * Evaluates every enrolled device under the current configuration, page by page, so that lists, alerts and transitions
 * follow a change of policy. Decisions do not need it, since they evaluate at read time. The progress is saved after
 * each page: an interrupted run resumes there, and a changed configuration starts a new pass. Minutes after the last
 * device, a second round covers what a slow worker has written since. If a device of a page fails with a transient
 * error, the next run repeats the page. A device with an unreadable record is logged and skipped, unless an operator
 * started the pass: then what can be kept of the record replaces it.
 */
export async function runReevaluation(
  dependencies: ReevaluationDependencies,
  limits: ReevaluationLimits,
): Promise<ReevaluationOutcome> {
  const began = dependencies.now().getTime();
  const configuration = await loadConfiguration(dependencies);
  const version = evaluatedVersion(configuration, dependencies.now().toISOString());
  let stored = await dependencies.documents.loadDocument(STATE.kind, STATE.id);
  let pass = passFor(stored, version, dependencies.now().toISOString());
  // A worker that still has the old configuration would undo the pass.
  if (pass.visitedDeviceCount === 0 && pass.afterDeviceId !== undefined)
    await dependencies.pause(limits.cacheInSeconds * 1000);
  const outcome = { visited: 0, failed: 0 };
  for (;;) {
    const after = pass.afterDeviceId ?? pass.secondAfterDeviceId;
    if (after === undefined) break;
    const pageBegan = dependencies.now().getTime();
    if (pageBegan - began >= limits.runInMilliseconds) return { ...outcome, isComplete: false };
    const ids = await dependencies.devices.listManagedIds(after, PAGE_SIZE);
    const { failed, transient } = await recomputeAll(
      pass.isRequested === true ? dependencies : { ...dependencies, replacement: undefined },
      ids,
      configuration,
    );
    outcome.visited += ids.length;
    outcome.failed += failed;
    if (transient > 0) return { ...outcome, isComplete: false };
    pass = advance(pass, ids, failed, dependencies.now().toISOString());
    const saved = await dependencies.documents.saveDocument({ ...STATE, ...pass }, stored?.etag);
    // Another host is running the pass and continues it.
    if (saved === 'conflict') return { ...outcome, isComplete: false };
    stored = saved;
    const current = evaluatedVersion(
      await dependencies.configuration.load(),
      dependencies.now().toISOString(),
    );
    if (current !== version) return { ...outcome, isComplete: false };
    const minimumInMilliseconds = (ids.length / limits.devicesPerSecond) * 1000;
    await dependencies.pause(
      Math.max(0, minimumInMilliseconds - (dependencies.now().getTime() - pageBegan)),
    );
  }
  return { ...outcome, isComplete: true };
}

/** The progress of the latest pass; `idle` if there was none. */
export interface ReevaluationProgress {
  readonly state: 'idle' | 'running' | 'complete';
  readonly visitedDeviceCount: number;
  readonly failedDeviceCount: number;
}

export async function readReevaluation(
  documents: Pick<ConfigurationDocuments, 'loadDocument'>,
): Promise<ReevaluationProgress> {
  const stored = await documents.loadDocument(STATE.kind, STATE.id);
  if (stored === undefined) return { state: 'idle', visitedDeviceCount: 0, failedDeviceCount: 0 };
  const pass = stored.document as unknown as Pass;
  const { afterDeviceId, visitedDeviceCount, failedDeviceCount } = pass;
  const state = afterDeviceId === undefined ? 'complete' : 'running';
  return { state, visitedDeviceCount, failedDeviceCount };
}

/** Makes the next run start from the first device. Returns `conflict` if a run saves its progress at this moment. */
export async function beginReevaluation(
  documents: Pick<ConfigurationDocuments, 'loadDocument' | 'saveDocument'>,
): Promise<'begun' | 'conflict'> {
  const stored = await documents.loadDocument(STATE.kind, STATE.id);
  const pass: Pass = { ...BEGINNING, evaluatedVersion: REQUESTED };
  const saved = await documents.saveDocument({ ...STATE, ...pass }, stored?.etag);
  return saved === 'conflict' ? 'conflict' : 'begun';
}

/** Bypasses the cache: a pass for an outdated configuration would be useless. */
async function loadConfiguration(dependencies: ReevaluationDependencies): Promise<Configuration> {
  dependencies.configuration.forget();
  const configuration = await dependencies.configuration.load();
  return applySilenceBreaker(dependencies, configuration, dependencies.now().toISOString());
}

/** The saved pass, or a new one if the configuration has changed. */
function passFor(stored: VersionedDocument | undefined, version: string, now: DateTime): Pass {
  const left = stored?.document as Pass | undefined;
  if (left?.evaluatedVersion !== version) {
    const isRequested = left?.evaluatedVersion === REQUESTED;
    return { ...BEGINNING, evaluatedVersion: version, ...(isRequested ? { isRequested } : {}) };
  }
  const { afterDeviceId, completedDateTime, secondAfterDeviceId } = left;
  const isRunning = afterDeviceId !== undefined || secondAfterDeviceId !== undefined;
  const isSecondRoundDue =
    completedDateTime !== undefined && now >= addSeconds(completedDateTime, SETTLING_IN_SECONDS);
  return !isRunning && isSecondRoundDue ? { ...left, secondAfterDeviceId: '' } : left;
}

function advance(pass: Pass, ids: readonly string[], failed: number, now: DateTime): Pass {
  const { afterDeviceId, completedDateTime, secondAfterDeviceId: _, ...rest } = pass;
  const last = ids.length < PAGE_SIZE ? undefined : ids.at(-1);
  // After the second round `completedDateTime` is removed, so no third round begins.
  if (afterDeviceId === undefined)
    return last === undefined ? rest : { ...pass, secondAfterDeviceId: last };
  return {
    ...rest,
    ...defined({ completedDateTime }),
    ...(last === undefined ? { completedDateTime: now } : { afterDeviceId: last }),
    visitedDeviceCount: pass.visitedDeviceCount + ids.length,
    failedDeviceCount: pass.failedDeviceCount + failed,
  };
}

async function recomputeAll(
  dependencies: ReevaluationDependencies,
  ids: readonly string[],
  configuration: Configuration,
): Promise<{ readonly failed: number; readonly transient: number }> {
  const now: DateTime = dependencies.now().toISOString();
  const { replacement } = dependencies;
  const results = await Promise.allSettled(
    ids.map((deviceId) =>
      recomputeDevice(dependencies, { deviceId, signals: [], configuration, now, replacement }),
    ),
  );
  const failures = results.filter((result) => result.status === 'rejected');
  for (const { reason } of failures) {
    dependencies.log.error(`a device could not be re-evaluated: ${String(reason)}`);
  }
  return {
    failed: failures.length,
    transient: failures.filter(({ reason }) => isTransient(reason)).length,
  };
}
