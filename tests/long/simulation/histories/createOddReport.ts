import type { Chance } from './chance.ts';
import { createOddIncident } from './createIncident.ts';
import { createMildRisk, createOddRisk } from './createRisk.ts';
import { toOddGuid } from './oddGuid.ts';
import { createTelemetry } from './createTelemetry.ts';
import { FUTURE_TIMES, NO_TIMES, PLACEHOLDER_TIMES, toOddTime } from './oddValues.ts';
import type { SimulatedEvent } from './simulatedEvent.ts';
import { SOURCE, toCloudEvent, toData, toEventType } from './toCloudEvent.ts';

type Happened = Pick<SimulatedEvent, 'id' | 'deviceId' | 'observed' | 'reported'>;

/** What is said, apart from who, when and how. */
type Said = { readonly data: object; readonly eventType: unknown } & Pick<SimulatedEvent, 'type'>;

/** What the odd reports of a history are mostly about, so that few others hide what they do. */
export const FOCUSES = ['telemetry', 'incident', 'risk', 'app'] as const;
export type Focus = (typeof FOCUSES)[number];
const IN_FOCUS = 0.85;
const UNDATED = 0.25;

/**
 * A report as a sender of another version may write it, with what it means: what can be read of it counts, its bad news
 * always, its good news only if it has a usable time.
 */
export function createOddReport(
  happened: Happened,
  chance: Chance,
  focus: Focus | 'mild',
): SimulatedEvent {
  const isFocused = focus === 'mild' || chance.happens(IN_FOCUS);
  const about = isFocused ? focus : chance.pick(FOCUSES);
  if (about === 'telemetry') {
    // Its reports have no ids, so none of a device is simultaneous with another.
    const number = toNumber(happened.id);
    const alone = { ...happened, observed: happened.observed + number };
    return { ...alone, ...createTelemetry({ ...alone, mayBeUndated: number === 3 }, chance) };
  }
  const { data, eventType, ...meaning } = createSaid(happened, chance, about);
  const envelope = createEnvelope({ ...happened, eventType, data }, chance);
  return { ...happened, ...(meaning as object), ...envelope } as SimulatedEvent;
}

/** The number at the end of the id, which no other event of the device has. */
function toNumber(id: string): number {
  return Number(id.slice(id.lastIndexOf('-') + 1));
}

function createSaid(happened: Happened, chance: Chance, about: Focus | 'mild'): Said {
  const { pick, happens } = chance;
  if (about === 'incident') {
    const incidentId = `${happened.deviceId}-incident-${pick(['a', 'b'])}`;
    return createOddIncident({ incidentId, observed: happened.observed }, chance);
  }
  if (about === 'mild') return createMildRisk(chance);
  if (about === 'risk') return createOddRisk(chance);
  // An event of an unknown type that has nothing known could be about anything.
  if (happens(0.1))
    return {
      type: 'unreadable',
      kind: 'event',
      data: pick([{}, { text: 'news' }]),
      eventType: pick(['sepmobile.device.stolen', null, [], '']),
    } as Said;
  const type = pick(['activated', 'deactivated', 'heartbeat'] as const);
  const data =
    type === 'heartbeat' ? { appVersion: pick([undefined, null, '', 'x'.repeat(500), 7, {}]) } : {};
  return { type, data, eventType: toEventType({ type }) };
}

/** The event in one of its envelopes, and how they change its meaning. */
function createEnvelope(
  said: Happened & { readonly eventType: unknown; readonly data: object },
  chance: Chance,
): { readonly wire: object; readonly isAlone?: true; readonly isUndated?: true } {
  const { happens, pick } = chance;
  const { id, deviceId, observed, eventType } = said;
  const isUndated = happens(UNDATED);
  const time = isUndated ? pick([...NO_TIMES, ...FUTURE_TIMES]) : writeTime(observed, chance);
  const undated = isUndated ? { isUndated } : {};
  const data = writeData({ deviceId: toOddGuid(deviceId, chance), ...said.data }, chance);
  if (happens(0.3))
    return { wire: { type: eventType, timestamp: time, ...data }, isAlone: true, ...undated };
  const specversion = happens(0.1) ? pick(['2.0', null, 1]) : '1.0';
  const event = { specversion, type: eventType, time, ...data };
  return happens(0.1)
    ? { wire: { ...event, ...pick([{ id }, { source: SOURCE }, {}]) }, isAlone: true, ...undated }
    : { wire: { ...event, id, source: SOURCE }, ...undated };
}

function writeTime(observed: number, { happens, pick }: Chance): string {
  return happens(0.3) ? pick(toOddTime)(observed) : new Date(observed).toISOString();
}

function writeData(data: object, { random }: Chance): object {
  const dice = random();
  if (dice < 0.1) return { data: JSON.stringify(data) };
  if (dice < 0.2) return { data_base64: Buffer.from(JSON.stringify(data)).toString('base64') };
  return { data };
}

/** Good news without a usable time, which ends nothing. */
export function createUndatedActivation(happened: Happened, { pick }: Chance): SimulatedEvent {
  const event = { ...happened, type: 'activated' } as const;
  const wire = { ...toCloudEvent(event), time: pick(NO_TIMES) };
  return { ...event, wire, isUndated: true };
}

/** An open incident whose report has a time of resolution that resolves nothing. */
export function createUnresolved(happened: Happened, { happens, pick }: Chance): SimulatedEvent {
  const event = {
    ...happened,
    type: 'incident',
    incidentId: `${happened.deviceId}-unresolved`,
    severity: 'high',
    status: 'open',
  } as const;
  const change = happens(0.5)
    ? { type: 'sepmobile.incident.updated', resolvedDateTime: pick(PLACEHOLDER_TIMES) }
    : {
        type: 'sepmobile.incident.opened',
        resolvedDateTime: new Date(happened.observed).toISOString(),
      };
  const { type, resolvedDateTime } = change;
  return {
    ...event,
    wire: { ...toCloudEvent(event), type, data: { ...toData(event), resolvedDateTime } },
  };
}

/** The event without its device, which nobody can count. */
export function withoutDevice(event: SimulatedEvent, { pick }: Chance): SimulatedEvent {
  const { id, deviceId, observed, reported } = event;
  const wire = {
    specversion: '1.0',
    id,
    source: SOURCE,
    type: toEventType(event),
    time: new Date(observed).toISOString(),
    data: { ...toData(event), deviceId: pick([undefined, null, '', [], {}, 7]) },
  };
  return { id, deviceId, observed, reported, wire, type: 'nothing' };
}
