import { badRequest } from '../cosmosError.ts';

interface Token {
  readonly kind: 'word' | 'parameter' | 'number' | 'string' | 'symbol' | 'end';
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const TOKEN =
  /\s+|--[^\n]*|(?<word>[\p{L}_$][\p{L}\p{N}_$]*)|(?<parameter>@[\p{L}\p{N}_]+)|(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(?<symbol>!=|<>|<=|>=|\?\?|\|\||[-=<>()[\]{},.:*+/%?!~&|^])/uy;

/** The tokens of a query, read from left to right. */
export class TokenStream {
  readonly #source: string;
  readonly #tokens: readonly Token[];
  #at = 0;

  /** @throws CosmosError 400 if `source` contains an invalid token. */
  constructor(source: string) {
    this.#source = source;
    this.#tokens = tokenize(source);
  }

  /** The token `ahead` places after the next one. */
  peek(ahead = 0): Token {
    return (
      this.#tokens[this.#at + ahead] ?? {
        kind: 'end',
        text: '',
        start: this.#source.length,
        end: 0,
      }
    );
  }

  next(): Token {
    const token = this.peek();
    this.#at += 1;
    return token;
  }

  /** Whether the next token is the keyword or the symbol `text`. */
  is(text: string, ahead = 0): boolean {
    const { kind, text: found } = this.peek(ahead);
    return (kind === 'word' || kind === 'symbol') && found.toUpperCase() === text;
  }

  /** Takes the keyword or the symbol `text` if it is next. */
  take(text: string): boolean {
    if (!this.is(text)) return false;
    this.#at += 1;
    return true;
  }

  expect(text: string): void {
    if (!this.take(text)) throw this.unexpected();
  }

  /** Takes a name. */
  word(): string {
    const { kind, text } = this.peek();
    if (kind !== 'word') throw this.unexpected();
    this.#at += 1;
    return text;
  }

  /** The source text from `start` to the end of the last token taken. */
  textSince(start: number): string {
    return this.#source.slice(start, this.#tokens[this.#at - 1]?.end ?? start);
  }

  /** Cosmos DB's syntax error for the next token. */
  unexpected(): Error {
    const { start, text } = this.peek();
    const found = text === '' ? 'end of the query' : `'${text}'`;
    const message = `Syntax error, incorrect syntax near ${found}.`;
    const location = { start, end: start + text.length };
    return badRequest(
      JSON.stringify({ errors: [{ severity: 'Error', location, code: 'SC1001', message }] }),
    );
  }
}

function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(TOKEN);
  while (pattern.lastIndex < source.length) {
    const start = pattern.lastIndex;
    const match = pattern.exec(source);
    if (match === null) throw badRequest(`Syntax error, invalid token at position ${start}.`);
    const [kind, text] =
      Object.entries(match.groups ?? {}).find(([, found]) => found !== undefined) ?? [];
    if (text !== undefined) {
      tokens.push({ kind: kind as Token['kind'], text, start, end: pattern.lastIndex });
    }
  }
  return tokens;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

/** The value of a string token. */
export function unquote(text: string): string {
  return text
    .slice(1, -1)
    .replaceAll(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (_, code: string | undefined, character: string) =>
      code === undefined
        ? (ESCAPES[character] ?? character)
        : String.fromCharCode(Number.parseInt(code, 16)),
    );
}
