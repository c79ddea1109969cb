import type { Transition } from '../../shared/domain/announcements/announcement.ts';
import { NOW } from './signals.ts';

/** The `sequence`th transition of a device, from well to bad or back. */
export function transitionOf(sequence: number, changes: Partial<Transition> = {}): Transition {
  const deviceId = changes.deviceId ?? 'phone-1';
  const well = { complianceState: 'compliant', partnerReportedThreatState: 'secured' } as const;
  const bad = {
    complianceState: 'noncompliant',
    partnerReportedThreatState: 'highSeverity',
  } as const;
  const [previous, current] = sequence % 2 === 0 ? [well, bad] : [bad, well];
  return {
    type: 'transition',
    id: `${deviceId}:${String(sequence)}`,
    deviceId,
    sequence,
    occurredDateTime: NOW,
    previous,
    current,
    lastKnown: previous,
    reasonCodes: [],
    ...changes,
  };
}
