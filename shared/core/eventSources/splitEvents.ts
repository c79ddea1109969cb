import { ConnectorError } from '../../base/connectorError.ts';
import { isJsonObject } from '../../base/jsonObject.ts';
import { findJsonEnd, salvageCut } from './scanJson.ts';
import { skipSyslogHeader } from './skipSyslogHeader.ts';
import type { SourceItem } from './sourceEvent.ts';

/** The most events of one request. */
const MAX_EVENTS_A_BODY = 1000;
const MAX_KEPT_TEXT_LENGTH = 1000;
/** What stands before the event may hold braces. */
const MAX_TRIES_A_PIECE = 8;

/**
 * The events in an unpacked body: one JSON object, an array, an object with a list `events`, or lines. A line may have a
 * syslog header (RFC 3164, RFC 5424, with the octet count of RFC 6587), hold several events, or end too early; an event
 * may be printed over several lines. A line without an event is an item with its text.
 * @throws ConnectorError `payloadTooLarge` for more than `maxEvents`.
 */
export function splitEvents(
  body: Uint8Array,
  maxEvents = MAX_EVENTS_A_BODY,
): readonly SourceItem[] {
  const text = decode(body);
  const whole = tryParse(text) ?? tryParse(withoutControls(text));
  const items = whole === undefined ? splitText(text, maxEvents) : toItems(whole);
  if (items.length > maxEvents) throw tooMany(items.length, maxEvents);
  return items;
}

function tooMany(count: number, maxEvents: number): ConnectorError {
  return new ConnectorError(
    'payloadTooLarge',
    `the body holds ${String(count)} events or more; at most ${String(maxEvents)} are allowed`,
  );
}

/** Bytes that are not UTF-8, in the name of a network for example, must not hide the threat beside them. */
function decode(body: Uint8Array): string {
  return new TextDecoder().decode(body).trim();
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function toItems(value: unknown): readonly SourceItem[] {
  if (Array.isArray(value)) return value.map((event: unknown) => ({ ok: true, event }));
  if (isJsonObject(value) && Array.isArray(value['events'])) return toItems(value['events']);
  return [{ ok: true, event: value }];
}

/** The events of one line. */
export function splitLine(line: string): readonly SourceItem[] {
  return splitText(line, Number.POSITIVE_INFINITY);
}

/** Reads the text once, from event to event, so its price grows with its length alone. */
function splitText(text: string, maxEvents: number): readonly SourceItem[] {
  const items: SourceItem[] = [];
  let isBehindEvent = false;
  for (let at = 0; at < text.length;) {
    const lineEnd = endOfLine(text, at);
    const begin = skipSyslogHeader(text, at);
    const start = text.indexOf('{', begin);
    if (start < 0 || start >= lineEnd) {
      if (!isBehindEvent && !isBetweenEvents(text.slice(at, lineEnd)))
        items.push(withoutEvent(text, at, lineEnd));
      at = lineEnd + 1;
      isBehindEvent = false;
    } else {
      const piece = readPiece(text, start, lineEnd);
      items.push(...piece.items);
      at = afterSeparator(text, piece.end);
      isBehindEvent = text.charAt(at - 1) !== '\n';
    }
    if (items.length > maxEvents) throw tooMany(items.length, maxEvents);
  }
  return items;
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

/** Blanks, and the commas and brackets of a list that is cut somewhere else. */
function isBetweenEvents(text: string): boolean {
  return /^[\s,[\]]*$/.test(text);
}

/** The rest of a line behind an event is read on, but a line end belongs to the event. */
function afterSeparator(text: string, end: number): number {
  const separator = /[ \t\r,\]]*\n?/y;
  separator.lastIndex = end;
  separator.test(text);
  return separator.lastIndex;
}

interface Piece {
  readonly items: readonly SourceItem[];
  readonly end: number;
}

/** The event that begins at one of the next braces of the line. */
function readPiece(text: string, first: number, lineEnd: number): Piece {
  let start = first;
  for (let tries = 0; tries < MAX_TRIES_A_PIECE && start >= 0 && start < lineEnd; tries += 1) {
    const { end, isCut } = findJsonEnd(text, start);
    const json = withoutControls(text.slice(start, end));
    const event = isCut ? salvageCut(json) : tryParse(json);
    if (event !== undefined) return { items: isCut ? cutItems(event) : toItems(event), end };
    start = text.indexOf('{', start + 1);
  }
  return { items: [withoutEvent(text, first, lineEnd)], end: lineEnd };
}

/** Of a cut list of events only the last is cut. */
function cutItems(event: unknown): readonly SourceItem[] {
  const items = toItems(event);
  return items.map((item, at) =>
    item.ok && at === items.length - 1 ? { ...item, isCut: true } : item,
  );
}

/** Raw control characters are not allowed in JSON texts (RFC 8259 section 7), and senders write them all the same. */
function withoutControls(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/[\u0000-\u001f]/g, ' ');
}

function withoutEvent(text: string, from: number, to: number): SourceItem {
  const kept = text.slice(from, Math.min(to, from + MAX_KEPT_TEXT_LENGTH)).trim();
  return { ok: false, text: kept.toWellFormed(), message: 'the line holds no JSON object' };
}
