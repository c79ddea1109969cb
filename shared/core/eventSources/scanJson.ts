import { asJsonObject, type JsonObject } from '../../base/jsonObject.ts';

const QUOTE = 34;
const BACKSLASH = 92;
const COMMA = 44;
const COLON = 58;
const LINE_FEED = 10;
const LESS_THAN = 60;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;
const OPEN_ARRAY = 91;
const CLOSE_ARRAY = 93;
/** Blanks, tabs and line ends are below it, or are it. */
const BLANK = 32;

/** Where an object ends, or where it is cut. */
export interface JsonEnd {
  readonly end: number;
  readonly isCut: boolean;
}

/**
 * The position after the object that begins at `start`. It is cut where the text ends, where a line ends within a text,
 * and where the next event, or its syslog header, begins in the first column. Only brackets and texts are looked at, so
 * the object may still be no JSON.
 */
export function findJsonEnd(text: string, start: number): JsonEnd {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = findTextEnd(text, at);
      if (text.charCodeAt(at) === LINE_FEED) return { end: at, isCut: true };
    } else if (code === OPEN_OBJECT || code === OPEN_ARRAY) depth += 1;
    else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) {
      depth -= 1;
      if (depth === 0) return { end: at + 1, isCut: false };
    } else if (code === LINE_FEED && beginsEvent(text.charCodeAt(at + 1)))
      return { end: at, isCut: true };
  }
  return { end: text.length, isCut: true };
}

function beginsEvent(code: number): boolean {
  return code === OPEN_OBJECT || code === LESS_THAN;
}

/**
 * The position of the quotation mark that ends the text which begins at `start`; without one that of the line's end, or
 * behind the end. No JSON text contains a line end.
 */
function findTextEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH && text.charCodeAt(at + 1) !== LINE_FEED) at += 1;
    else if (code === QUOTE || code === LINE_FEED) return at;
  }
  return text.length;
}

/** Deeper members are not needed to know what an event says. */
const MAX_SALVAGED_DEPTH = 32;

/**
 * What a cut object holds before the cut: every member that is complete, at any depth. `undefined` if no object can be
 * read.
 */
export function salvageCut(text: string): JsonObject | undefined {
  const open: string[] = [];
  let kept = { length: 0, closers: '' };
  const keep = (length: number): void => {
    kept = { length, closers: open.toReversed().join('') };
  };
  let before = 0;
  for (let at = 0; at < text.length && open.length < MAX_SALVAGED_DEPTH; at += 1) {
    const code = text.charCodeAt(at);
    if (code <= BLANK) continue;
    if (code === QUOTE) {
      const isMember = before === COLON || open.at(-1) === ']';
      at = findTextEnd(text, at);
      if (isMember && text.charCodeAt(at) === QUOTE) keep(at + 1);
    } else if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
      open.push(code === OPEN_OBJECT ? '}' : ']');
      keep(at + 1);
    } else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) {
      open.pop();
      keep(at + 1);
    } else if (code === COMMA) keep(at);
    before = code;
  }
  try {
    return asJsonObject(JSON.parse(`${text.slice(0, kept.length)}${kept.closers}`));
  } catch {
    return undefined;
  }
}
