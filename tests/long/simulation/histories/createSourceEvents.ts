import type { Chance } from './chance.ts';
import { SES_SOURCE, SIEM_SOURCE } from './eventSources.ts';
import { ACTIVE_PERIOD, BEGINNING, MINUTE, SECOND } from './history.ts';
import type { Severity, SimulatedEvent } from './simulatedEvent.ts';

const MAX_EVENTS_OF_A_SOURCE = 4;
/** So many moments of one device are all different. */
const MOMENTS_A_MINUTE = 40;
const MAX_SKEW = 4 * MINUTE;
/** Words of no table, which count as the worst. */
const NEW_WORDS = ['catastrophic', 'P1', '__proto__', 'sehr hoch'];
const NEW_NUMBERS = [7, 42, 'severe'];

type Happened = Pick<SimulatedEvent, 'id' | 'deviceId' | 'observed' | 'reported'>;

/**
 * What two event sources report on a device, and when it is enrolled: often after the first of them. All that names it are
 * its serial number and its UDID.
 */
export function createSourceEvents(deviceId: string, chance: Chance): readonly SimulatedEvent[] {
  const { whole, happens } = chance;
  const moment = BEGINNING + whole(ACTIVE_PERIOD);
  const enrolled: SimulatedEvent = {
    id: `${deviceId}-enrolled`,
    deviceId,
    observed: moment,
    reported: moment,
    type: 'enrolled',
  };
  const own: readonly SimulatedEvent[] = happens(0.6)
    ? [
        { ...at(deviceId, 'activated', 0, chance), type: 'activated' },
        { ...at(deviceId, 'assessed', 1, chance), type: 'risk', riskLevel: 'minimal' },
      ]
    : [];
  return [
    enrolled,
    ...own,
    ...list(chance, (number) =>
      createSiemEvent(at(deviceId, `siem-${String(number)}`, 2 + number, chance), chance),
    ),
    ...list(chance, (number) =>
      createSesEvent(at(deviceId, `ses-${String(number)}`, 20 + number, chance), chance),
    ),
  ];
}

function list<T>({ whole }: Chance, create: (number: number) => T): readonly T[] {
  return Array.from({ length: 1 + whole(MAX_EVENTS_OF_A_SOURCE) }, (_, number) => create(number));
}

/** No two events of a device have the same moment, since their order would depend on ids of the product's own. */
function at(deviceId: string, name: string, slot: number, { whole, random }: Chance): Happened {
  const moment = BEGINNING + whole(ACTIVE_PERIOD / MINUTE) * MINUTE;
  const skew = Math.floor((random() * 2 - 1) * (MAX_SKEW / MINUTE)) * MINUTE;
  return {
    id: `${deviceId}-${name}`,
    deviceId,
    observed: moment + skew + slot * Math.floor(MINUTE / MOMENTS_A_MINUTE),
    reported: moment + MINUTE + whole(3) * whole(90) * SECOND,
  };
}

interface Rated {
  readonly severity: Severity;
  readonly written: unknown;
  readonly isDoubtful?: true;
}

/** An alert of SEP Mobile's SIEM export, or a word on the health of the app. */
function createSiemEvent(happened: Happened, chance: Chance): SimulatedEvent {
  const { pick, happens, whole } = chance;
  const { deviceId } = happened;
  const from = { ...happened, sourceId: SIEM_SOURCE };
  const common = {
    timestamp: toSiemTime(happened.observed, chance),
    device: happens(0.6)
      ? { serial_number: `serial-of-${deviceId}`, name: null }
      : { serial_number: null, udid: `udid-of-${deviceId}` },
    user: { email: null, name: null },
  };
  if (happens(0.25)) {
    const isGood = happens(0.8);
    return {
      ...from,
      type: 'risk',
      riskLevel: 'minimal',
      ...(isGood ? {} : { health: 'compromised' }),
      wire: { ...common, health_status: isGood ? 'Protected' : 'Compromised' },
    };
  }
  const status = pick(['open', 'open', 'resolved'] as const);
  const category = pick(['application', 'network'] as const);
  const id = whole(3) + 1;
  const rated = createSiemSeverity(chance);
  return {
    ...from,
    type: 'incident',
    incidentId: `siem-${String(id)}`,
    status,
    category,
    severity: rated.severity,
    ...(rated.isDoubtful && status === 'open' ? { isDoubtful: true } : {}),
    wire: {
      ...common,
      id,
      type: category === 'application' ? pick(['Malware', 'UnwantedApp']) : 'Network',
      sub_type: 'A name that nobody knows',
      event_type: status === 'open' ? pick(['opened', 'Updated']) : 'Closed',
      severity: rated.written,
    },
  };
}

function createSiemSeverity({ pick, happens }: Chance): Rated {
  if (happens(0.25)) return { severity: 'high', written: pick(NEW_WORDS), isDoubtful: true };
  const severity = pick(['low', 'medium', 'high'] as const);
  return { severity, written: pick([severity, severity.toUpperCase()]) };
}

/** Both forms that are known of SEP Mobile's writers. */
function toSiemTime(moment: number, { happens }: Chance): string {
  const iso = new Date(moment).toISOString().slice(0, -1);
  return happens(0.5) ? `${iso}+0000` : `${iso.replace('T', ' ')} +0000`;
}

/** An event of the export: a detection that it never ends by itself, a scan without a finding, or a sign of life. */
function createSesEvent(happened: Happened, chance: Chance): SimulatedEvent {
  const { pick, happens, whole } = chance;
  const { deviceId, observed } = happened;
  const from = { ...happened, sourceId: SES_SOURCE };
  const common = {
    uuid: happened.id,
    device_os_type_id: pick([500, 501, 503]),
    device_uid: `udid-of-${deviceId}`,
    time: happens(0.5) ? observed : new Date(observed).toISOString(),
  };
  if (happens(0.3))
    return {
      ...from,
      type: 'risk',
      riskLevel: 'minimal',
      wire: { ...common, type_id: 8020, category_id: 1, severity_id: 1, status_id: 1 },
    };
  const rated = createSesSeverity(chance);
  const isOver = happens(0.3);
  const name = `Threat${String(whole(2))}`;
  return {
    ...from,
    type: 'incident',
    incidentId: `ses-${name}`,
    status: isOver ? 'resolved' : 'open',
    category: 'application',
    severity: rated.severity,
    isDetection: true,
    ...(rated.isDoubtful && !isOver ? { isDoubtful: true } : {}),
    wire: {
      ...common,
      type_id: 8031,
      category_id: 1,
      severity_id: rated.written,
      id: isOver ? 12 : 2,
      threat: { name, type_id: 1 },
      file: { name: 'app.apk', sha2: 'ab'.repeat(32) },
    },
  };
}

function createSesSeverity({ pick, happens }: Chance): Rated {
  if (happens(0.2)) return { severity: 'high', written: pick(NEW_NUMBERS), isDoubtful: true };
  const [severity, written] = pick([
    ['low', 2],
    ['medium', 3],
    ['high', 4],
    ['high', 6],
  ] as const);
  return { severity, written };
}
