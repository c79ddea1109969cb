import type { Configuration } from '../../domain/compliance/configuration.ts';
import {
  DEFAULT_SOURCE_ID,
  isPulledKind,
  type EventSource,
} from '../../domain/vocabulary/eventSource.ts';

/** Whether the source `default` counts. Real tenants whose vendor sends no CloudEvents switch it off. */
export function isDefaultSourceOn({ eventSources }: Pick<Configuration, 'eventSources'>): boolean {
  return eventSources.every(({ id, isEnabled }) => id !== DEFAULT_SOURCE_ID || isEnabled);
}

/** Whether events arrive from each source that counts; without one of these, from the source `default`. */
export function areSourcesHeard(
  configuration: Pick<Configuration, 'eventSources'>,
  isDefaultHeard: boolean,
): boolean {
  const others = othersOf(configuration);
  if (others.length === 0) return isDefaultSourceOn(configuration) && isDefaultHeard;
  return others.every(({ lastEventDateTime }) => lastEventDateTime !== undefined);
}

/** The instruction: register a source, or look after those from which no event has come. */
export function sourcesTodo(configuration: Pick<Configuration, 'eventSources'>): string {
  const silent = othersOf(configuration).filter(
    ({ lastEventDateTime }) => lastEventDateTime === undefined,
  );
  if (silent.length > 0) return silent.map(toTodo).join(' ');
  return 'Register where events come from: `npm run ops -- sources add`. infra/sources has a page for each kind.';
}

function othersOf({ eventSources }: Pick<Configuration, 'eventSources'>): readonly EventSource[] {
  return eventSources.filter(({ id, isEnabled }) => id !== DEFAULT_SOURCE_ID && isEnabled);
}

function toTodo({ id, kind }: EventSource): string {
  const todo = isPulledKind(kind)
    ? `let it fetch now with \`npm run ops -- sources pull-now ${id}\``
    : `let the vendor send to /api/eventSources/${id}/events`;
  return `No event has come from \`${id}\` (${kind}): ${todo}, and see why with \`npm run ops -- sources show ${id}\`.`;
}
