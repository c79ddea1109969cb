import type { Announced, Announcement, Notice, Transition } from './announcement.ts';
import type { DateTime } from '../../base/dateTime.ts';
import { defined } from '../../base/defined.ts';
import { managedProperties, type Device } from '../devices/device.ts';
import type { ComplianceEvaluation } from '../compliance/evaluateCompliance.ts';
import type { StoredEvaluation } from '../compliance/storedEvaluation.ts';
import type { DueNotice } from './dueNotices.ts';

/** The part of a device record that announcements change. */
export interface AnnouncementState {
  /** How many announcements the device has made: the sequence of the last one. */
  readonly announcementCount: number;
  /** Written with the state that causes it; an announcement leaves only after it was queued. */
  readonly outbox: readonly Announcement[];
  /** The last states other than `unknown` and the like. */
  readonly lastKnown?: Partial<Announced>;
}

interface Announcing extends AnnouncementState {
  readonly evaluation?: StoredEvaluation;
}

interface Evaluated extends Pick<ComplianceEvaluation, 'reasons'> {
  readonly device: Device;
  readonly evaluation: StoredEvaluation;
  readonly notices: readonly DueNotice[];
  readonly beganDateTime: DateTime | undefined;
}

/** The record's announcements after the new evaluation at `now`: its transition first, then its notices. */
export function collectAnnouncements(
  record: Announcing,
  evaluated: Evaluated,
  now: DateTime,
): AnnouncementState {
  const lastKnown = record.lastKnown ?? knownPart(announced(record.evaluation));
  const previous = announced(record.evaluation);
  const current = announced(evaluated.evaluation);
  const isChanged =
    previous.complianceState !== current.complianceState ||
    previous.partnerReportedThreatState !== current.partnerReportedThreatState;
  const contents = [
    ...(isChanged ? [{ type: 'transition' as const, previous, current, lastKnown }] : []),
    ...evaluated.notices.map((notice) => ({ type: 'notice' as const, ...notice })),
  ];
  const announcements = contents.map((content, at): Announcement => ({
    ...envelope(evaluated, record.announcementCount + at + 1, now),
    ...content,
  }));
  return {
    announcementCount: record.announcementCount + announcements.length,
    outbox: announcements.length === 0 ? record.outbox : [...record.outbox, ...announcements],
    lastKnown: { ...lastKnown, ...knownPart(current) },
  };
}

type Envelope = Omit<Transition, 'type' | 'previous' | 'current' | 'lastKnown'> &
  Omit<Notice, 'type' | keyof DueNotice>;

function envelope(
  { device, beganDateTime, reasons }: Evaluated,
  sequence: number,
  now: DateTime,
): Envelope {
  const { deviceId } = device;
  const userPrincipalName = managedProperties(device)?.userPrincipalName || undefined;
  return {
    id: announcementId(deviceId, beganDateTime, sequence),
    deviceId,
    sequence,
    occurredDateTime: now,
    ...defined({ beganDateTime, userPrincipalName }),
    reasonCodes: [...new Set(reasons.map(({ code }) => code))],
  };
}

/** A device that was deleted and returns counts from 1 again, so the id contains the beginning of its record. */
function announcementId(
  deviceId: string,
  beganDateTime: DateTime | undefined,
  sequence: number,
): string {
  const began = beganDateTime === undefined ? '' : `${String(Date.parse(beganDateTime))}:`;
  return `${deviceId}:${began}${String(sequence)}`;
}

/** A device that was never evaluated has the state `unknown`. */
function announced(evaluation: StoredEvaluation | undefined): Announced {
  return {
    complianceState: evaluation?.complianceState ?? 'unknown',
    partnerReportedThreatState: evaluation?.partnerReportedThreatState ?? 'unknown',
  };
}

const ASSESSED = new Set([
  'secured',
  'lowSeverity',
  'mediumSeverity',
  'highSeverity',
  'compromised',
]);

function knownPart({ complianceState, partnerReportedThreatState }: Announced): Partial<Announced> {
  return {
    ...(complianceState === 'unknown' ? {} : { complianceState }),
    ...(ASSESSED.has(partnerReportedThreatState) ? { partnerReportedThreatState } : {}),
  };
}
