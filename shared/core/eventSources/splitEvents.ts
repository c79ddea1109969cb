import { ConnectorError } from '../../base/connectorError.ts';
import { isJsonObject } from '../../base/jsonObject.ts';
import { findJsonEnd, salvageCut } from './scanJson.ts';
import type { SourceItem } from './sourceEvent.ts';

/** The most events of one request. */
export const MAX_EVENTS_A_BODY = 1000;
const MAX_KEPT_TEXT_LENGTH = 1000;
/** The header of a line may hold braces (structured data, RFC 5424 section 6.3). */
const MAX_TRIES_A_LINE = 8;

/**
 * The events in an unpacked body: one JSON object, an array, an object with a list `events`, or lines. A line may have a
 * syslog header (RFC 3164, RFC 5424, with the octet count of RFC 6587), hold several events, or end too early. A line
 * without an event is an item with its text.
 * @throws ConnectorError `payloadTooLarge` for more than `MAX_EVENTS_A_BODY`.
 */
export function splitEvents(body: Uint8Array): readonly SourceItem[] {
  const text = decode(body);
  const whole = tryParse(text);
  const items = whole === undefined ? splitLines(text) : toItems(whole);
  if (items.length <= MAX_EVENTS_A_BODY) return items;
  throw new ConnectorError(
    'payloadTooLarge',
    `the body holds ${String(items.length)} events; at most ${String(MAX_EVENTS_A_BODY)} are allowed`,
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

/** A pretty printed event goes on in the next lines. A new event, or a new header, begins in the first column. */
function splitLines(text: string): readonly SourceItem[] {
  const items: SourceItem[] = [];
  let open = '';
  for (const line of text.split(/\r?\n/)) {
    if (open !== '' && !/^[[\]{<\d]/.test(line)) {
      open = `${open}\n${line}`;
      if (!line.startsWith('}')) continue;
    } else {
      items.push(...splitLine(open));
      open = line;
    }
    if (isClosed(open)) {
      items.push(...splitLine(open));
      open = '';
    }
  }
  return [...items, ...splitLine(open)];
}

function isClosed(line: string): boolean {
  const start = line.indexOf('{');
  return start < 0 || findJsonEnd(line, start) !== undefined;
}

/** The events of one line. */
export function splitLine(line: string): readonly SourceItem[] {
  if (line.trim() === '') return [];
  const items: SourceItem[] = [];
  let from = 0;
  let tries = 0;
  for (;;) {
    const start = line.indexOf('{', from);
    if (start < 0) break;
    const end = findJsonEnd(line, start);
    if (end === undefined) {
      const event = salvageCut(withoutControls(line.slice(start)));
      if (event !== undefined) items.push({ ok: true, event, isCut: true });
      break;
    }
    const event = tryParse(withoutControls(line.slice(start, end)));
    tries += 1;
    if (event !== undefined) items.push({ ok: true, event });
    from = event === undefined ? start + 1 : end;
    if (event === undefined && tries >= MAX_TRIES_A_LINE) break;
  }
  return items.length > 0 ? items : [withoutEvent(line)];
}

/** Raw control characters are not allowed in JSON texts (RFC 8259 section 7), and senders write them all the same. */
function withoutControls(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/[\u0000-\u001f]/g, ' ');
}

function withoutEvent(line: string): SourceItem {
  const text = line.slice(0, MAX_KEPT_TEXT_LENGTH).toWellFormed();
  return { ok: false, text, message: 'the line holds no JSON object' };
}
