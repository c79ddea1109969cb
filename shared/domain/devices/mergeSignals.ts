import { assertUnreachable } from '../../base/assertUnreachable.ts';
import { addSeconds, earliest, latest, type DateTime } from '../../base/dateTime.ts';
import type { Device, Fact, IncidentFact, Stamp } from './device.ts';
import { withEnrolledUser } from './enrolledUser.ts';
import { DEFENCES } from '../vocabulary/threat.ts';
import type { DeviceSignal } from '../vocabulary/signal.ts';
import { supersedes } from './supersedes.ts';

/** Tombstones stay this long after the report of the resolution arrived. Partners repeat reports for days, not for months. */
export const TOMBSTONE_RETENTION_IN_DAYS = 30;
/** Longer titles and resources of incidents are cut, because a device is one document of limited size. */
export const MAX_INCIDENT_TEXT_LENGTH = 256;

/**
 * The device after these signals: the join of its known facts and the new ones.
 * INVARIANT: commutative, associative and idempotent, so duplicates, reordering, redelivery and two workers on one
 * device cannot change the result. Returns the same object if nothing changed.
 */
export function mergeSignals(device: Device, signals: readonly DeviceSignal[]): Device {
  return signals.reduce(mergeSignal, device);
}

function mergeSignal(device: Device, signal: DeviceSignal): Device {
  return withSignOfLife(withFact(withEnrolledUser(device, signal), signal), signal);
}

function withFact(device: Device, signal: DeviceSignal): Device {
  switch (signal.type) {
    case 'enrolled':
      return put(
        device,
        'enrolment',
        fact(signal, { isEnrolled: true, ...pick(signal, 'properties', 'managedDeviceId') }),
      );
    case 'unenrolled':
      return put(device, 'enrolment', fact(signal, { isEnrolled: false }));
    case 'activated':
      return put(device, 'activated', stamp(signal));
    case 'deactivated':
      return put(device, 'deactivated', stamp(signal));
    case 'heartbeat':
      return put(device, 'heartbeat', fact(signal, pick(signal, 'appVersion')));
    case 'riskReported':
      return put(device, 'verdict', fact(signal, pick(signal, 'riskLevel', 'healthState')));
    case 'incidentReported':
      return putIncident(device, toIncidentFact(signal));
    case 'telemetryReported':
      return DEFENCES.reduce((merged, defence) => {
        const report = signal.telemetry[defence];
        if (report === undefined) return merged;
        return put(merged, defence, fact(signal, report) as NonNullable<Device[typeof defence]>);
      }, device);
    default:
      return assertUnreachable(signal);
  }
}

/** Reports that a device must have caused itself, so they prove that it is switched on and its app runs. */
const SIGNS_OF_LIFE: ReadonlySet<DeviceSignal['type']> = new Set([
  'activated',
  'heartbeat',
  'telemetryReported',
]);

/**
 * Moves the device's last sign of life. Verdicts and incidents are none: SEP Mobile's cloud can judge anew what a phone
 * reported long ago, for example when a vulnerability becomes known, while the phone is switched off or lost. An
 * administrator can close an incident, retire the app or enrol the device.
 */
function withSignOfLife(device: Device, signal: DeviceSignal): Device {
  const { observedDateTime } = signal;
  if (SIGNS_OF_LIFE.has(signal.type))
    return withMoment(
      device,
      'lastSeenDateTime',
      latest(device.lastSeenDateTime, observedDateTime),
    );
  const isAssessed =
    signal.type === 'riskReported' ||
    (signal.type === 'incidentReported' && signal.status === 'open');
  return isAssessed
    ? withMoment(
        device,
        'assessedSinceDateTime',
        earliest(device.assessedSinceDateTime, observedDateTime),
      )
    : device;
}

function withMoment(
  device: Device,
  name: 'lastSeenDateTime' | 'assessedSinceDateTime',
  moment: DateTime | undefined,
): Device {
  return moment === undefined || moment === device[name] ? device : { ...device, [name]: moment };
}

/**
 * The device without the resolved incidents whose retention is over. A function of its own, because `mergeSignals` must
 * not read a clock. After the retention no sender repeats the reports of these incidents.
 */
export function dropOldTombstones(device: Device, now: DateTime): Device {
  const horizon = addSeconds(now, -TOMBSTONE_RETENTION_IN_DAYS * 24 * 60 * 60);
  const incidents = device.incidents.filter(
    ({ value, receivedDateTime, observedDateTime }) =>
      value.status === 'open' || (receivedDateTime ?? observedDateTime) > horizon,
  );
  return incidents.length === device.incidents.length ? device : { ...device, incidents };
}

type Register = Exclude<
  keyof Device,
  'deviceId' | 'namedUserBy' | 'lastSeenDateTime' | 'assessedSinceDateTime' | 'incidents'
>;

function put<K extends Register>(
  device: Device,
  register: K,
  written: NonNullable<Device[K]>,
): Device {
  const known = device[register];
  return known !== undefined && !supersedes(written, known)
    ? device
    : { ...device, [register]: written };
}

function putIncident(device: Device, written: IncidentFact): Device {
  const id = written.value.incidentId;
  const known = device.incidents.find((incident) => incident.value.incidentId === id);
  if (known !== undefined && !supersedes(written, known)) return device;
  const others = device.incidents.filter((incident) => incident !== known);
  const position = others.findIndex((incident) => incident.value.incidentId > id);
  const incidents = others.toSpliced(position < 0 ? others.length : position, 0, written);
  return { ...device, incidents };
}

function toIncidentFact(
  signal: Extract<DeviceSignal, { readonly type: 'incidentReported' }>,
): IncidentFact {
  const { title, resource, ...incident } = signal.incident;
  if (signal.status === 'resolved') {
    // Without title and resource: a tombstone only has to be recognised, and a device may have a month of them.
    const value = { ...incident, status: signal.status };
    return { ...fact(signal, value), receivedDateTime: signal.receivedDateTime };
  }
  return fact(signal, {
    ...incident,
    ...(title === undefined ? {} : { title: shorten(title) }),
    ...(resource === undefined ? {} : { resource: shorten(resource) }),
    status: signal.status,
  });
}

/** Counts characters, so it splits no surrogate pair. */
function shorten(text: string): string {
  return Array.from(text).slice(0, MAX_INCIDENT_TEXT_LENGTH).join('');
}

function stamp(signal: DeviceSignal): Stamp {
  return { observedDateTime: signal.observedDateTime, signalId: signal.signalId };
}

function fact<T>(signal: DeviceSignal, value: T): Fact<T> {
  return { ...stamp(signal), value };
}

function pick<T extends object, K extends keyof T>(source: T, ...keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(
    keys.filter((key) => source[key] !== undefined).map((key) => [key, source[key]]),
  ) as Pick<T, K>;
}
