import { compareTexts } from '../../base/compareTexts.ts';
import { defined } from '../../base/defined.ts';
import { assertUnreachable } from '../../base/assertUnreachable.ts';
import { earliest, latest, type DateTime } from '../../base/dateTime.ts';
import { compactTelemetry } from './compactTelemetry.ts';
import {
  reportsOf,
  type Device,
  type Fact,
  type PartnerVerdict,
  type Stamp,
  type UnreadableFact,
} from './device.ts';
import { joinDoubtful } from './doubtfulFacts.ts';
import { withEnrolledUser } from './enrolledUser.ts';
import { isDoubtful } from './isDoubtful.ts';
import { putIncident } from './mergeIncidents.ts';
import { reportFaultId, type ReportFault } from '../vocabulary/reportFault.ts';
import { DEFENCES } from '../vocabulary/threat.ts';
import type { DeviceSignal } from '../vocabulary/signal.ts';
import { supersedes } from './supersedes.ts';

/**
 * The device after these signals: the join of its known facts and the new ones.
 * INVARIANT: commutative, associative and idempotent, so duplicates, reordering, redelivery and two workers on one
 * device cannot change the result. Returns the same object if nothing changed.
 */
export function mergeSignals(device: Device, signals: readonly DeviceSignal[]): Device {
  return signals.reduce(mergeSignal, device);
}

/** Signals of a source are merged among themselves: no source can outdate what another one reported. */
function mergeSignal(device: Device, signal: DeviceSignal): Device {
  const { sourceId } = signal;
  if (sourceId === undefined || ABOUT_DEVICE.has(signal.type)) return mergeOwn(device, signal);
  const { deviceId } = device;
  const before: Device = { deviceId, ...(reportsOf(device, sourceId) ?? { incidents: [] }) };
  const merged = mergeOwn(before, signal);
  if (merged === before) return device;
  const { deviceId: _, ...reports } = merged;
  const sources = { ...device.sources, [sourceId]: reports };
  const sorted = Object.entries(sources).toSorted(([a], [b]) => compareTexts(a, b));
  return { ...device, sources: Object.fromEntries(sorted) };
}

/** Facts that no source reports. */
const ABOUT_DEVICE: ReadonlySet<DeviceSignal['type']> = new Set([
  'enrolled',
  'unenrolled',
  'unreadableReportsCleared',
]);

function mergeOwn(device: Device, signal: DeviceSignal): Device {
  const merged = withFact(withEnrolledUser(device, signal), signal);
  return withFaults(withSignOfLife(merged, signal), signal);
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
      return putVerdict(device, fact(signal, pick(signal, 'riskLevel', 'healthState', 'faults')));
    case 'incidentReported': {
      const incident = { ...signal.incident, status: signal.status };
      const merged = putIncident(device, fact(signal, incident), signal.receivedDateTime);
      return isDoubtful(incident) ? merged : put(merged, 'incidentReported', stamp(signal));
    }
    case 'telemetryReported': {
      const telemetry = compactTelemetry(signal.telemetry);
      return DEFENCES.reduce((merged, defence) => {
        const report = telemetry[defence];
        if (report === undefined) return merged;
        return put(merged, defence, fact(signal, report) as NonNullable<Device[typeof defence]>);
      }, device);
    }
    case 'reportUnreadable': {
      const { kind, fault } = signal;
      const known = device.unreadable?.[kind] ?? [];
      const written: UnreadableFact = { ...stamp(signal), value: { faults: [fault] } };
      const reports = joinDoubtful(...known, written);
      return isSameList(known, reports)
        ? device
        : { ...device, unreadable: { ...device.unreadable, [kind]: reports } };
    }
    case 'unreadableReportsCleared':
      return put(device, 'unreadableCleared', stamp(signal));
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

/** Keeps the last verdict of all, the last without an unknown word, and the doubtful ones since. */
function putVerdict(device: Device, written: Fact<PartnerVerdict>): Device {
  const { verdict, knownVerdict, doubtfulVerdicts = [], ...rest } = device;
  const all = [verdict, knownVerdict, ...doubtfulVerdicts, written].filter(
    (each) => each !== undefined,
  );
  const known = all
    .filter(({ value }) => !isDoubtful(value))
    .reduce<Fact<PartnerVerdict> | undefined>(laterOf, undefined);
  const doubtful = joinDoubtful(
    ...all.filter(
      (each) => isDoubtful(each.value) && (known === undefined || supersedes(each, known)),
    ),
  );
  const [last = known, ...others] = doubtful;
  const isSame =
    last === verdict &&
    (doubtful.length === 0 || known === knownVerdict) &&
    isSameList(others, doubtfulVerdicts);
  if (isSame) return device;
  return {
    ...rest,
    ...defined({ verdict: last, knownVerdict: doubtful.length === 0 ? undefined : known }),
    ...(others.length === 0 ? {} : { doubtfulVerdicts: others }),
  };
}

function laterOf<T>(known: Fact<T> | undefined, written: Fact<T>): Fact<T> {
  return known !== undefined && !supersedes(written, known) ? known : written;
}

function isSameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((each, at) => each === b[at]);
}

/** More faults than a vendor has words to change. */
const MAX_FAULTS_SINCE = 20;

/** Keeps the first arrival of each fault. The earliest stay, so the order of the signals does not matter. */
function withFaults(device: Device, signal: DeviceSignal): Device {
  const faults = faultsOf(signal);
  if (faults.length === 0) return device;
  const since = new Map(Object.entries(device.faultsSince ?? {}));
  for (const fault of faults) {
    const id = reportFaultId(fault);
    const known = since.get(id);
    if (known === undefined || signal.receivedDateTime < known)
      since.set(id, signal.receivedDateTime);
  }
  const kept = [...since]
    .toSorted(([a, at], [b, bt]) => compareTexts(at, bt) || compareTexts(a, b))
    .slice(0, MAX_FAULTS_SINCE);
  const faultsSince = Object.fromEntries(kept.toSorted(([a], [b]) => compareTexts(a, b)));
  return JSON.stringify(faultsSince) === JSON.stringify(device.faultsSince)
    ? device
    : { ...device, faultsSince };
}

/** The faults of a signal. */
export function faultsOf(signal: DeviceSignal): readonly ReportFault[] {
  switch (signal.type) {
    case 'riskReported':
      return signal.faults ?? [];
    case 'incidentReported':
      return signal.incident.faults ?? [];
    case 'telemetryReported':
      return DEFENCES.flatMap((defence) => signal.telemetry[defence]?.faults ?? []);
    case 'reportUnreadable':
      return [signal.fault];
    default:
      return [];
  }
}

type Register =
  | 'enrolment'
  | 'activated'
  | 'deactivated'
  | 'heartbeat'
  | 'incidentReported'
  | 'unreadableCleared'
  | (typeof DEFENCES)[number];

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
