/** What stands in a stream of chunks `{"events": [ … ], "next": "…"}`, in its order. */
export type ChunkPart =
  /** One event. Of a text that is longer than the limit the first part. */
  | { readonly kind: 'event'; readonly text: string }
  /** The chunk is complete. `isKnown`: it has events, a position, or nothing at all. */
  | { readonly kind: 'end'; readonly next: string | undefined; readonly isKnown: boolean };

/** Reads chunks that arrive in pieces, cut anywhere: one after the other, in lines or not. */
export interface ChunkReader {
  /** What is complete with this piece. @throws SyntaxError if something else than chunks comes. */
  push(piece: string): readonly ChunkPart[];
  /** Whether a chunk has begun and not ended. */
  readonly isInChunk: boolean;
}

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN_ARRAY = 91;
const BACKSLASH = 92;
const CLOSE_ARRAY = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;
const RECORD_SEPARATOR = 30;
const SPACE = 32;
/** Of names of members, and of positions. */
const MAX_TEXT_LENGTH = 64 * 1024;
/** The depth inside of a chunk, and inside of its list of events. */
const CHUNK = 1;
const EVENTS = 2;

/**
 * Keeps one event at a time: a chunk has no known limit (demisto/content, SymantecEndpointSecurity.py, takes 150 MB), and
 * one that is too large would come again for ever.
 */
export function createChunkReader(maxEventLength: number): ChunkReader {
  const reading = new Reading(maxEventLength);
  return {
    get isInChunk() {
      return reading.isInChunk;
    },
    push: (piece) => reading.push(piece),
  };
}

class Reading {
  readonly #maxEventLength: number;
  #depth = 0;
  #isText = false;
  #isEscaped = false;
  #isName = false;
  #isInEvents = false;
  #name = '';
  #next: string | undefined;
  #isKnown = false;
  /** What is kept of the present piece and of those before: an event, or a text of the chunk itself. */
  #keeps: 'event' | 'text' | undefined;
  #kept = '';
  #start = 0;
  #parts: ChunkPart[] = [];

  constructor(maxEventLength: number) {
    this.#maxEventLength = maxEventLength;
  }

  get isInChunk(): boolean {
    return this.#depth > 0;
  }

  push(piece: string): readonly ChunkPart[] {
    this.#parts = [];
    this.#start = 0;
    for (let at = 0; at < piece.length; at += 1) {
      const code = piece.charCodeAt(at);
      if (this.#isText) this.#readText(code, piece, at);
      else this.#readStructure(code, piece, at);
    }
    if (this.#keeps !== undefined) this.#keep(piece, piece.length);
    return this.#parts;
  }

  #readText(code: number, piece: string, at: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (code === BACKSLASH) this.#isEscaped = true;
    else if (code === QUOTE) {
      this.#isText = false;
      if (this.#keeps === 'text') this.#endText(piece, at + 1);
    }
  }

  #readStructure(code: number, piece: string, at: number): void {
    if (code === OPEN_OBJECT || code === OPEN_ARRAY) this.#open(code, at);
    else if (this.#depth === 0) requireSpace(code, piece, at);
    else if (code === QUOTE) {
      this.#isText = true;
      if (this.#depth === CHUNK) this.#begin('text', at);
    } else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) this.#close(piece, at);
    else if (this.#depth === CHUNK && code === COMMA) this.#isName = true;
    else if (this.#depth === CHUNK && code === COLON) this.#isName = false;
  }

  #open(code: number, at: number): void {
    if (this.#depth === 0) this.#openChunk(code);
    const isList = this.#depth === CHUNK && this.#name === 'events' && !this.#isName;
    this.#depth += 1;
    if (isList && code === OPEN_ARRAY) {
      this.#isInEvents = true;
      this.#isKnown = true;
    } else if (this.#isInEvents && this.#depth === EVENTS + 1) this.#begin('event', at);
  }

  #openChunk(code: number): void {
    if (code !== OPEN_OBJECT) throw new SyntaxError('the stream holds something else than objects');
    this.#isName = true;
    this.#name = '';
    this.#next = undefined;
    this.#isKnown = false;
  }

  #close(piece: string, at: number): void {
    this.#depth -= 1;
    if (this.#depth === EVENTS && this.#keeps === 'event')
      this.#parts.push({ kind: 'event', text: this.#end(piece, at + 1) });
    if (this.#depth === CHUNK) this.#isInEvents = false;
    if (this.#depth > 0) return;
    const isKnown = this.#isKnown || this.#name === '';
    this.#parts.push({ kind: 'end', next: this.#next, isKnown });
  }

  #begin(keeps: 'event' | 'text', at: number): void {
    this.#keeps = keeps;
    this.#kept = '';
    this.#start = at;
  }

  #end(piece: string, end: number): string {
    this.#keep(piece, end);
    this.#keeps = undefined;
    return this.#kept;
  }

  #keep(piece: string, end: number): void {
    const limit = this.#keeps === 'event' ? this.#maxEventLength : MAX_TEXT_LENGTH;
    // A full text is not copied again for each piece of an endless event.
    if (this.#kept.length < limit)
      this.#kept = (this.#kept + piece.slice(this.#start, end)).slice(0, limit);
    this.#start = end;
  }

  #endText(piece: string, end: number): void {
    const text = toText(this.#end(piece, end));
    if (this.#isName) this.#name = text ?? '?';
    else if (this.#name === 'next' && text !== undefined) {
      this.#next = text;
      this.#isKnown = true;
    }
  }
}

/** `undefined` if the text is no JSON, for example because it was too long. */
function toText(json: string): string | undefined {
  try {
    return String(JSON.parse(json));
  } catch {
    return undefined;
  }
}

/** Between chunks (RFC 8259 section 2, RFC 7464 section 2.1). */
function requireSpace(code: number, piece: string, at: number): void {
  if (code === SPACE || (code >= 9 && code <= 13) || code === RECORD_SEPARATOR) return;
  const found = piece.slice(at, at + 20);
  throw new SyntaxError(`the stream holds something else than objects: ${found}`);
}
