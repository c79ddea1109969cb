import { DEFAULT_SOURCE_ID, type EventIdentifier } from '../../domain/vocabulary/eventSource.ts';
import { isPlaceholder } from '../../domain/vocabulary/isPlaceholder.ts';
import type { ConfigurationReader } from '../ports/configuration.ts';
import { KNOWN_IDENTIFIERS, type EnrolledIdentifiers } from '../ports/devices.ts';
import type { UnmatchedDevice, UnmatchedEvents } from '../ports/eventSources.ts';
import type { SignalSender } from '../ports/queues.ts';
import { directSignal } from './directSignal.ts';

export interface ApplyDependencies {
  readonly configuration: ConfigurationReader;
  readonly unmatched: UnmatchedEvents;
  readonly signals: SignalSender;
}

/**
 * Enrols the device by `enrol`, and queues the events for it that arrived before. Its identifiers must be saved already.
 * Looks for the events twice: an event that is kept while the enrolment is written is found only afterwards, and a process
 * that ends between the two has queued the others. They are forgotten only at the end: whoever keeps an event later finds
 * the device enrolled. Costs nothing while `default` is the only event source, else four point reads for each source and
 * identifier.
 * @throws what `enrol` throws, and ConnectorError `serviceNotAvailable`; safe to retry.
 */
export async function enrolWithUnmatched<T>(
  dependencies: ApplyDependencies,
  deviceId: string,
  enrolled: EnrolledIdentifiers,
  enrol: () => Promise<T>,
): Promise<T> {
  await queueWaiting(dependencies, deviceId, enrolled);
  const result = await enrol();
  const queued = await queueWaiting(dependencies, deviceId, enrolled);
  const { unmatched } = dependencies;
  await Promise.all(queued.map((each) => unmatched.remove(each.sourceId, each.identifiers)));
  return result;
}

/** Queues what is kept under the identifiers of the device, and returns it. */
async function queueWaiting(
  { configuration, unmatched, signals }: ApplyDependencies,
  deviceId: string,
  enrolled: EnrolledIdentifiers,
): Promise<readonly UnmatchedDevice[]> {
  const { eventSources } = await configuration.load();
  const sourceIds = eventSources.map(({ id }) => id).filter((id) => id !== DEFAULT_SOURCE_ID);
  if (sourceIds.length === 0) return [];
  const identifiers = toEventIdentifiers(deviceId, enrolled);
  const found = await Promise.all(identifiers.map((each) => unmatched.find(each, sourceIds)));
  const waiting = found.flat();
  await signals.send(
    waiting.flatMap(({ sourceId, signals: kept }) =>
      kept.map((signal) => directSignal(signal, deviceId, sourceId)),
    ),
  );
  return waiting;
}

function toEventIdentifiers(
  deviceId: string,
  enrolled: EnrolledIdentifiers,
): readonly EventIdentifier[] {
  return [
    { name: 'deviceId', value: deviceId },
    ...KNOWN_IDENTIFIERS.flatMap((name) => {
      const { [name]: value } = enrolled;
      return value === undefined || isPlaceholder(value) ? [] : [{ name, value }];
    }),
  ];
}
