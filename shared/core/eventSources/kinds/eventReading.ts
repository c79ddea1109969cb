import { firstCharacters } from '../../../base/firstCharacters.ts';
import { foldGuid } from '../../../base/guid.ts';
import { isMacAddress } from '../../../base/macAddress.ts';
import {
  EVENT_IDENTIFIERS,
  type EventIdentifier,
  type EventIdentifierName,
} from '../../../domain/vocabulary/eventSource.ts';
import { isPlaceholder } from '../../../domain/vocabulary/isPlaceholder.ts';
import type { ReportFault } from '../../../domain/vocabulary/reportFault.ts';
import type { UndirectedSignal } from '../../../domain/vocabulary/signal.ts';
import { readTime, type ReadTime } from '../../ingest/arrival.ts';
import { createPartReader, isBlank, type PartReader } from '../../ingest/partReader.ts';
import { toRejections } from '../../ingest/parsed.ts';
import { toSignalId } from '../../ingest/toSignalId.ts';
import type { SourceContext, SourceEvent, UnmappedWord } from '../sourceEvent.ts';
import { textOf } from './fieldText.ts';
import type { FindMeaning } from './mappingTable.ts';
import { toMoment } from './toMoment.ts';

const MAX_WORD_LENGTH = 128;
const MAX_IDENTIFIERS = 16;
const MAX_IDENTIFIER_LENGTH = 255;
const MAX_UNMAPPED = 20;

export type Stamp = Pick<UndirectedSignal, 'signalId' | 'observedDateTime' | 'receivedDateTime'>;

/** When an event was observed, and the vendor's value that says so. */
export interface EventTime {
  readonly read: ReadTime;
  readonly value: unknown;
}

/** The reading of one event: what its words mean, what it names, and when it was. */
export class EventReading {
  readonly identifiers: EventIdentifier[] = [];
  readonly #kind: string;
  readonly #context: SourceContext;
  readonly #find: FindMeaning;
  readonly #unmapped: UnmappedWord[] = [];
  readonly #readers: PartReader[] = [];
  #reader: PartReader | undefined;
  #hashed: { readonly id: string; readonly at: string; readonly hash: string } | undefined;
  #folded: { readonly text: string; readonly value: string | undefined } | undefined;

  constructor(kind: string, context: SourceContext, find: FindMeaning) {
    this.#kind = kind;
    this.#context = context;
    this.#find = find;
  }

  /** Collects the problems and faults of the fact that is being read. Most events need none. */
  get reader(): PartReader {
    if (this.#reader !== undefined) return this.#reader;
    const reader = createPartReader();
    this.#reader = reader;
    this.#readers.push(reader);
    return reader;
  }

  /** The faults of the fact that is being read. */
  get faults(): readonly ReportFault[] {
    return this.#reader?.faults ?? [];
  }

  /** Begins another fact of the event: an unknown word of one fact says nothing about another. */
  beginFact(): void {
    this.#reader = undefined;
  }

  /** The meaning of a word; `undefined` if it is absent, or has no row, which is counted. */
  meaning(field: string, value: unknown): string | undefined {
    if (isBlank(value)) return undefined;
    const text = wordOf(value);
    const folded = text.toLowerCase();
    const known = findOverride(this.#context.overrides, field, folded) ?? this.#find(field, folded);
    if (known === undefined) this.#addUnmapped(field, boundWord(text));
    return known;
  }

  /** Names the device, if the value can be such an identifier. */
  name(name: EventIdentifierName, value: unknown): void {
    const text = textOf(value);
    if (text !== undefined) this.#name(name, text);
  }

  #name(name: EventIdentifierName, text: string): void {
    if (text.length > MAX_IDENTIFIER_LENGTH) return;
    if (this.identifiers.length >= MAX_IDENTIFIERS || !hasForm(name, text)) return;
    const folded = this.#fold(text);
    if (folded === undefined) return;
    this.#insert({ name, value: folded });
  }

  /** The strongest comes first, and of equally strong ones the one that was read first. */
  #insert(identifier: EventIdentifier): void {
    const { identifiers } = this;
    const { name, value } = identifier;
    if (identifiers.some((each) => each.name === name && each.value === value)) return;
    const at = identifiers.findIndex((each) => STRENGTH[each.name] > STRENGTH[name]);
    if (at < 0) identifiers.push(identifier);
    else identifiers.splice(at, 0, identifier);
  }

