import type { Transition } from '../../shared/domain/announcements/announcement.ts';
import { NOW } from './signals.ts';

/** Transition number `sequence` of a device, from healthy to infected or back. */
export function transitionOf(sequence: number, changes: Partial<Transition> = {}): Transition {
  const deviceId = changes.deviceId ?? 'phone-1';
  const healthy = { complianceState: 'compliant', partnerReportedThreatState: 'secured' } as const;
  const infected = {
    complianceState: 'noncompliant',
    partnerReportedThreatState: 'highSeverity',
  } as const;
  const [previous, current] = sequence % 2 === 0 ? [healthy, infected] : [infected, healthy];
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
