import type { DateTime } from '../../base/dateTime.ts';
import { defined } from '../../base/defined.ts';
import { boundText } from '../../base/boundText.ts';
import type { Device, Fact, Incident, IncidentFact, Tombstone } from './device.ts';
import { isDoubtful } from './isDoubtful.ts';
import { supersedes } from './supersedes.ts';

/** Longer titles and resources of incidents are cut, because a device is one document of limited size. */
export const MAX_INCIDENT_TEXT_LENGTH = 256;
/** In UTF-8: other scripts than Latin have fewer characters. */
export const MAX_INCIDENT_TEXT_BYTES = 384;

/** The reports that decide what is known of one incident. */
interface IncidentState {
  /** The last report of it as open that was read in part. */
  readonly doubtful?: Fact<Incident> | undefined;
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
      ? {
          tombstone: {
            incidentId,
            observedDateTime: written.observedDateTime,
            receivedDateTime,
          },
        }
      : toOpenState(withBoundTexts(written));
  const after = join(before, reported);
  return isSame(before, after) ? device : withState(device, incidentId, after);
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
  return isDoubtful(fact.value) ? { doubtful: fact } : { known: fact };
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
  if (entry === undefined) return { tombstone };
  const { known, ...others } = entry;
  const fact = known === undefined ? entry : others;
  return { ...toOpenState(fact), ...(known === undefined ? {} : { known }), tombstone };
}

function join(a: IncidentState, b: IncidentState): IncidentState {
  const doubtful = later(a.doubtful, b.doubtful);
  const known = later(a.known, b.known);
  const tombstone = laterTombstone(a.tombstone, b.tombstone);
  // Many senders have a clock of whole seconds. At equal times a resolution wins.
  const isResolved = (fact: Fact<Incident> | undefined): boolean =>
    fact === undefined ||
    (tombstone !== undefined && tombstone.observedDateTime >= fact.observedDateTime);
  const openKnown = isResolved(known) ? undefined : known;
  const isDoubtfulLast =
    !isResolved(doubtful) &&
    doubtful !== undefined &&
    (openKnown === undefined || supersedes(doubtful, openKnown));
  return {
    doubtful: isDoubtfulLast ? doubtful : undefined,
    known: openKnown,
    tombstone: openKnown === undefined ? tombstone : undefined,
  };
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
  return b.receivedDateTime < a.receivedDateTime ? b : a;
}

function isSame(a: IncidentState, b: IncidentState): boolean {
  return a.doubtful === b.doubtful && a.known === b.known && a.tombstone === b.tombstone;
}

function withState(
  device: Device,
  incidentId: string,
  { doubtful, known, tombstone }: IncidentState,
): Device {
  const fact = doubtful ?? known;
  const entry: IncidentFact | undefined = fact && {
    ...fact,
    ...(doubtful === undefined ? {} : defined({ known })),
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