  /** Names the device by a value that may be any of these identifiers. */
  nameAny(names: readonly EventIdentifierName[], value: unknown): void {
    const text = textOf(value);
    if (text === undefined) return;
    for (const name of names) this.#name(name, text);
  }

  /** The identifier in its one spelling; `undefined` for a placeholder. Many names are tried for one value in turn. */
  #fold(text: string): string | undefined {
    if (this.#folded?.text !== text)
      this.#folded = {
        text,
        value: isPlaceholder(text) ? undefined : foldGuid(text.toWellFormed()),
      };
    return this.#folded.value;
  }

  /** The first usable time among fields; without one, why the first that is not blank cannot be used. */
  readTime(fields: Readonly<Record<string, unknown>>): EventTime {
    let first: EventTime | undefined;
    for (const path in fields) {
      const value = fields[path];
      if (isBlank(value)) continue;
      const read = readTime(toMoment(value) ?? value, path, this.#context.arrival);
      if (read.ok) return { read, value };
      first ??= { read, value };
    }
    if (first !== undefined) return first;
    const [path = ''] = Object.keys(fields);
    return { read: readTime(undefined, path, this.#context.arrival), value: undefined };
  }

  /** The times of a fact, and its id: the event's, and what tells the facts of one event apart. */
  stamp({ read, value }: EventTime, id: string, ...facts: readonly (string | undefined)[]): Stamp {
    const { sourceId, arrival } = this.#context;
    const { receivedDateTime } = arrival;
    const observed = read.ok ? read.observedDateTime : undefined;
    const at = observed ?? textOf(value) ?? '';
    // One hash for the facts of an event, since hashing costs more than reading a fact.
    if (this.#hashed?.id !== id || this.#hashed.at !== at)
      this.#hashed = { id, at, hash: toSignalId(this.#kind, sourceId, at, id) };
    return {
      signalId: [this.#hashed.hash, ...facts].join('.'),
      observedDateTime: observed ?? receivedDateTime,
      receivedDateTime,
    };
  }

  end(signals: readonly UndirectedSignal[], isAboutPhone = true): SourceEvent {
    return {
      identifiers: this.identifiers,
      isAboutPhone,
      signals,
      unmapped: this.#unmapped,
      unread: [],
      rejections: this.#readers.flatMap(({ problems, faults }) =>
        toRejections(problems, faults.length > 0),
      ),
    };
  }

  /** The event is no object, so nothing of it can be read. */
  endWithout(): SourceEvent {
    this.reader.addProblem('', 'must be object');
    return this.end([]);
  }

  /** How an event counts of which nothing could be read: it may be bad news, so it marks its device. */
  endUnreadable(time: EventTime, id: string, field: string, value: unknown): SourceEvent {
    this.reader.addProblem(`/${field}`, 'says nothing that has a row in the mapping');
    const fault = { field, word: firstCharacters(toWord(value) ?? 'missing', 64) };
    const stamp = this.stamp(time, id, 'unreadable');
    return this.end([{ ...stamp, type: 'reportUnreadable', kind: 'event', fault }]);
  }

  #addUnmapped(field: string, word: string): void {
    const isKnown = this.#unmapped.some((each) => each.field === field && each.word === word);
    if (!isKnown && this.#unmapped.length < MAX_UNMAPPED) this.#unmapped.push({ field, word });
  }
}

const STRENGTH = Object.fromEntries(EVENT_IDENTIFIERS.map((name, at) => [name, at])) as Readonly<
  Record<EventIdentifierName, number>
>;

/** The text of a word or a number, shortened; of another value its type. `undefined` if there is none. */
export function toWord(value: unknown): string | undefined {
  return isBlank(value) ? undefined : boundWord(wordOf(value));
}

function wordOf(value: unknown): string {
  return typeof value === 'boolean' ? String(value) : (textOf(value) ?? kindOf(value));
}

function boundWord(text: string): string {
  return firstCharacters(text.toWellFormed(), MAX_WORD_LENGTH);
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'array' : typeof value;
}

function findOverride(
  overrides: SourceContext['overrides'],
  field: string,
  word: string,
): string | undefined {
  const words = Object.hasOwn(overrides, field) ? overrides[field] : undefined;
  return words !== undefined && Object.hasOwn(words, word) ? words[word] : undefined;
}

function hasForm(name: EventIdentifierName, text: string): boolean {
  if (name === 'wiFiMacAddress') return isMacAddress(text);
  // Zimperium writes a UUID there for iPhones.
  return name !== 'imei' || /^[\d /-]{14,20}$/.test(text);
}
