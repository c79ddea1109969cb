import { addSeconds, type DateTime } from '../../base/dateTime.ts';
import type { Device } from '../devices/device.ts';
import {
  reportFaultId,
  type KnownReportFault,
  type ReportFault,
} from '../vocabulary/reportFault.ts';
import type { Configuration } from './configuration.ts';

/** What a fault of a report is worth for one device. */
export type FaultStanding =
  | { readonly kind: 'worst' }
  | { readonly kind: 'word'; readonly word: string }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'held'; readonly untilDateTime: DateTime }
  | { readonly kind: 'heldTooLong' };

const WORST: FaultStanding = { kind: 'worst' };

/** The meanings that an operator can give to every fault, beside the words of its field. */
export const PLAIN_MEANINGS = ['worst', 'nothing'] as const;

const SECONDS_PER_HOUR = 60 * 60;
const SECONDS_PER_DAY = 24 * SECONDS_PER_HOUR;

/**
 * What the fault is worth for the device at `now`. A hold spares the devices that first reported the fault after it
 * began; the others stay as they were. A hold ends by the wall clock, whether or not a timer runs.
 */
export function faultStandingOf(
  fault: ReportFault,
  device: Device,
  configuration: Configuration,
  now: DateTime,
): FaultStanding {
  const id = reportFaultId(fault);
  const known = configuration.reportFaults.find((each) => each.id === id);
  if (known === undefined || known.state === 'counting') return WORST;
  if (known.state === 'resolved') return meaningOf(known);
  const since = device.faultsSince?.[id];
  if (known.heldDateTime === undefined || (since !== undefined && since < known.heldDateTime))
    return WORST;
  const untilDateTime = addSeconds(known.heldDateTime, maximumHoldInSeconds(configuration));
  return now < untilDateTime ? { kind: 'held', untilDateTime } : { kind: 'heldTooLong' };
}

function meaningOf({ meaning = 'worst' }: KnownReportFault): FaultStanding {
  if (meaning === 'worst') return WORST;
  return meaning === 'nothing' ? { kind: 'nothing' } : { kind: 'word', word: meaning };
}

/** How long a hold lasts at most. It never outlasts the partner's own threshold. */
export function maximumHoldInSeconds({ tenantSettings, connector }: Configuration): number {
  const setting = (tenantSettings?.maximumHoldInHours ?? 0) * SECONDS_PER_HOUR;
  const threshold = connector?.partnerUnresponsivenessThresholdInDays ?? 0;
  return Math.min(setting, threshold * SECONDS_PER_DAY);
}
