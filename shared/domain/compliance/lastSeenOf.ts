import { latest, type DateTime } from '../../base/dateTime.ts';
import { reportsOf, type Device } from '../devices/device.ts';
import { DEFAULT_SOURCE_ID } from '../vocabulary/eventSource.ts';
import type { Configuration } from './configuration.ts';

/**
 * The latest sign of life of the device, to whatever enabled source it gave it. What a disabled source reports does not
 * count: an operator who no longer trusts a source must not depend on it.
 */
export function lastSeenOf(
  device: Device,
  { eventSources }: Pick<Configuration, 'eventSources'>,
): DateTime | undefined {
  const own = isOwnSourceEnabled({ eventSources }) ? device.lastSeenDateTime : undefined;
  if (device.sources === undefined) return own;
  return latest(
    own,
    ...eventSources
      .filter(({ isEnabled }) => isEnabled)
      .map(({ id }) => reportsOf(device, id)?.lastSeenDateTime),
  );
}

/** Whether the source `default` is switched on: what it reports, and its silence, says nothing while it is off. */
export function isOwnSourceEnabled({ eventSources }: Pick<Configuration, 'eventSources'>): boolean {
  return eventSources.every(({ id, isEnabled }) => id !== DEFAULT_SOURCE_ID || isEnabled);
}
