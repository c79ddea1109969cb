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

const PAGE_SIZE = 100;
const STATE = { id: SINGLETON_ID, kind: 'reevaluation' } as const;

export interface ReevaluationDependencies extends RecomputeDependencies {
  readonly devices: DeviceStore & DueDevices & ManagedDeviceIds;
  readonly configuration: ConfigurationStore & ConfigurationCache;
  readonly documents: ConfigurationDocuments;
  readonly now: () => Date;
}

export interface ReevaluationLimits {
  /** What the pass may take of the database beside the daily work. */
  readonly devicesPerSecond: number;
  /** How long one run may take before it leaves the rest to the next. */
  readonly runInMilliseconds: number;
  /** For how long another process may still evaluate by the configuration as it was. */
  readonly cacheInSeconds: number;
}

/**
 * No invocation lives as long (`functionTimeout` of host.json): a worker that read the configuration before it was
 * changed, and was held up with it, has written by then what it makes of a device by the rules of before.
 */
const SETTLING_IN_SECONDS = 6 * 60;

/** How far the pass for one version of the configuration has come. */
interface Pass {
  readonly evaluatedVersion: string;
  /** Every enrolled device up to this id has been visited; absent once all have. */
  readonly afterDeviceId?: string;
  /** When all had. */
  readonly completedDateTime?: DateTime;
  /** The same for the second round, which goes over what was written late. */
  readonly secondAfterDeviceId?: string;
  readonly visitedDeviceCount: number;
  readonly failedDeviceCount: number;
}

const BEGINNING = { afterDeviceId: '', visitedDeviceCount: 0, failedDeviceCount: 0 } as const;
/** In place of a version: no configuration has it, so that a pass begins. */
const REQUESTED = 'requested';

/** What one run did. */
export interface ReevaluationOutcome {
  readonly visited: number;
  readonly failed: number;
  readonly isComplete: boolean;
}

/**
 * Brings the stored view of every enrolled device to the configuration as it is, page by page, so that lists, alerts
 * and transitions follow a change of policy. Answers do not wait for it: they are computed at read time. How far it
 * came is kept after each page: a run that is cut off goes on there, and a change in between begins anew. Minutes after
 * the last device it goes over all of them once more, for what a worker that was held up has written since. A page of
 * which a device could not be reached is left to the next run, whole; one that cannot be read is logged and passed.
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
  // A worker that has the old configuration yet would undo what the pass does.
  if (pass.visitedDeviceCount === 0 && pass.afterDeviceId !== undefined)
    await dependencies.pause(limits.cacheInSeconds * 1000);
  const outcome = { visited: 0, failed: 0 };
  for (;;) {
    const after = pass.afterDeviceId ?? pass.secondAfterDeviceId;
    if (after === undefined) break;
    const pageBegan = dependencies.now().getTime();
    if (pageBegan - began >= limits.runInMilliseconds) return { ...outcome, isComplete: false };
    const ids = await dependencies.devices.listManagedIds(after, PAGE_SIZE);
    const { failed, unreached } = await recomputeAll(dependencies, ids, configuration);
    outcome.visited += ids.length;
    outcome.failed += failed;
    if (unreached > 0) return { ...outcome, isComplete: false };
    pass = advance(pass, ids, failed, dependencies.now().toISOString());
    const saved = await dependencies.documents.saveDocument({ ...STATE, ...pass }, stored?.etag);
    // Another host works on it: it goes on from where it is.
    if (saved === 'conflict') return { ...outcome, isComplete: false };
    stored = saved;
    const current = evaluatedVersion(
      await dependencies.configuration.load(),
      dependencies.now().toISOString(),
    );
    if (current !== version) return { ...outcome, isComplete: false };
    const owed = (ids.length / limits.devicesPerSecond) * 1000;
    await dependencies.pause(Math.max(0, owed - (dependencies.now().getTime() - pageBegan)));
  }
  return { ...outcome, isComplete: true };
}

/** How far the pass has come that was the last to begin; `idle` where none has. */
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

/** Lets the next run begin from the first device, whatever was done; `conflict` where a run goes on at this moment. */
export async function beginReevaluation(
  documents: Pick<ConfigurationDocuments, 'loadDocument' | 'saveDocument'>,
): Promise<'begun' | 'conflict'> {
  const stored = await documents.loadDocument(STATE.kind, STATE.id);
  const pass: Pass = { ...BEGINNING, evaluatedVersion: REQUESTED };
  const saved = await documents.saveDocument({ ...STATE, ...pass }, stored?.etag);
  return saved === 'conflict' ? 'conflict' : 'begun';
}

/** As it is now: a pass for a configuration that is already another would be for nothing. */
async function loadConfiguration(dependencies: ReevaluationDependencies): Promise<Configuration> {
  dependencies.configuration.forget();
  const configuration = await dependencies.configuration.load();
  return applySilenceBreaker(dependencies, configuration, dependencies.now().toISOString());
}

/** The pass as it was left, or one from the beginning where the configuration is another. */
function passFor(stored: VersionedDocument | undefined, version: string, now: DateTime): Pass {
  const left = stored?.document as Pass | undefined;
  if (left?.evaluatedVersion !== version) return { ...BEGINNING, evaluatedVersion: version };
  const { afterDeviceId, completedDateTime, secondAfterDeviceId } = left;
  const isUnderWay = afterDeviceId !== undefined || secondAfterDeviceId !== undefined;
  const isToBeSettled =
    completedDateTime !== undefined && now >= addSeconds(completedDateTime, SETTLING_IN_SECONDS);
  return !isUnderWay && isToBeSettled ? { ...left, secondAfterDeviceId: '' } : left;
}

function advance(pass: Pass, ids: readonly string[], failed: number, now: DateTime): Pass {
  const { afterDeviceId, completedDateTime, secondAfterDeviceId: _, ...rest } = pass;
  const last = ids.length < PAGE_SIZE ? undefined : ids.at(-1);
  // The second round leaves no trace when it is through: then nothing is left to be settled.
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
): Promise<{ readonly failed: number; readonly unreached: number }> {
  const now: DateTime = dependencies.now().toISOString();
  const results = await Promise.allSettled(
    ids.map((deviceId) =>
      recomputeDevice(dependencies, { deviceId, signals: [], configuration, now }),
    ),
  );
  const failures = results.filter((result) => result.status === 'rejected');
  for (const { reason } of failures) {
    dependencies.log.error(`a device could not be evaluated again: ${String(reason)}`);
  }
  return {
    failed: failures.length,
    unreached: failures.filter(({ reason }) => isTransient(reason)).length,
  };
}
