import { badRequest, notSupported } from './cosmosError.ts';
import { tokenizeQuery, type Token } from './tokenizeQuery.ts';

export type Literal = string | number | boolean | null;

/** An expression of the query language, the part that is served. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: Literal }
  | { readonly kind: 'parameter'; readonly name: string }
  | { readonly kind: 'path'; readonly path: readonly string[] }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | {
      readonly kind: 'compare';
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'in'; readonly left: Expression; readonly values: readonly Expression[] }
  | {
      readonly kind: 'logic';
      readonly operator: 'AND' | 'OR';
      readonly terms: readonly Expression[];
    }
  | { readonly kind: 'not'; readonly term: Expression };

export interface Query {
  readonly top?: Expression;
  /** `*`, one value, or named properties. */
  readonly select:
    | { readonly kind: 'all' }
    | { readonly kind: 'value'; readonly value: Expression }
    | { readonly kind: 'object'; readonly properties: readonly (readonly [string, Expression])[] };
  readonly where?: Expression;
  readonly orderBy: readonly { readonly path: readonly string[]; readonly isDescending: boolean }[];
  readonly offset?: Expression;
  readonly limit?: Expression;
}

/** A recursive-descent parser over one query. */
class Parser {
  private at = 0;
  private readonly tokens: readonly Token[];
  private alias = 'c';

  constructor(text: string) {
    this.tokens = tokenizeQuery(text);
    const from = this.tokens.findIndex((token) => token.text.toUpperCase() === 'FROM');
    // `FROM c`, `FROM root c`, `FROM root AS c`: the last word before a clause is the alias.
    const names = this.tokens
      .slice(from + 1)
      .findIndex((token) => token.kind !== 'word' || isClause(token));
    if (from >= 0) this.alias = this.tokens[from + names]?.text ?? this.alias;
  }

  query(): Query {
    const isStar = this.isWord('FROM');
    if (!isStar) this.word('SELECT');
    if (!isStar && this.takeWord('DISTINCT')) throw notSupported('DISTINCT');
    const top = !isStar && this.takeWord('TOP') ? this.operand() : undefined;
    const select: Query['select'] = isStar ? { kind: 'all' } : this.select();
    this.from();
    const where = this.takeWord('WHERE') ? this.or() : undefined;
    if (this.takeWord('GROUP')) throw notSupported('GROUP BY');
    const orderBy = this.takeWord('ORDER') ? this.orderBy() : [];
    const offset = this.takeWord('OFFSET') ? this.operand() : undefined;
    const limit = this.takeWord('LIMIT') ? this.operand() : undefined;
    if (this.peek().kind !== 'end')
      throw badRequest(`syntax error in the query at \`${this.peek().text}\``);
    return {
      select,
      orderBy,
      ...(top === undefined ? {} : { top }),
      ...(where === undefined ? {} : { where }),
      ...(offset === undefined ? {} : { offset }),
      ...(limit === undefined ? {} : { limit }),
    };
  }

  private select(): Query['select'] {
    if (this.takeSymbol('*')) return { kind: 'all' };
    if (this.takeWord('VALUE')) return { kind: 'value', value: this.operand() };
    const properties: (readonly [string, Expression])[] = [];
    do {
      const value = this.operand();
      const named = this.takeWord('AS') ? this.next().text : undefined;
      const last = value.kind === 'path' ? value.path.at(-1) : undefined;
      properties.push([named ?? last ?? `$${String(properties.length + 1)}`, value]);
    } while (this.takeSymbol(','));
    return { kind: 'object', properties };
  }

  private from(): void {
    this.word('FROM');
    this.next();
    this.takeWord('AS');
    if (this.peek().kind === 'word' && !isClause(this.peek())) this.next();
    if (this.isWord('JOIN')) throw notSupported('JOIN');
    if (this.isWord('IN')) throw notSupported('FROM … IN');
  }

  private orderBy(): Query['orderBy'] {
    this.word('BY');
    const keys: { path: readonly string[]; isDescending: boolean }[] = [];
    do {
      const key = this.operand();
      if (key.kind !== 'path') throw notSupported('ORDER BY of an expression');
      const isDescending = this.takeWord('DESC');
      if (!isDescending) this.takeWord('ASC');
      keys.push({ path: key.path, isDescending });
    } while (this.takeSymbol(','));
    return keys;
  }

