import { addSeconds, type DateTime } from '../../base/dateTime.ts';
import type { Device } from '../devices/device.ts';
import {
  anyWordOf,
  reportFaultId,
  type KnownReportFault,
  type ReportFault,
} from '../vocabulary/reportFault.ts';
import type { Configuration } from './configuration.ts';
import { maximumHoldInSeconds } from './deviceClock.ts';

/** What a fault of a report is worth for one device. */
export type FaultStanding =
  | { readonly kind: 'worst' }
  | { readonly kind: 'word'; readonly word: string }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'held'; readonly untilDateTime: DateTime }
  | { readonly kind: 'heldTooLong' };

const WORST: FaultStanding = { kind: 'worst' };

/**
 * What the fault is worth for the device at `now`, by what is known of its word, else by what is known of all unknown
 * words of its field. A hold spares the devices that first reported the fault after it began; the others stay as they
 * were. A hold ends by the wall clock, whether or not a timer runs.
 */
export function faultStandingOf(
  fault: ReportFault,
  device: Device,
  configuration: Configuration,
  now: DateTime,
): FaultStanding {
  const id = reportFaultId(fault);
  const known =
    findKnown(id, configuration) ?? findKnown(reportFaultId(anyWordOf(fault)), configuration);
  if (known === undefined) return WORST;
  if (known.state === 'resolved') return meaningOf(known);
  const { heldDateTime } = known;
  const since = device.faultsSince?.[id];
  if (heldDateTime === undefined || (since !== undefined && since < heldDateTime)) return WORST;
  const untilDateTime = addSeconds(heldDateTime, maximumHoldInSeconds(configuration));
  return now < untilDateTime ? { kind: 'held', untilDateTime } : { kind: 'heldTooLong' };
}

/** A fault that is only counted has no say. */
function findKnown(wanted: string, { reportFaults }: Configuration): KnownReportFault | undefined {
  return reportFaults.find(({ id, state }) => id === wanted && state !== 'counting');
}

function meaningOf({ meaning = 'worst' }: KnownReportFault): FaultStanding {
  if (meaning === 'worst') return WORST;
  return meaning === 'nothing' ? { kind: 'nothing' } : { kind: 'word', word: meaning };
}
