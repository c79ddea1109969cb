import { badRequest, notSupported } from '../cosmosError.ts';
import { parseExpression, parsePath } from './parseExpression.ts';
import type { Expression, Item, Iteration, Query } from './query.ts';
import { TokenStream } from './tokens.ts';

/** Parses `text` as a query. @throws CosmosError 400 for bad syntax, 501 for an unsupported feature. */
export function parseQuery(text: string): Query {
  const tokens = new TokenStream(text);
  const query = readQuery(tokens);
  if (tokens.peek().kind !== 'end') throw tokens.unexpected();
  return query;
}

/** Parses the condition of a patch (`FROM c WHERE …`) as a query that selects the whole item. @throws CosmosError. */
export function parsePatchCondition(text: string): Query {
  return parseQuery(/^\s*select\b/i.test(text) ? text : `SELECT * ${text}`);
}

function readQuery(tokens: TokenStream): Query {
  tokens.expect('SELECT');
  const isDistinct = tokens.take('DISTINCT');
  const top = tokens.take('TOP') ? { top: readCount(tokens) } : {};
  const isValue = tokens.take('VALUE');
  const select = tokens.take('*') ? '*' : readSelection(tokens);
  if (isValue && select.length !== 1)
    throw badRequest('SELECT VALUE takes exactly one expression.');
  const from = readFrom(tokens);
  const where = tokens.take('WHERE') ? { where: readItem(tokens) } : {};
  const groupBy = readBy('GROUP', tokens) ? readList(tokens, readItem) : [];
  const orderBy = readBy('ORDER', tokens) ? readList(tokens, readOrder) : [];
  const page = readOffset(tokens);
  return { isDistinct, ...top, isValue, select, ...from, ...where, groupBy, orderBy, ...page };
}

function readBy(keyword: string, tokens: TokenStream): boolean {
  if (!tokens.take(keyword)) return false;
  if (keyword === 'ORDER' && tokens.is('RANK')) throw notSupported('ORDER BY RANK');
  tokens.expect('BY');
  return true;
}

function readList<T>(tokens: TokenStream, read: (tokens: TokenStream) => T): T[] {
  const list: T[] = [];
  do list.push(read(tokens));
  while (tokens.take(','));
  return list;
}

/** The items of SELECT; unnamed items get the names `$1`, `$2` and so on. */
function readSelection(tokens: TokenStream): Item[] {
  let unnamed = 0;
  return readList(tokens, readSelected).map((item) => {
    if (item.alias !== '') return item;
    unnamed += 1;
    return { ...item, alias: `$${unnamed}` };
  });
}

function readSelected(tokens: TokenStream): Item {
  const item = readItem(tokens);
  const isNamed = tokens.take('AS') || (tokens.peek().kind === 'word' && !tokens.is('FROM'));
  return isNamed ? { ...item, alias: tokens.word() } : item;
}

function readItem(tokens: TokenStream): Item {
  const { start } = tokens.peek();
  const expression = parseExpression(tokens, readQuery);
  const name = expression.kind === 'path' ? (expression.keys.at(-1) ?? expression.root) : '';
  const alias = typeof name === 'string' ? name : '';
  return { expression, text: tokens.textSince(start), alias };
}

function readFrom(tokens: TokenStream): Pick<Query, 'alias' | 'fromText' | 'iterations'> {
  const { start } = tokens.peek();
  const iterations: Iteration[] = [];
  if (!tokens.take('FROM')) return { alias: 'c', fromText: 'FROM c', iterations };
  let alias: { readonly alias?: string } = {};
  if (tokens.is('IN', 1)) iterations.push(readIteration(tokens));
  else {
    const { root, keys } = parsePath(tokens);
    if (keys.length > 0) throw notSupported('FROM with a path');
    const isNamed = tokens.take('AS') || isAlias(tokens);
    alias = { alias: isNamed ? tokens.word() : root };
  }
  while (tokens.take('JOIN')) iterations.push(readIteration(tokens));
  return { ...alias, fromText: tokens.textSince(start), iterations };
}

function isAlias(tokens: TokenStream): boolean {
  const ends = ['WHERE', 'JOIN', 'GROUP', 'ORDER', 'OFFSET'];
  return tokens.peek().kind === 'word' && !ends.some((keyword) => tokens.is(keyword));
}

function readIteration(tokens: TokenStream): Iteration {
  if (tokens.is('(')) throw notSupported('JOIN with a subquery');
  const alias = tokens.word();
  tokens.expect('IN');
  if (tokens.is('(')) throw notSupported('JOIN with a subquery');
  return { alias, array: parsePath(tokens) };
}

function readOrder(tokens: TokenStream): Query['orderBy'][number] {
  const item = readItem(tokens);
  const isDescending = tokens.take('DESC');
  if (!isDescending) tokens.take('ASC');
  return { ...item, isDescending };
}

function readOffset(tokens: TokenStream): Pick<Query, 'offset' | 'limit'> {
  if (!tokens.take('OFFSET')) return {};
  const offset = readCount(tokens);
  tokens.expect('LIMIT');
  return { offset, limit: readCount(tokens) };
}

function readCount(tokens: TokenStream): Expression {
  const { kind, text } = tokens.peek();
  if (kind !== 'number' && kind !== 'parameter') throw tokens.unexpected();
  tokens.next();
  return kind === 'number' ? { kind: 'literal', value: Number(text) } : { kind, name: text };
}
