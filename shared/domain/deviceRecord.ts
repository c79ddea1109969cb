import {
  collectAnnouncements,
  type AnnouncementState,
} from './announcements/collectAnnouncements.ts';
import { configuredDateTime, type Configuration } from './compliance/configuration.ts';
import { BEGINNING_OF_TIME, earliest, type DateTime } from '../base/dateTime.ts';
import { defined } from '../base/defined.ts';
import { createDevice, type Device } from './devices/device.ts';
import { evaluateCompliance, type ComplianceEvaluation } from './compliance/evaluateCompliance.ts';
import { forgetOldTombstones, mergeSignals } from './devices/mergeSignals.ts';
import type { DeviceSignal } from './vocabulary/signal.ts';
import type { StoredEvaluation } from './compliance/storedEvaluation.ts';
import { dueNotices, type DueNotices } from './announcements/dueNotices.ts';

/** Everything stored about one device: its facts, its last evaluation and its unsent announcements. */
export interface DeviceRecord extends AnnouncementState {
  readonly device: Device;
  readonly evaluation?: StoredEvaluation;
  /** When this record was first written; absent in those that are older than this property. */
  readonly beganDateTime?: DateTime;
  /** Scheduled actions already announced for failures that are still open. */
  readonly sentNotices?: readonly string[];
}

/** The record of a device of which nothing is known yet. */
export function createDeviceRecord(deviceId: string): DeviceRecord {
  return { device: createDevice(deviceId), announcementCount: 0, outbox: [] };
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
  const states = toStored(evaluated, configuration, now);
  const notices = dueNotices(
    states,
    configuration.compliancePolicies,
    record.sentNotices ?? [],
    now,
  );
  const evaluation = withNextNotice(states, notices);
  if (
    notices.due.length === 0 &&
    isSame(evaluation, record.evaluation, device === record.device) &&
    !isWorthWriting(record.device, device, configuration)
  )
    return record;
  const counted = countedAnew(record, configuration);
  const beganDateTime = record.evaluation === undefined ? now : counted.beganDateTime;
  const { reasons } = evaluated;
  return {
    device,
    evaluation,
    ...defined({ beganDateTime }),
    ...collectAnnouncements(
      counted,
      { device, evaluation, notices: notices.due, beganDateTime, reasons },
      now,
    ),
    sentNotices: notices.sent,
  };
}

/**
 * A record from a backup does not know what it has told since: were it to count on, two different announcements would
 * have one id.
 */
function countedAnew(
  record: DeviceRecord,
  { recoveredDateTime = BEGINNING_OF_TIME }: Configuration,
): DeviceRecord {
  return (record.beganDateTime ?? BEGINNING_OF_TIME) < recoveredDateTime
    ? { ...record, beganDateTime: recoveredDateTime, announcementCount: 0 }
    : record;
}

function withNextNotice(
  evaluation: StoredEvaluation,
  { nextDateTime }: DueNotices,
): StoredEvaluation {
  return nextDateTime === undefined
    ? evaluation
    : { ...evaluation, noticeDueDateTime: nextDateTime };
}

/**
 * When the sweep has to look at the device again, by the wall clock: at once while its outbox waits, else when a
 * grace period ends or somebody is to be notified; `undefined` where time alone changes nothing. Silence has a clock of
 * its own.
 */
export function sweepDueDateTime({ outbox, evaluation }: DeviceRecord): DateTime | undefined {
  return outbox.length > 0
    ? BEGINNING_OF_TIME
    : earliest(evaluation?.changeDueDateTime, evaluation?.noticeDueDateTime);
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
    ...defined({ changeDueDateTime }),
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
    a.noticeDueDateTime === b.noticeDueDateTime &&
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
  const { deviceHeartbeatSlackInSeconds: slack = 0, deviceHeartbeatWindowInSeconds: window = 0 } =
    tenantSettings ?? {};
  // Whatever was stored: a device that reports must not be taken for silent.
  const slackInSeconds = Math.min(slack, window / 2);
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
