import type { VersionedDocument } from '../../core/ports/configuration.ts';
import type { EventStream } from './eventStream.ts';

/** The stream in a stored document, without the fields that Cosmos DB adds. */
export function toStream({ document }: VersionedDocument): EventStream {
  return document as unknown as EventStream;
}
