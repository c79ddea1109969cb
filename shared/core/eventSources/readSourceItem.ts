import { asReplayed } from '../ingest/arrival.ts';
import type { SourceContext, SourceEvent, SourceItem, SourceReader } from './sourceEvent.ts';

const NOTHING: Omit<SourceEvent, 'rejections'> = {
  identifiers: [],
  isAboutPhone: true,
  signals: [],
  unmapped: [],
  unread: [],
};

/** Reads one item of a body: an event, what is left of a cut one, or a text that is none. */
export function readSourceItem(
  item: SourceItem,
  reader: SourceReader,
  context: SourceContext,
): SourceEvent {
  if (!item.ok)
    return { ...NOTHING, rejections: [{ code: 'invalidEvent', path: '', message: item.message }] };
  const read = atItsTime(reader(item.event, context), context);
  if (item.isCut !== true) return read;
  const message = 'the event is cut; what comes before the cut counts';
  return { ...read, rejections: [...read.rejections, { code: 'invalidEvent', path: '', message }] };
}

function atItsTime(read: SourceEvent, { arrival }: SourceContext): SourceEvent {
  if (arrival.replayedDateTime === undefined) return read;
  return { ...read, signals: read.signals.map(asReplayed) };
}
