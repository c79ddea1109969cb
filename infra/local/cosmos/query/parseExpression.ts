import { notSupported } from '../cosmosError.ts';
import type { Comparison, Expression, Query } from './query.ts';
import { unquote, type TokenStream } from './tokens.ts';

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  '=': '=',
  '!=': '!=',
  '<>': '!=',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};

const UNSUPPORTED = ['LIKE', '??', '?', '||', '+', '-', '*', '/', '%', '&', '|', '^', '~'];

/** Parses a subquery. A parameter, because queries contain expressions and expressions contain queries. */
export type ParseSubquery = (tokens: TokenStream) => Query;

/** Parses one expression. @throws CosmosError 400 for bad syntax, 501 for an unsupported operator. */
export function parseExpression(tokens: TokenStream, subquery: ParseSubquery): Expression {
  let left = parseAnd(tokens, subquery);
  while (tokens.take('OR')) left = { kind: 'or', left, right: parseAnd(tokens, subquery) };
  return left;
}

function parseAnd(tokens: TokenStream, subquery: ParseSubquery): Expression {
  let left = parseNot(tokens, subquery);
  while (tokens.take('AND')) left = { kind: 'and', left, right: parseNot(tokens, subquery) };
  return left;
}

function parseNot(tokens: TokenStream, subquery: ParseSubquery): Expression {
  if (tokens.take('NOT')) return { kind: 'not', operand: parseNot(tokens, subquery) };
  return parseComparison(tokens, subquery);
}

function parseComparison(tokens: TokenStream, subquery: ParseSubquery): Expression {
  const left = parsePrimary(tokens, subquery);
  const operator = COMPARISONS[tokens.peek().text];
  if (operator !== undefined && tokens.peek().kind === 'symbol') {
    tokens.next();
    const compared = {
      kind: 'compare',
      operator,
      left,
      right: parsePrimary(tokens, subquery),
    } as const;
    rejectOperator(tokens);
    return compared;
  }
  const isNegated = tokens.is('NOT') && (tokens.is('IN', 1) || tokens.is('BETWEEN', 1));
  if (isNegated) tokens.next();
  const tested = parseMembership(left, tokens, subquery);
  rejectOperator(tokens);
  return isNegated ? { kind: 'not', operand: tested } : tested;
}

function parseMembership(
  left: Expression,
  tokens: TokenStream,
  subquery: ParseSubquery,
): Expression {
  if (tokens.take('IN')) {
    tokens.expect('(');
    return { kind: 'in', operand: left, list: parseList(tokens, subquery, ')') };
  }
  if (!tokens.take('BETWEEN')) return left;
  const low = parsePrimary(tokens, subquery);
  tokens.expect('AND');
  const high = parsePrimary(tokens, subquery);
  return {
    kind: 'and',
    left: { kind: 'compare', operator: '>=', left, right: low },
    right: { kind: 'compare', operator: '<=', left, right: high },
  };
}

function rejectOperator(tokens: TokenStream): void {
  const unsupported = UNSUPPORTED.find((operator) => tokens.is(operator));
  if (unsupported !== undefined) throw notSupported(`operator \`${unsupported}\``);
}

function parseList(tokens: TokenStream, subquery: ParseSubquery, end: string): Expression[] {
  const items: Expression[] = [];
  if (tokens.take(end)) return items;
  do items.push(parseExpression(tokens, subquery));
  while (tokens.take(','));
  tokens.expect(end);
  return items;
}

function parsePrimary(tokens: TokenStream, subquery: ParseSubquery): Expression {
  const { kind, text } = tokens.peek();
  if (kind === 'string') return { kind: 'literal', value: unquote(tokens.next().text) };
  if (kind === 'number') return { kind: 'literal', value: Number(tokens.next().text) };
  if (kind === 'parameter') return { kind: 'parameter', name: tokens.next().text };
  if (kind === 'symbol') return parseSymbol(tokens, subquery);
  if (kind === 'end') throw tokens.unexpected();
  return parseWord(text.toUpperCase(), tokens, subquery);
}

function parseSymbol(tokens: TokenStream, subquery: ParseSubquery): Expression {
  if (tokens.take('[')) return { kind: 'array', items: parseList(tokens, subquery, ']') };
  if (tokens.take('{')) return parseObject(tokens, subquery);
  if (tokens.take('-')) {
    if (tokens.peek().kind !== 'number') throw notSupported('operator `-`');
    return { kind: 'literal', value: -Number(tokens.next().text) };
  }
  if (!tokens.take('(')) throw tokens.unexpected();
  if (tokens.is('SELECT')) throw notSupported('a subquery outside of EXISTS');
  const inner = parseExpression(tokens, subquery);
  tokens.expect(')');
  return inner;
}

function parseObject(tokens: TokenStream, subquery: ParseSubquery): Expression {
  const entries: [string, Expression][] = [];
  while (!tokens.take('}')) {
    if (entries.length > 0) tokens.expect(',');
    const name = tokens.peek().kind === 'string' ? unquote(tokens.next().text) : tokens.word();
    tokens.expect(':');
    entries.push([name, parseExpression(tokens, subquery)]);
  }
  return { kind: 'object', entries };
}

const LITERALS = new Map<string, unknown>([
  ['TRUE', true],
  ['FALSE', false],
  ['NULL', null],
]);

function parseWord(word: string, tokens: TokenStream, subquery: ParseSubquery): Expression {
  if (LITERALS.has(word)) {
    tokens.next();
    return { kind: 'literal', value: LITERALS.get(word) };
  }
  if (word === 'UDF' && tokens.is('.', 1)) throw notSupported('a user-defined function');
  if (!tokens.is('(', 1)) return parsePath(tokens);
  tokens.next();
  tokens.next();
  if (word !== 'EXISTS')
    return { kind: 'call', name: word, parameters: parseList(tokens, subquery, ')') };
  const query = subquery(tokens);
  tokens.expect(')');
  return { kind: 'exists', query };
}

/** Parses `alias.name["name"][0]`. */
export function parsePath(tokens: TokenStream): Expression & { readonly kind: 'path' } {
  const root = tokens.word();
  const keys: (string | number)[] = [];
  for (;;) {
    if (tokens.take('.')) keys.push(tokens.word());
    else if (tokens.take('[')) {
      const { kind, text } = tokens.next();
      if (kind === 'string') keys.push(unquote(text));
      else if (kind === 'number') keys.push(Number(text));
      else throw notSupported('a computed property name');
      tokens.expect(']');
    } else return { kind: 'path', root, keys };
  }
}
