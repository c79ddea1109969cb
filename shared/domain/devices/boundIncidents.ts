import { compareTexts } from '../../base/compareTexts.ts';
import { BEGINNING_OF_TIME, latest } from '../../base/dateTime.ts';
import { hashText } from '../../base/hashText.ts';
import { sizeInBytes } from '../../base/boundText.ts';
import {
  DEFENCES,
  INCIDENT_SEVERITIES,
  type Defence,
  type IncidentSeverity,
} from '../vocabulary/threat.ts';
import type { Device, Fact, Incident, IncidentFact, IncidentOverflow } from './device.ts';

/**
 * What a record has room for: with its evaluation and its announcements at most 64 KB, which cost 7 request units to read
 * (Microsoft: 1 KB costs 1, 100 KB cost 10).
 */
const MAX_DEVICE_BYTES = 52 * 1024;
const MAX_OPEN_INCIDENTS = 40;
const MAX_OPEN_BYTES = 24 * 1024;
const MAX_TOMBSTONE_BYTES = 14 * 1024;
/** Room for the worst incidents, and for the last resolved ones. */
const MIN_INCIDENT_BYTES = 10 * 1024;

/**
 * The device with bounded incidents: of the open ones the worst stay in full, and the others become one overflow, which
 * counts for as much. Of the resolved ones the last stay. Without its tombstone a resolved incident that is reported
 * open again blocks, so forgetting one never opens a door. `share` is the part of the record that there is room for, if
 * several sources report on the device.
 */
export function boundIncidents(device: Device, share = 1): Device {
  const { incidents, tombstones = [], sources: _, ...rest } = device;
  const size = { open: sizeOf(incidents), tombstones: sizeOf(tombstones), rest: sizeOf(rest) };
  const most = {
    open: MAX_OPEN_BYTES * share,
    tombstones: MAX_TOMBSTONE_BYTES * share,
    all: MAX_DEVICE_BYTES * share,
    least: MIN_INCIDENT_BYTES * share,
  };
  const isSmall =
    incidents.length <= MAX_OPEN_INCIDENTS &&
    size.open <= most.open &&
    size.tombstones <= most.tombstones;
  if (isSmall && size.open + size.tombstones + size.rest <= most.all) return device;
  const smaller = most.all - size.rest < most.least ? withoutGroups(device) : device;
  if (smaller !== device) return boundIncidents(smaller, share);
  const room = Math.max(most.least, most.all - size.rest);
  const bounded = boundOpen(device, Math.min(most.open, room * 0.6));
  return boundTombstones(bounded, Math.min(most.tombstones, room * 0.4));
}

/** Unknown groups count as every included group, so dropping them opens no door. */
function withoutGroups(device: Device): Device {
  const { enrolment } = device;
  if (enrolment?.value.isEnrolled !== true) return device;
  const { groupIds, partlyKnownGroups, ...properties } = enrolment.value.properties;
  if (groupIds === undefined && partlyKnownGroups === undefined) return device;
  return { ...device, enrolment: { ...enrolment, value: { ...enrolment.value, properties } } };
}

function boundOpen(device: Device, maxBytes: number): Device {
  const { incidents } = device;
  const kept = new Set<IncidentFact>();
  let size = 0;
  for (const incident of incidents.toSorted(worstFirst)) {
    size += sizeOf(incident) + 1;
    if (kept.size === MAX_OPEN_INCIDENTS || size > maxBytes) break;
    kept.add(incident);
  }
  const dropped = incidents.filter((incident) => !kept.has(incident));
  if (dropped.length === 0) return device;
  return {
    ...device,
    incidents: incidents.filter((incident) => kept.has(incident)),
    incidentOverflow: dropped.reduce<IncidentOverflow>(
      addToOverflow,
      device.incidentOverflow ?? NO_OVERFLOW,
    ),
  };
}

/** The worst severity first; of equal ones the latest, then the smaller id. */
function worstFirst(a: IncidentFact, b: IncidentFact): number {
  return (
    rankOf(b) - rankOf(a) ||
    -compareTexts(a.observedDateTime, b.observedDateTime) ||
    compareTexts(a.value.incidentId, b.value.incidentId)
  );
}

function rankOf({ value }: IncidentFact): number {
  return INCIDENT_SEVERITIES.indexOf(value.severity);
}

const NO_OVERFLOW: IncidentOverflow = {
  open: {},
  lostCount: 0,
  types: {},
  worst: {},
  observedDateTime: BEGINNING_OF_TIME,
};
const MAX_OVERFLOWING = 250;
const MAX_TYPES = 12;

function addToOverflow(overflow: IncidentOverflow, fact: IncidentFact): IncidentOverflow {
  const { open, lostCount, observedDateTime } = overflow;
  const hash = hashText(fact.value.incidentId);
  const reported = Date.parse(fact.observedDateTime);
  const hasRoom = hash in open || Object.keys(open).length < MAX_OVERFLOWING;
  return {
    ...withThreat(overflow, fact.value),
    open: hasRoom ? { ...open, [hash]: Math.max(open[hash] ?? 0, reported) } : open,
    lostCount: lostCount + Number(!hasRoom),
    observedDateTime: latest(observedDateTime, fact.observedDateTime) ?? observedDateTime,
  };
}

/** An organisation may value a type of threat otherwise than its sender, so the types are kept. */
function withThreat(
  overflow: IncidentOverflow,
  { threatType, severity, category, isEveryDefence }: Incident,
): IncidentOverflow {
  const { types } = overflow;
  const type = `${isEveryDefence === true ? '*' : category} ${threatType}`;
  if (Object.hasOwn(types, type) || Object.keys(types).length < MAX_TYPES) {
    const known = Object.hasOwn(types, type) ? types[type] : undefined;
    return { ...overflow, types: { ...types, [type]: worse(known, severity) } };
  }
  // What is not kept counts as the worst.
  const defences: readonly Defence[] = isEveryDefence === true ? DEFENCES : [category];
  const worst = Object.fromEntries(defences.map((defence) => [defence, 'high' as const]));
  return { ...overflow, worst: { ...overflow.worst, ...worst } };
}

function worse(a: IncidentSeverity | undefined, b: IncidentSeverity): IncidentSeverity {
  return a !== undefined && INCIDENT_SEVERITIES.indexOf(a) > INCIDENT_SEVERITIES.indexOf(b) ? a : b;
}

/** The device without the resolved incident in its overflow, if it is there. The worst stays until the last is resolved. */
export function withoutOverflowing(device: Device, resolved: Fact<Incident>): Device {
  const { incidentOverflow: overflow, ...rest } = device;
  if (overflow === undefined) return device;
  const hash = hashText(resolved.value.incidentId);
  const { [hash]: reported, ...open } = overflow.open;
  if (reported === undefined || reported > Date.parse(resolved.observedDateTime)) return device;
  const isOver = Object.keys(open).length === 0 && overflow.lostCount === 0;
  return isOver ? rest : { ...rest, incidentOverflow: { ...overflow, open } };
}

function boundTombstones(device: Device, maxBytes: number): Device {
  const { tombstones = [] } = device;
  if (sizeOf(tombstones) <= maxBytes) return device;
  let size = 0;
  const kept = tombstones
    .toSorted((a, b) => -compareTexts(a.observedDateTime, b.observedDateTime))
    .filter((tombstone) => {
      size += sizeOf(tombstone) + 1;
      return size < maxBytes;
    });
  return {
    ...device,
    tombstones: kept.toSorted((a, b) => compareTexts(a.incidentId, b.incidentId)),
  };
}

function sizeOf(value: unknown): number {
  return sizeInBytes(JSON.stringify(value));
}
