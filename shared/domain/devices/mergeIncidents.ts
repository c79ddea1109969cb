import { addSeconds, type DateTime } from '../../base/dateTime.ts';
import { defined } from '../../base/defined.ts';
import { boundText } from '../../base/boundText.ts';
import type { Device, Fact, Incident, IncidentFact, Tombstone } from './device.ts';
import { withoutOverflowing } from './boundIncidents.ts';
import { joinDoubtful } from './doubtfulFacts.ts';
import { isDoubtful } from './isDoubtful.ts';
import { supersedes } from './supersedes.ts';

/** Longer titles and resources of incidents are cut, because a device is one document of limited size. */
export const MAX_INCIDENT_TEXT_LENGTH = 256;
/** In UTF-8: other scripts than Latin have fewer characters. */
export const MAX_INCIDENT_TEXT_BYTES = 384;

/** The reports that decide what is known of one incident. */
interface IncidentState {
  /** The reports of it as open that were read in part, since the last that was read whole; latest first. */
  readonly doubtful: readonly Fact<Incident>[];
  /** The last report of it as open that was read whole. */
  readonly known?: Fact<Incident> | undefined;
  readonly tombstone?: Tombstone | undefined;
}

/** The device after one report of an incident. The merge of reports is a join, as `mergeSignals` requires. */
export function putIncident(
  device: Device,
  written: Fact<Incident>,
  receivedDateTime: DateTime,
): Device {
  const { incidentId, status } = written.value;
  const before = stateOf(device, incidentId);
  const reported: IncidentState =
    status === 'resolved'
      ? { doubtful: [], tombstone: toTombstone(written, receivedDateTime) }
      : toOpenState(withBoundTexts(written));
  const after = join(before, reported);
  const rest = status === 'resolved' ? withoutOverflowing(device, written) : device;
  return isSame(before, after) ? rest : withState(rest, incidentId, after);
}

function toTombstone(written: Fact<Incident>, receivedDateTime: DateTime): Tombstone {
  const { incidentId, resolvedDateTime } = written.value;
  const { observedDateTime } = written;
  return { incidentId, observedDateTime, receivedDateTime, ...defined({ resolvedDateTime }) };
}

/** The device with tombstones in place of the resolved incidents that the first release stored. */
export function withTombstones(device: Device): Device {
  const resolved = device.incidents.filter(({ value }) => value.status === 'resolved');
  if (resolved.length === 0) return device;
  const open = device.incidents.filter(({ value }) => value.status === 'open');
  let merged: Device = { ...device, incidents: open };
  for (const fact of resolved)
    merged = putIncident(merged, fact, fact.receivedDateTime ?? fact.observedDateTime);
  return merged;
}

function toOpenState(fact: Fact<Incident>): IncidentState {
  return isDoubtful(fact.value) ? { doubtful: [fact] } : { doubtful: [], known: fact };
}

function withBoundTexts(fact: Fact<Incident>): Fact<Incident> {
  const { title, resource, ...incident } = fact.value;
  const texts = { title: bound(title), resource: bound(resource) };
  return { ...fact, value: { ...incident, ...defined(texts) } };
}

function bound(text: string | undefined): string | undefined {
  return text && boundText(text, MAX_INCIDENT_TEXT_LENGTH, MAX_INCIDENT_TEXT_BYTES);
}

function stateOf({ incidents, tombstones = [] }: Device, incidentId: string): IncidentState {
  const entry = incidents.find(({ value }) => value.incidentId === incidentId);
  const tombstone = tombstones.find((each) => each.incidentId === incidentId);
  if (entry === undefined) return { doubtful: [], tombstone };
  const { known, doubtful = [], ...others } = entry;
  const fact = 'known' in entry || 'doubtful' in entry ? others : entry;
  const state = toOpenState(fact);
  return {
    doubtful: [...state.doubtful, ...doubtful],
    known: state.known ?? known,
    tombstone,
  };
}

function join(a: IncidentState, b: IncidentState): IncidentState {
  const tombstone = laterTombstone(a.tombstone, b.tombstone);
  const isOpen = (fact: Fact<Incident>): boolean =>
    tombstone === undefined || !isResolvedBy(fact, tombstone);
  const lastKnown = later(a.known, b.known);
  const known = lastKnown !== undefined && isOpen(lastKnown) ? lastKnown : undefined;
  const doubtful = [...a.doubtful, ...b.doubtful].filter(
    (each) => isOpen(each) && (known === undefined || supersedes(each, known)),
  );
  const isOver =
    known === undefined ||
    (tombstone !== undefined && tombstone.observedDateTime >= known.observedDateTime);
  return {
    doubtful: joinDoubtful(...doubtful),
    known,
    tombstone: isOver ? tombstone : undefined,
  };
}

/** The sender's clock may differ from the clock of the detection. */
const MAX_CLOCK_SKEW_IN_SECONDS = 5 * 60;

/**
 * Many senders have a clock of whole seconds, so at equal times a resolution wins. An incident does not end before it was
 * detected: such a resolution is of an earlier one, or no time at all.
 */
function isResolvedBy(
  { observedDateTime, value }: Fact<Incident>,
  { observedDateTime: reported, resolvedDateTime }: Tombstone,
): boolean {
  return (
    reported >= observedDateTime &&
    (resolvedDateTime === undefined ||
      addSeconds(resolvedDateTime, MAX_CLOCK_SKEW_IN_SECONDS) >= value.detectedDateTime)
  );
}

function later(
  a: Fact<Incident> | undefined,
  b: Fact<Incident> | undefined,
): Fact<Incident> | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return supersedes(b, a) ? b : a;
}

/** Of two copies of one resolution the first to arrive counts. */
function laterTombstone(a: Tombstone | undefined, b: Tombstone | undefined): Tombstone | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  if (a.observedDateTime !== b.observedDateTime)
    return a.observedDateTime > b.observedDateTime ? a : b;
  if (a.receivedDateTime !== b.receivedDateTime)
    return b.receivedDateTime < a.receivedDateTime ? b : a;
  return (b.resolvedDateTime ?? '') < (a.resolvedDateTime ?? '') ? b : a;
}

function isSame(a: IncidentState, b: IncidentState): boolean {
  return (
    a.known === b.known &&
    a.tombstone === b.tombstone &&
    a.doubtful.length === b.doubtful.length &&
    a.doubtful.every((each, at) => each === b.doubtful[at])
  );
}

function withState(
  device: Device,
  incidentId: string,
  { doubtful, known, tombstone }: IncidentState,
): Device {
  const [last, ...others] = doubtful;
  const fact = last ?? known;
  const entry: IncidentFact | undefined = fact && {
    ...fact,
    ...(last === undefined ? {} : defined({ known })),
    ...(others.length === 0 ? {} : { doubtful: others }),
  };
  const incidents = replaced(device.incidents, (each) => each.value.incidentId, incidentId, entry);
  const { tombstones = [], ...rest } = device;
  const resolved = replaced(tombstones, (each) => each.incidentId, incidentId, tombstone);
  return { ...rest, incidents, ...(resolved.length === 0 ? {} : { tombstones: resolved }) };
}

/** The list with `entry` in place of the entry with this id, in order of the ids. */
function replaced<T>(
  list: readonly T[],
  idOf: (entry: T) => string,
  id: string,
  entry: T | undefined,
): readonly T[] {
  const others = list.filter((each) => idOf(each) !== id);
  if (entry === undefined) return others;
  const position = others.findIndex((each) => idOf(each) > id);
  return others.toSpliced(position < 0 ? others.length : position, 0, entry);
}
