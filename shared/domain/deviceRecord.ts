import type { Configuration } from './configuration.ts';
import { BEGINNING_OF_TIME, type DateTime } from './dateTime.ts';
import { createDevice, type Device } from './device.ts';
import {
  evaluateCompliance,
  type ComplianceEvaluation,
  type ComplianceState,
} from './evaluateCompliance.ts';
import { forgetOldTombstones, mergeSignals } from './mergeSignals.ts';
import type { DeviceSignal } from './signal.ts';
import type { PartnerReportedThreatState } from './threat.ts';

/** The part of an evaluation that is kept: a materialised view for lists, alerts and transitions, never an answer. */
export interface StoredEvaluation {
  readonly isManaged: boolean;
  readonly complianceState: ComplianceState;
  readonly partnerReportedThreatState: PartnerReportedThreatState;
  readonly heartbeatDeadlineDateTime?: DateTime;
  readonly isSilent: boolean;
}

type Announced = Pick<StoredEvaluation, 'complianceState' | 'partnerReportedThreatState'>;

/** One change of what others see of a device. */
export interface Transition {
  /** Deterministic, so that a receiver can drop the repeat. */
  readonly id: string;
  readonly deviceId: string;
  /** Counts the transitions of this device from 1, without gaps. */
  readonly sequence: number;
  readonly occurredDateTime: DateTime;
  readonly previous: Announced;
  readonly current: Announced;
  readonly reasonCodes: readonly string[];
}

/** All that is kept of one device: what is known, what was last made of it, and what has yet to be told. */
export interface DeviceRecord {
  readonly device: Device;
  readonly evaluation?: StoredEvaluation;
  readonly transitionCount: number;
  /** Written with the state that causes it; leaves only after it was queued. */
  readonly outbox: readonly Transition[];
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
  const evaluated = evaluateCompliance(device, configuration, now);
  const evaluation = toStored(evaluated);
  const isSameView = record.evaluation !== undefined && isSame(evaluation, record.evaluation);
  if (isSameView && !isWorthWriting(record.device, device, configuration)) return record;
  const transition = transitionBetween(record, evaluation, evaluated, now);
  return {
    device,
    evaluation,
    transitionCount: record.transitionCount + (transition === undefined ? 0 : 1),
    outbox: transition === undefined ? record.outbox : [...record.outbox, transition],
  };
}

/**
 * When the sweep has to look at the device again: at once while its outbox waits, else when its silence would pass
 * the deadline; `undefined` where time alone changes nothing.
 */
export function sweepDueDateTime({ outbox, evaluation }: DeviceRecord): DateTime | undefined {
  if (outbox.length > 0) return BEGINNING_OF_TIME;
  return evaluation?.isManaged === true && !evaluation.isSilent
    ? evaluation.heartbeatDeadlineDateTime
    : undefined;
}

function toStored(evaluated: ComplianceEvaluation): StoredEvaluation {
  const { isManaged, complianceState, partnerReportedThreatState, isSilent } = evaluated;
  const { heartbeatDeadlineDateTime } = evaluated;
  return {
    isManaged,
    complianceState,
    partnerReportedThreatState,
    isSilent,
    ...(heartbeatDeadlineDateTime === undefined ? {} : { heartbeatDeadlineDateTime }),
  };
}

/** The deadline follows from the device: whether it moved far enough to write is `isWorthWriting`'s question. */
function isSame(a: StoredEvaluation, b: StoredEvaluation): boolean {
  return (
    a.isManaged === b.isManaged &&
    a.complianceState === b.complianceState &&
    a.partnerReportedThreatState === b.partnerReportedThreatState &&
    a.isSilent === b.isSilent
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
    id: `${deviceId}:${String(sequence)}`,
    deviceId,
    sequence,
    occurredDateTime: now,
    previous,
    current: announced(current),
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
