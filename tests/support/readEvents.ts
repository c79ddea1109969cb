import { READERS } from '../../shared/core/eventSources/kinds/readers.ts';
import { readSourceItem } from '../../shared/core/eventSources/readSourceItem.ts';
import type { MappingOverrides, SourceEvent } from '../../shared/core/eventSources/sourceEvent.ts';
import { splitEvents } from '../../shared/core/eventSources/splitEvents.ts';
import type { EventSourceKind } from '../../shared/domain/vocabulary/eventSource.ts';
import type { UndirectedSignal } from '../../shared/domain/vocabulary/signal.ts';
import { NOW } from './signals.ts';
import { vendorItems } from './vendorEvents.ts';

/** Reads one event of a kind as it arrives at `NOW`. */
export function readEvent(
  kind: EventSourceKind,
  event: unknown,
  overrides: MappingOverrides = {},
): SourceEvent {
  const arrival = { receivedDateTime: NOW, requestId: 'request', index: 0 };
  return READERS[kind](event, { sourceId: 'source-1', arrival, overrides });
}

/** The signals of an event in short, such as `open high network manInTheMiddle`. */
export function inShort({ signals, isAboutPhone }: SourceEvent): readonly string[] {
  return isAboutPhone ? signals.map(signalInShort) : ['not about a phone'];
}

function signalInShort(signal: UndirectedSignal): string {
  switch (signal.type) {
    case 'incidentReported': {
      const { severity, category, isEveryDefence, threatType, faults = [] } = signal.incident;
      const defence = isEveryDefence === true ? 'every' : category;
      return [signal.status, severity, defence, threatType, ...faults.map(faultInShort)].join(' ');
    }
    case 'riskReported': {
      const { riskLevel, healthState, faults = [] } = signal;
      return ['risk', riskLevel, healthState, ...faults.map(faultInShort)]
        .filter((each) => each !== undefined)
        .join(' ');
    }
    case 'telemetryReported':
      return `telemetry ${JSON.stringify(signal.telemetry)}`;
    case 'reportUnreadable':
      return `unreadable ${signal.kind} ${faultInShort(signal.fault)}`;
    default:
      return signal.type;
  }
}

function faultInShort({ field, word }: { readonly field: string; readonly word: string }): string {
  return `!${field}=${word}`;
}

/** Every item of a golden file, read and in short. */
export function fileInShort(kind: EventSourceKind, file: string): readonly (readonly string[])[] {
  return itemsInShort(kind, vendorItems(file));
}

/** Every item of a body, read and in short. */
export function bodyInShort(kind: EventSourceKind, body: string): readonly (readonly string[])[] {
  return itemsInShort(kind, splitEvents(Buffer.from(body)));
}

function itemsInShort(
  kind: EventSourceKind,
  items: ReturnType<typeof splitEvents>,
): readonly (readonly string[])[] {
  const arrival = { receivedDateTime: NOW, requestId: 'request', index: 0 };
  const context = { sourceId: 'source-1', arrival, overrides: {} };
  return items.map((item) => inShort(readSourceItem(item, READERS[kind], context)));
}
