import { ConnectorError } from '../../base/connectorError.ts';
import type { Configuration } from '../../domain/compliance/configuration.ts';
import {
  DEFAULT_EVENT_SOURCE,
  DEFAULT_SOURCE_ID,
  type EventSource,
} from '../../domain/vocabulary/eventSource.ts';

/** The event source with this id, also `default` without a document. @throws ConnectorError `itemNotFound` */
export function findEventSource(
  { eventSources }: Pick<Configuration, 'eventSources'>,
  id: string,
): EventSource {
  const stored = eventSources.find((each) => each.id === id);
  const found = stored ?? (id === DEFAULT_SOURCE_ID ? DEFAULT_EVENT_SOURCE : undefined);
  if (found !== undefined) return found;
  throw new ConnectorError('itemNotFound', `there is no event source \`${id}\``);
}
