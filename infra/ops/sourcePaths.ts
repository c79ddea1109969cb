import { UsageError } from '../cli/command.ts';
import {
  EVENT_SOURCE_KINDS,
  type EventSourceKind,
} from '../../shared/domain/vocabulary/eventSource.ts';

/** The list of event sources in the API. */
export const SOURCES = 'deviceManagement/eventSources';

/** The path of one event source in the API. */
export function pathOfSource(id: string): string {
  return `${SOURCES}/${encodeURIComponent(id)}`;
}

/** @throws UsageError without an id. */
export function requireSource(id: string): void {
  if (id === '') throw new UsageError('the event source is missing: give one from `sources list`');
}

/** The kind that `--kind` names. @throws UsageError for any other word, and without one. */
export function readKind(word: string | undefined): EventSourceKind {
  const kind = EVENT_SOURCE_KINDS.find((each) => each === word);
  if (kind !== undefined) return kind;
  throw new UsageError(`--kind must be one of ${EVENT_SOURCE_KINDS.join(', ')}`);
}
