import type { Announced, Announcement, Transition } from './announcement.ts';
import { configuredDateTime, type Configuration } from './configuration.ts';
import { BEGINNING_OF_TIME, type DateTime } from './dateTime.ts';
import { createDevice, type Device } from './device.ts';
import { evaluateCompliance, type ComplianceEvaluation } from './evaluateCompliance.ts';
import { forgetOldTombstones, mergeSignals } from './mergeSignals.ts';
import type { DeviceSignal } from './signal.ts';
import type { StoredEvaluation } from './storedEvaluation.ts';

/** All that is kept of one device: what is known, what was last made of it, and what has yet to be told. */
export interface DeviceRecord {
  readonly device: Device;
  readonly evaluation?: StoredEvaluation;
  readonly transitionCount: number;
  /** Written with the state that causes it; leaves only after it was queued. */
  readonly outbox: readonly Announcement[];
}

/** The record of a device of which nothing is known yet. */
export function createDeviceRecord(deviceId: string): DeviceRecord {
  return { device: createDevice(deviceId), transitionCount: 0, outbox: [] };
}

/**
 * The record after `signals` at `now`: merged, evaluated, its transition noted. The same object comes back where
 * there is nothing worth a write.
 */
export function advanceRecord(
  record: DeviceRecord,
  signals: readonly DeviceSignal[],
  configuration: Configuration,
  now: DateTime,
): DeviceRecord {
  const device = forgetOldTombstones(mergeSignals(record.device, signals), now);
  const evaluated = evaluateCompliance(
    { device, ...memoryOf(record, device, configuration, now) },
    configuration,
    now,
  );
  const evaluation = toStored(evaluated, configuration, now);
  if (isSame(evaluation, record.evaluation, device === record.device)) {
    if (!isWorthWriting(record.device, device, configuration)) return record;
  }
  const transition = transitionBetween(record, evaluation, evaluated, now);
  return {
    device,
    evaluation,
    transitionCount: record.transitionCount + (transition === undefined ? 0 : 1),
    outbox: transition === undefined ? record.outbox : [...record.outbox, transition],
  };
}

/**
 * When the sweep has to look at the device again, by the wall clock: at once while its outbox waits, else when a
 * grace period ends; `undefined` where time alone changes nothing. Silence has a clock of its own.
 */
export function sweepDueDateTime({ outbox, evaluation }: DeviceRecord): DateTime | undefined {
  return outbox.length > 0 ? BEGINNING_OF_TIME : evaluation?.changeDueDateTime;
}

/**
 * What the evaluation of `device` remembers. Where signals have changed it, that is first brought to the configuration
 * as it is now: what the device failed before them dates from the change of the configuration, what it fails since from
 * them.
 */
function memoryOf(
  record: DeviceRecord,
  device: Device,
  configuration: Configuration,
  now: DateTime,
): Pick<DeviceRecord, 'evaluation'> {
  if (record.evaluation === undefined) return {};
  if (device === record.device) return { evaluation: record.evaluation };
  return {
    evaluation: toStored(evaluateCompliance(record, configuration, now), configuration, now),
  };
}

function toStored(
  evaluated: ComplianceEvaluation,
  configuration: Configuration,
  now: DateTime,
): StoredEvaluation {
  const { isManaged, complianceState, partnerReportedThreatState, isSilent } = evaluated;
  const { silenceDueDateTime, changeDueDateTime, policyStates } = evaluated;
  return {
    isManaged,
    complianceState,
    partnerReportedThreatState,
    isSilent,
    evaluatedDateTime: now,
    configuredDateTime: configuredDateTime(configuration),
    ...(isManaged && silenceDueDateTime !== undefined ? { silenceDueDateTime } : {}),
    ...(changeDueDateTime === undefined ? {} : { changeDueDateTime }),
    policyStates,
  };
}

/**
 * Whether the view is the one that is kept. Where the device has changed, its deadline follows from it, and whether
 * it moved far enough to write is `isWorthWriting`'s question.
 */
function isSame(
  a: StoredEvaluation,
  b: StoredEvaluation | undefined,
  isSameDevice: boolean,
): boolean {
  return (
    b !== undefined &&
    a.isManaged === b.isManaged &&
    a.complianceState === b.complianceState &&
    a.partnerReportedThreatState === b.partnerReportedThreatState &&
    a.isSilent === b.isSilent &&
    a.changeDueDateTime === b.changeDueDateTime &&
    (!isSameDevice || a.silenceDueDateTime === b.silenceDueDateTime) &&
    isSamePolicyStates(a.policyStates, b.policyStates)
  );
}

type PolicyStates = StoredEvaluation['policyStates'];

function isSamePolicyStates(a: PolicyStates, b: PolicyStates): boolean {
  const ids = Object.keys(a);
  return (
    ids.length === Object.keys(b).length &&
    ids.every(
      (id) =>
        b[id] !== undefined &&
        a[id]?.noncompliantSinceDateTime === b[id].noncompliantSinceDateTime &&
        a[id]?.errorSinceDateTime === b[id].errorSinceDateTime,
    )
  );
}

/** A sign of life that would move the deadline by less than the slack is not worth a write of its own. */
function isWorthWriting(before: Device, after: Device, { tenantSettings }: Configuration): boolean {
  if (after === before) return false;
  const slackInSeconds = tenantSettings?.deviceHeartbeatSlackInSeconds ?? 0;
  return (
    withoutSignOfLife(before) !== withoutSignOfLife(after) ||
    before.lastSeenDateTime === undefined ||
    after.lastSeenDateTime === undefined ||
    Date.parse(after.lastSeenDateTime) - Date.parse(before.lastSeenDateTime) >=
      slackInSeconds * 1000
  );
}

function withoutSignOfLife(device: Device): string {
  const { heartbeat, lastSeenDateTime: _, ...rest } = device;
  return JSON.stringify([
    heartbeat?.value.appVersion,
    Object.entries(rest).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  ]);
}

function transitionBetween(
  record: DeviceRecord,
  current: StoredEvaluation,
  { reasons }: ComplianceEvaluation,
  now: DateTime,
): Transition | undefined {
  const previous = announced(record.evaluation);
  if (JSON.stringify(previous) === JSON.stringify(announced(current))) return undefined;
  const { deviceId } = record.device;
  const sequence = record.transitionCount + 1;
  return {
    type: 'transition',
    id: `${deviceId}:${String(sequence)}`,
    deviceId,
    sequence,
    occurredDateTime: now,
    previous,
    current: announced(current),
    lastKnown: {},
    reasonCodes: reasons.map(({ code }) => code),
  };
}

/** What others see; a device that was never evaluated is `unknown` to them. */
function announced(evaluation: StoredEvaluation | undefined): Announced {
  return {
    complianceState: evaluation?.complianceState ?? 'unknown',
    partnerReportedThreatState: evaluation?.partnerReportedThreatState ?? 'unknown',
  };
}
