import type { VersionedDocument } from '../../core/ports/configuration.ts';
import type { EventStream } from './eventStream.ts';

/** What Cosmos DB adds to a document is not part of the stream. */
export function toStream({ document }: VersionedDocument): EventStream {
  const own = Object.entries(document).filter(([name]) => !name.startsWith('_'));
  return Object.fromEntries(own) as EventStream;
}
