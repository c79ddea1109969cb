import type { VersionedDocument } from '../../core/ports/configuration.ts';
import type { EventStream } from './eventStream.ts';

/** The stream in a stored document, without the fields that Cosmos DB adds. */
export function toStream({ document }: VersionedDocument): EventStream {
  const own = Object.entries(document).filter(([name]) => !name.startsWith('_'));
  return Object.fromEntries(own) as EventStream;
}
