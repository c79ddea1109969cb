const QUOTE = 34;
const BACKSLASH = 92;
const OPEN = new Set([123, 91]);
const CLOSE = new Set([125, 93]);

/** Cuts a text that arrives in pieces into the JSON objects in it, one after the other, whatever stands between them. */
export interface ObjectSplitter {
  /** The texts of the objects that end in this piece. @throws RangeError if an object is longer than the limit. */
  push(piece: string): readonly string[];
  /** Whether an object has begun and not ended. */
  readonly isInObject: boolean;
}

export function createObjectSplitter(maxLength: number): ObjectSplitter {
  let kept = '';
  let depth = 0;
  let isText = false;
  let isEscaped = false;
  return {
    get isInObject() {
      return depth > 0;
    },
    push(piece) {
      const objects: string[] = [];
      let start = 0;
      for (let at = 0; at < piece.length; at += 1) {
        const code = piece.charCodeAt(at);
        if (isText) {
          if (isEscaped) isEscaped = false;
          else if (code === BACKSLASH) isEscaped = true;
          else if (code === QUOTE) isText = false;
        } else if (code === QUOTE) isText = depth > 0;
        else if (OPEN.has(code)) {
          if (depth === 0) start = at;
          depth += 1;
        } else if (CLOSE.has(code) && depth > 0) {
          depth -= 1;
          if (depth > 0) continue;
          objects.push(kept + piece.slice(start, at + 1));
          kept = '';
        }
      }
      if (depth > 0) kept += piece.slice(start);
      if (kept.length > maxLength)
        throw new RangeError(`an object has more than ${String(maxLength)} characters`);
      return objects;
    },
  };
}
