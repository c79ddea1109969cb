import type { EventIdentifier, EventSourceKind } from '../../domain/vocabulary/eventSource.ts';
import type { UndirectedSignal } from '../../domain/vocabulary/signal.ts';
import type { Arrival } from '../ingest/arrival.ts';
import type { Rejection } from '../ports/quarantine.ts';

/** A word of the vendor's for which the mapping has no row. */
export interface UnmappedWord {
  /** The vendor's name of the field, such as `sub_type` or `threat.type_id`. */
  readonly field: string;
  /** Verbatim, at most 128 characters. */
  readonly word: string;
}

/** What one event of a source becomes. */
export interface SourceEvent {
  /** What the event names its device by, strongest first. Empty if it names none. */
  readonly identifiers: readonly EventIdentifier[];
  /** Whether the event is about a phone or tablet at all: SES reports on servers and its administrators too. */
  readonly isAboutPhone: boolean;
  /** The facts of the event. Empty if it says nothing that counts. */
  readonly signals: readonly UndirectedSignal[];
  /** The source itself reports that it works, without reference to a device. */
  readonly isSourceHeartbeat?: true;
  /** The words that have no row in the mapping. */
  readonly unmapped: readonly UnmappedWord[];
  /** The fields that were not read, as JSON pointers; for the preview. */
  readonly unread: readonly string[];
  /** Why parts of the event could not be read. An event of which nothing counts has at least one, or is not about a phone. */
  readonly rejections: readonly Rejection[];
}

/** An operator's words in place of a row of the table: by field, then by the vendor's word in lower case. */
export type MappingOverrides = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What a reader knows beside the event. */
export interface SourceContext {
  readonly sourceId: string;
  readonly arrival: Arrival;
  readonly overrides: MappingOverrides;
}

/** Reads one event of a kind. It never throws: what can be read counts, and bad news always counts. */
export type SourceReader = (event: unknown, context: SourceContext) => SourceEvent;

/** The readers of all kinds. */
export type SourceReaders = Readonly<Record<EventSourceKind, SourceReader>>;

/** One piece of a body, or of a line: an event, or a text that is none. */
export type SourceItem =
  | {
      readonly ok: true;
      readonly event: unknown;
      /** The text ended before the event did. `event` has what came before the cut. */
      readonly isCut?: true;
    }
  | { readonly ok: false; readonly text: string; readonly message: string };
