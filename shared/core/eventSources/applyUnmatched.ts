import { DEFAULT_SOURCE_ID, type EventIdentifier } from '../../domain/vocabulary/eventSource.ts';
import { toIdentifier } from '../devices/toIdentifier.ts';
import type { ConfigurationReader } from '../ports/configuration.ts';
import { KNOWN_IDENTIFIERS, type EnrolledIdentifiers } from '../ports/devices.ts';
import type { UnmatchedEvents } from '../ports/eventSources.ts';
import type { SignalSender } from '../ports/queues.ts';

export interface ApplyDependencies {
  readonly configuration: ConfigurationReader;
  readonly unmatched: UnmatchedEvents;
  readonly signals: SignalSender;
}

/**
 * Queues the events that arrived before the device was enrolled, for the device. Call it after the enrolment was saved:
 * until then an event that arrives finds no enrolled device, and is kept. Costs nothing while `default` is the only event
 * source, else two point reads for each source and identifier.
 * @throws ConnectorError `serviceNotAvailable`; safe to retry, since the events are forgotten after they were queued.
 */
export async function applyUnmatched(
  { configuration, unmatched, signals }: ApplyDependencies,
  deviceId: string,
  enrolled: EnrolledIdentifiers,
): Promise<void> {
  const { eventSources } = await configuration.load();
  const sourceIds = eventSources.map(({ id }) => id).filter((id) => id !== DEFAULT_SOURCE_ID);
  if (sourceIds.length === 0) return;
  const identifiers: readonly EventIdentifier[] = [
    { name: 'deviceId', value: deviceId },
    ...KNOWN_IDENTIFIERS.flatMap((name) => {
      const { [name]: value } = enrolled;
      return value === undefined ? [] : [{ name, value: toIdentifier(name, value) }];
    }),
  ];
  const found = (
    await Promise.all(identifiers.map((each) => unmatched.find(each, sourceIds)))
  ).flat();
  if (found.length === 0) return;
  await signals.send(
    found.flatMap(({ sourceId, signals: kept }) =>
      kept.map((signal) => ({ ...signal, deviceId, sourceId })),
    ),
  );
  await Promise.all(found.map((each) => unmatched.remove(each.sourceId, each.identifiers)));
}
