import { asJsonObject, type JsonObject } from '../../base/jsonObject.ts';

const QUOTE = 34;
const BACKSLASH = 92;
const COMMA = 44;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;
const OPEN_ARRAY = 91;
const CLOSE_ARRAY = 93;

/**
 * The position after the object that begins at `start`; `undefined` if the text ends before it. Only brackets and texts
 * are looked at, so the object may still be no JSON.
 */
export function findJsonEnd(text: string, start: number): number | undefined {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = findTextEnd(text, at);
      continue;
    }
    if (code === OPEN_OBJECT || code === OPEN_ARRAY) depth += 1;
    if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) depth -= 1;
    if (depth === 0) return at + 1;
  }
  return undefined;
}

/** The position of the quotation mark that ends the text which begins at `start`; behind the end if there is none. */
function findTextEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at += 1;
    else if (code === QUOTE) return at;
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
  for (let at = 0; at < text.length && open.length < MAX_SALVAGED_DEPTH; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = findTextEnd(text, at);
    else if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
      open.push(code === OPEN_OBJECT ? '}' : ']');
      keep(at + 1);
    } else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) {
      open.pop();
      keep(at + 1);
    } else if (code === COMMA) keep(at);
  }
  try {
    return asJsonObject(JSON.parse(`${text.slice(0, kept.length)}${kept.closers}`));
  } catch {
    return undefined;
  }
}
