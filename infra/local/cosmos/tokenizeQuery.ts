import { badRequest } from './cosmosError.ts';

/** A piece of a query's text. Words keep their case; keywords are compared without it. */
export interface Token {
  readonly kind: 'word' | 'number' | 'string' | 'parameter' | 'symbol' | 'end';
  readonly text: string;
}

const PATTERN =
  /\s*(?:(?<word>[A-Za-z_][A-Za-z0-9_]*)|(?<number>-?\d+(?:\.\d+)?)|(?<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(?<parameter>@[A-Za-z0-9_]+)|(?<symbol><=|>=|!=|<>|[=<>().,*[\]]))/y;

/** The tokens of a query. @throws CosmosError 400 at the first character that none begins with. */
export function tokenizeQuery(text: string): readonly Token[] {
  const tokens: Token[] = [];
  const trimmed = text.trimEnd();
  for (let at = 0; at < trimmed.length;) {
    PATTERN.lastIndex = at;
    const match = PATTERN.exec(trimmed);
    if (match === null) {
      throw badRequest(`syntax error in the query at \`${trimmed.slice(at, at + 20)}\``);
    }
    const [kind, found] =
      Object.entries(match.groups ?? {}).find(([, part]) => part !== undefined) ?? [];
    tokens.push({ kind: kind as Token['kind'], text: found ?? '' });
    at = PATTERN.lastIndex;
  }
  return [...tokens, { kind: 'end', text: '' }];
}
