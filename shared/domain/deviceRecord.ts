import {
  collectAnnouncements,
  type AnnouncementState,
} from './announcements/collectAnnouncements.ts';
import { configuredDateTime, type Configuration } from './compliance/configuration.ts';
import { BEGINNING_OF_TIME, earliest, type DateTime } from '../base/dateTime.ts';
import { defined } from '../base/defined.ts';
import { createDevice, reportsOf, type Device } from './devices/device.ts';
import { forgetEndedDetections } from './compliance/sourceViews.ts';
import { evaluateCompliance, type ComplianceEvaluation } from './compliance/evaluateCompliance.ts';
import { mergeSignals } from './devices/mergeSignals.ts';
import { tidyDevice } from './devices/tidyDevice.ts';
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

/** The record of a device without any signal. */
export function createDeviceRecord(deviceId: string): DeviceRecord {
  return { device: createDevice(deviceId), announcementCount: 0, outbox: [] };
}

/**
 * The record after `signals` at `now`: merges them, evaluates the device and adds its announcements. Returns the same
 * object if nothing needs to be stored.
 */
export function advanceRecord(
  record: DeviceRecord,
  signals: readonly DeviceSignal[],
  configuration: Configuration,
  now: DateTime,
): DeviceRecord {
  const merged = mergeSignals(record.device, signals);
  const device = tidyDevice(forgetEndedDetections(merged, configuration, now), now);
  const evaluated = evaluateCompliance(
    { device, ...historyOf(record, device, configuration, now) },
    configuration,
    now,
  );
  const states = toStored(evaluated, configuration, now);
  const notices = noticesOf(record, evaluated, configuration, now);
  const evaluation = withNextNotice(states, notices);
  if (
    notices.due.length === 0 &&
    isSame(evaluation, record.evaluation, device === record.device) &&
    !isWorthWriting(record.device, device, configuration)
  )
    return record;
  const counted = withRestartedCount(record, configuration);
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

/** While no policy is evaluated, because the device left or the configuration is broken, notices wait. */
function noticesOf(
  { sentNotices = [] }: DeviceRecord,
  evaluated: ComplianceEvaluation,
  { compliancePolicies }: Configuration,
  now: DateTime,
): DueNotices {
  return evaluated.policyVersion === 'none'
    ? { due: [], sent: sentNotices }
    : dueNotices(evaluated, compliancePolicies, sentNotices, now);
}

/**
 * A record from a backup does not know the announcements that were sent after the backup. It counts anew, because two
 * announcements must not have the same id.
 */
function withRestartedCount(
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
 * When the sweep must visit the device, by the wall clock: at once while its outbox is not empty, else when a grace period
 * ends or a notice is due; `undefined` if time alone changes nothing. Silence has a clock of its own.
 */
export function sweepDueDateTime({ outbox, evaluation }: DeviceRecord): DateTime | undefined {
  return outbox.length > 0
    ? BEGINNING_OF_TIME
    : earliest(evaluation?.changeDueDateTime, evaluation?.noticeDueDateTime);
}

/**
 * The history for the evaluation of `device`. If signals changed the device, the old device is first evaluated under the
 * current configuration. So a failure that the configuration caused dates from its change, and one that the signals
 * caused dates from now.
 */
function historyOf(
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
 * Whether the evaluation equals the stored one. If the device changed, its silence deadline is not compared: whether that
 * moved far enough to store is decided by `isWorthWriting`.
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

/** A sign of life that moves a deadline by less than the slack is not worth a write of its own. */
function isWorthWriting(before: Device, after: Device, configuration: Configuration): boolean {
  if (after === before) return false;
  return (
    withoutSignOfLife(before) !== withoutSignOfLife(after) ||
    isWorthMoving(before.lastSeenDateTime, after.lastSeenDateTime, slackOf(configuration)) ||
    Object.entries(after.sources ?? {}).some(([id, { lastSeenDateTime }]) =>
      isWorthMoving(
        reportsOf(before, id)?.lastSeenDateTime,
        lastSeenDateTime,
        slackOf(configuration, id),
      ),
    )
  );
}

function isWorthMoving(
  before: DateTime | undefined,
  after: DateTime | undefined,
  slackInSeconds: number,
): boolean {
  if (before === after) return false;
  return (
    before === undefined ||
    after === undefined ||
    Date.parse(after) - Date.parse(before) >= slackInSeconds * 1000
  );
}

/** At most half of the window, whatever the settings are: a device that reports must not count as silent. */
function slackOf({ tenantSettings, eventSources }: Configuration, sourceId?: string): number {
  const { deviceHeartbeatSlackInSeconds: slack = 0, deviceHeartbeatWindowInSeconds: own = 0 } =
    tenantSettings ?? {};
  const source = eventSources.find(({ id }) => id === sourceId);
  return Math.min(slack, (source?.silenceWindowInSeconds ?? own) / 2);
}

function withoutSignOfLife(device: Partial<Device>): string {
  const { heartbeat, lastSeenDateTime: _, sources = {}, ...rest } = device;
  return JSON.stringify([
    heartbeat?.value.appVersion,
    Object.entries(rest).toSorted(([a], [b]) => (a < b ? -1 : 1)),
    Object.entries(sources).map(([id, reports]) => [id, withoutSignOfLife(reports)]),
  ]);
}
