import { addSeconds, earliest, isDateTime, type DateTime } from '../../base/dateTime.ts';
import { defined } from '../../base/defined.ts';
import { reportsOf, type Device, type IncidentFact, type Stamp } from '../devices/device.ts';
import { supersedes } from '../devices/supersedes.ts';
import {
  DEFAULT_EVENT_SOURCE,
  DEFAULT_SOURCE_ID,
  type EventSource,
} from '../vocabulary/eventSource.ts';
import type { Configuration } from './configuration.ts';

/** The device as one event source reports it, with its enrolment. */
export interface SourceView {
  readonly source: EventSource;
  readonly device: Device;
  /** When the next detection ends that its source never ends itself. */
  readonly dueDateTime?: DateTime;
}

/**
 * The device as each enabled source reports it, the source `default` first. A source that is disabled, or that is not
 * configured any more, has no view: its facts are kept, and do not count.
 */
export function toSourceViews(
  device: Device,
  { eventSources }: Configuration,
  now: DateTime,
): readonly SourceView[] {
  if (eventSources.length === 0) return [{ source: DEFAULT_EVENT_SOURCE, device }];
  const own = eventSources.find(({ id }) => id === DEFAULT_SOURCE_ID) ?? DEFAULT_EVENT_SOURCE;
  const others = eventSources.filter(({ id }) => id !== DEFAULT_SOURCE_ID);
  return [own, ...others]
    .filter(({ isEnabled }) => isEnabled)
    .map((source) =>
      withoutEndedDetections({ source, device: reportedBy(device, source.id) }, now),
    );
}

function reportedBy(device: Device, sourceId: string): Device {
  if (sourceId === DEFAULT_SOURCE_ID) return device;
  const { deviceId, enrolment, unreadableCleared } = device;
  const reports = reportsOf(device, sourceId) ?? { incidents: [] };
  return { ...reports, deviceId, ...defined({ enrolment, unreadableCleared }) };
}

/** A source that reports detections only never says that one is over, so each counts for a limited time. */
function withoutEndedDetections({ source, device }: SourceView, now: DateTime): SourceView {
  const detections = device.incidents.filter(({ value }) => value.isDetectionOnly === true);
  if (detections.length === 0 || !isDateTime(now)) return { source, device };
  const endOf = (incident: IncidentFact): DateTime =>
    addSeconds(incident.observedDateTime, source.detectionLifetimeInHours * 60 * 60);
  const ended = new Set(detections.filter((each) => endOf(each) <= now));
  const lasting = detections.filter((each) => !ended.has(each));
  const incidents =
    ended.size === 0 ? device.incidents : device.incidents.filter((each) => !ended.has(each));
  return {
    source,
    device: { ...device, incidents },
    ...defined({ dueDateTime: earliest(...lasting.map(endOf)) }),
  };
}

/**
 * The device without the detections that ended by the lifetime of their source: a record has no room for all that ever
 * was detected. Returns the same object if nothing changes.
 */
export function forgetEndedDetections(
  device: Device,
  configuration: Configuration,
  now: DateTime,
): Device {
  const { sources } = device;
  if (sources === undefined) return device;
  const views = toSourceViews(device, configuration, now);
  const kept = Object.entries(sources).map(([id, reports]) => {
    const view = views.find(({ source }) => source.id === id);
    const incidents = view?.device.incidents ?? reports.incidents;
    return [id, incidents === reports.incidents ? reports : { ...reports, incidents }] as const;
  });
  return kept.every(([id, reports]) => reports === sources[id])
    ? device
    : { ...device, sources: Object.fromEntries(kept) };
}

/**
 * The device with the facts of all views, each the worst that any of them reports: what rules read that ask for a fact
 * and not for a threat.
 */
export function joinViews(device: Device, views: readonly Device[]): Device {
  const [only, ...others] = views;
  if (only !== undefined && others.length === 0) return only;
  const { deviceId, enrolment } = device;
  const proven = views.map(withoutOutdated);
  const physical = proven.flatMap((each) => each.physical ?? []);
  const vulnerability = proven.flatMap((each) => each.vulnerability ?? []);
  const verdicts = views.flatMap(({ verdict }) => verdict ?? []);
  return {
    deviceId,
    incidents: [],
    ...defined({
      enrolment,
      verdict: verdicts.find(({ value }) => value.healthState === 'compromised') ?? last(verdicts),
      physical: worstPhysical(physical),
      vulnerability: last(vulnerability),
    }),
  };
}

/** What a source reported before its app was deactivated proves nothing any more, but its bad news counts. */
function withoutOutdated(device: Device): Pick<Device, 'physical' | 'vulnerability'> {
  const { physical, vulnerability, deactivated } = device;
  const isCurrent = (fact: Stamp): boolean =>
    deactivated === undefined || fact.observedDateTime > deactivated.observedDateTime;
  return defined({
    physical: physical && {
      ...physical,
      value: isCurrent(physical) ? physical.value : badFlags(physical.value),
    },
    vulnerability: vulnerability && isCurrent(vulnerability) ? vulnerability : undefined,
  });
}

type Physical = NonNullable<Device['physical']>;

/** The value of each flag that is bad news. */
const BAD: Readonly<Record<string, boolean>> = {
  passcodeEnabled: false,
  storageEncrypted: false,
  jailbrokenOrRooted: true,
  developerMode: true,
  usbDebugging: true,
  unknownSources: true,
};

function badFlags(value: Physical['value']): Physical['value'] {
  return Object.fromEntries(Object.entries(value).filter(([name, flag]) => BAD[name] === flag));
}

function worstPhysical(reports: readonly Physical[]): Physical | undefined {
  const newest = last(reports);
  if (newest === undefined) return undefined;
  const good = Object.assign({}, ...reports.map(({ value }) => value)) as Physical['value'];
  const bad = Object.assign({}, ...reports.map(({ value }) => badFlags(value))) as object;
  return { ...newest, value: { ...good, ...bad } };
}

function last<T extends Stamp>(facts: readonly T[]): T | undefined {
  return facts.reduce<T | undefined>(
    (known, each) => (known === undefined || supersedes(each, known) ? each : known),
    undefined,
  );
}