  private or(): Expression {
    const terms = [this.and()];
    while (this.takeWord('OR')) terms.push(this.and());
    return terms.length === 1 && terms[0] ? terms[0] : { kind: 'logic', operator: 'OR', terms };
  }

  private and(): Expression {
    const terms = [this.not()];
    while (this.takeWord('AND')) terms.push(this.not());
    return terms.length === 1 && terms[0] ? terms[0] : { kind: 'logic', operator: 'AND', terms };
  }

  private not(): Expression {
    return this.takeWord('NOT') ? { kind: 'not', term: this.not() } : this.comparison();
  }

  private comparison(): Expression {
    const left = this.operand();
    if (this.takeWord('IN')) {
      this.symbol('(');
      const values = this.list();
      return { kind: 'in', left, values };
    }
    if (this.takeWord('BETWEEN')) {
      const low = this.operand();
      this.word('AND');
      const high = this.operand();
      return {
        kind: 'logic',
        operator: 'AND',
        terms: [
          { kind: 'compare', operator: '>=', left, right: low },
          { kind: 'compare', operator: '<=', left, right: high },
        ],
      };
    }
    const operator = ['=', '!=', '<>', '<', '<=', '>', '>='].find((symbol) =>
      this.takeSymbol(symbol),
    );
    return operator === undefined
      ? left
      : { kind: 'compare', operator, left, right: this.operand() };
  }

  private operand(): Expression {
    const token = this.next();
    switch (token.kind) {
      case 'number':
        return { kind: 'literal', value: Number(token.text) };
      case 'string':
        return { kind: 'literal', value: unquote(token.text) };
      case 'parameter':
        return { kind: 'parameter', name: token.text };
      case 'word':
        return this.named(token.text);
      default:
        if (token.text === '(') {
          const inner = this.or();
          this.symbol(')');
          return inner;
        }
        throw badRequest(`syntax error in the query at \`${token.text}\``);
    }
  }

  private named(word: string): Expression {
    const upper = word.toUpperCase();
    if (upper === 'TRUE' || upper === 'FALSE') return { kind: 'literal', value: upper === 'TRUE' };
    if (upper === 'NULL') return { kind: 'literal', value: null };
    if (this.takeSymbol('(')) {
      if (this.isWord('SELECT')) throw notSupported('a subquery');
      return { kind: 'call', name: upper, args: this.list() };
    }
    if (word !== this.alias) throw badRequest(`identifier \`${word}\` could not be resolved`);
    const path: string[] = [];
    for (;;) {
      if (this.takeSymbol('.')) path.push(this.next().text);
      else if (this.takeSymbol('[')) {
        path.push(unquote(this.next().text));
        this.symbol(']');
      } else return { kind: 'path', path };
    }
  }

  /** Expressions up to the closing bracket. */
  private list(): readonly Expression[] {
    const items: Expression[] = [];
    while (!this.takeSymbol(')')) {
      if (items.length > 0) this.symbol(',');
      items.push(this.or());
    }
    return items;
  }

  private peek(): Token {
    return this.tokens[this.at] ?? { kind: 'end', text: '' };
  }

  private next(): Token {
    const token = this.peek();
    this.at += 1;
    return token;
  }

  private isWord(word: string): boolean {
    return this.peek().kind === 'word' && this.peek().text.toUpperCase() === word;
  }

  private takeWord(word: string): boolean {
    const is = this.isWord(word);
    if (is) this.at += 1;
    return is;
  }

  private takeSymbol(symbol: string): boolean {
    const is = this.peek().kind === 'symbol' && this.peek().text === symbol;
    if (is) this.at += 1;
    return is;
  }

  private word(word: string): void {
    if (!this.takeWord(word))
      throw badRequest(`the query needs \`${word}\` before \`${this.peek().text}\``);
  }

  private symbol(symbol: string): void {
    if (!this.takeSymbol(symbol)) {
      throw badRequest(`the query needs \`${symbol}\` before \`${this.peek().text}\``);
    }
  }
}

const CLAUSES = new Set(['WHERE', 'ORDER', 'GROUP', 'OFFSET', 'LIMIT', 'JOIN', 'IN']);

function isClause({ text }: Token): boolean {
  return CLAUSES.has(text.toUpperCase());
}

function unquote(text: string): string {
  return text.slice(1, -1).replaceAll(/\\(.)/g, '$1');
}

/** The query in `text`. @throws CosmosError 400 where it is none, 501 naming what is not served. */
export function parseQuery(text: string): Query {
  return new Parser(text).query();
}
