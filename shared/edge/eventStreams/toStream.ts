import type { VersionedDocument } from '../../core/ports/configuration.ts';
import type { EventStream } from './eventStream.ts';

export function toStream({ document }: VersionedDocument): EventStream {
  return document as unknown as EventStream;
}
