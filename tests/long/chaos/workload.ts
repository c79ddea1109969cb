import type { SepMobileEvent } from '../../../infra/local/demo/outerClient.ts';
import { RISK_LEVELS, SEVERITIES, type EventOf } from '../simulation/histories/simulatedEvent.ts';
import { createDice } from '../../support/createDice.ts';

const EVENTS_A_DEVICE = 100;
const MAX_BATCH_SIZE = 100;
const INCIDENTS_A_DEVICE = 5;
/** The events happened within the hour before the run, while a device is silent only after eight. */
const PERIOD_IN_MILLISECONDS = 60 * 60 * 1000;
/** How late an event may be reported, as a share of the period. */
const LATENESS = 0.02;

/** An event of SEP Mobile. */
export type PartnerEvent = EventOf<'activated' | 'deactivated' | 'heartbeat' | 'risk' | 'incident'>;

/** Events of one request, and the devices that an administrator enrols meanwhile. */
export interface Batch {
  readonly events: readonly PartnerEvent[];
  readonly enrolments: readonly string[];
}

export interface Workload {
  readonly devices: readonly string[];
  readonly events: readonly PartnerEvent[];
  readonly batches: readonly Batch[];
}

/** Depends only on the seed, except for `now`, before which all of it happened. */
export function createWorkload(seed: number, count: number, now: number): Workload {
  const random = createDice(seed);
  const deviceCount = Math.ceil(count / EVENTS_A_DEVICE);
  const devices = Array.from({ length: deviceCount }, (_, at) => `phone-${String(at)}`);
  const events = Array.from({ length: count }, (_, at) => {
    const observed =
      now - PERIOD_IN_MILLISECONDS + Math.floor((at / count) * PERIOD_IN_MILLISECONDS);
    const reported = observed + Math.floor(random() * LATENESS * PERIOD_IN_MILLISECONDS);
    const deviceId = `phone-${String(at % deviceCount)}`;
    const happened = { id: `event-${String(at)}`, deviceId, observed, reported };
    return toEvent(happened, Math.floor(at / deviceCount), random);
  });
  const groups = toBatches(
    events.toSorted((a, b) => a.reported - b.reported),
    random,
  );
  // Devices are enrolled before, between and after their first events, since the order does not matter.
  const enrolledWith = Map.groupBy(devices, () => Math.floor((random() * groups.length) / 3));
  const batches = groups.map((group, at) => ({
    events: group,
    enrolments: enrolledWith.get(at) ?? [],
  }));
  return { devices, events, batches };
}

type Happened = Pick<PartnerEvent, 'id' | 'deviceId' | 'observed' | 'reported'>;

/** Event number `round` of its device. */
function toEvent(happened: Happened, round: number, random: () => number): PartnerEvent {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  if (round === 0) return { ...happened, type: 'activated' };
  const dice = random();
  if (round === 1 || dice < 0.2) return { ...happened, type: 'risk', riskLevel: pick(RISK_LEVELS) };
  if (dice < 0.6)
    return {
      ...happened,
      type: 'incident',
      incidentId: `${happened.deviceId}-incident-${String(Math.floor(random() * INCIDENTS_A_DEVICE))}`,
      severity: pick(SEVERITIES),
      status: pick(['open', 'resolved', 'resolved']),
    };
  if (dice < 0.63) return { ...happened, type: 'deactivated' };
  if (dice < 0.7) return { ...happened, type: 'activated' };
  return { ...happened, type: 'heartbeat' };
}

function toBatches(
  events: readonly PartnerEvent[],
  random: () => number,
): readonly (readonly PartnerEvent[])[] {
  const batches: (readonly PartnerEvent[])[] = [];
  for (let from = 0; from < events.length;) {
    const to = from + 1 + Math.floor(random() * MAX_BATCH_SIZE);
    batches.push(events.slice(from, to));
    from = to;
  }
  return batches;
}

/** The event as SEP Mobile sends it. */
export function toSepMobileEvent(event: PartnerEvent): SepMobileEvent {
  const { id, deviceId } = event;
  const time = new Date(event.observed);
  if (event.type === 'risk') {
    const { riskLevel } = event;
    return { id, time, type: 'sepmobile.device.risk', data: { deviceId, riskLevel } };
  }
  if (event.type !== 'incident')
    return { id, time, type: `sepmobile.device.${event.type}`, data: { deviceId } };
  const { incidentId, severity, status } = event;
  return {
    id,
    time,
    type: `sepmobile.incident.${status === 'open' ? 'opened' : 'resolved'}`,
    data: {
      deviceId,
      incidentId,
      severity,
      category: 'application',
      threatType: 'malware',
      detectedDateTime: time.toISOString(),
    },
  };
}
