/** An expression of a template, as a tree. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number }
  | { readonly kind: 'call'; readonly name: string; readonly given: readonly Expression[] }
  | { readonly kind: 'member'; readonly of: Expression; readonly member: Expression };

const TOKEN = /\s*(?:'((?:[^']|'')*)'|(-?\d+)|([A-Za-z_]\w*)|([(),.[\]]))/y;

type Token =
  | { readonly kind: 'text' | 'name' | 'sign'; readonly text: string }
  | { readonly kind: 'number'; readonly value: number };

/**
 * Reads the expression between the brackets of a template's text
 * (learn.microsoft.com/azure/azure-resource-manager/templates/template-expressions). @throws Error if it is malformed.
 */
export function parseExpression(text: string): Expression {
  const tokens = toTokens(text);
  const expression = readExpression(tokens);
  if (tokens.length > 0) throw new Error(`The expression '${text}' has more than one value.`);
  return expression;
}

function toTokens(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null)
      throw new Error(`The expression '${text}' is not valid at ${String(at + 1)}.`);
    const [, quoted, digits, name, sign = ''] = match;
    if (quoted !== undefined) tokens.push({ kind: 'text', text: quoted.replaceAll("''", "'") });
    else if (digits !== undefined) tokens.push({ kind: 'number', value: Number(digits) });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name });
    else tokens.push({ kind: 'sign', text: sign });
  }
  return tokens;
}

function readExpression(tokens: Token[]): Expression {
  let expression = readStart(tokens);
  for (;;) {
    if (takeSign(tokens, '.')) {
      const name = tokens.shift();
      if (name?.kind !== 'name') throw new Error('The expression has no name after a dot.');
      const member = { kind: 'literal', value: name.text } as const;
      expression = { kind: 'member', of: expression, member };
    } else if (takeSign(tokens, '[')) {
      expression = { kind: 'member', of: expression, member: readExpression(tokens) };
      requireSign(tokens, ']');
    } else return expression;
  }
}

function readStart(tokens: Token[]): Expression {
  const token = tokens.shift();
  if (token?.kind === 'text') return { kind: 'literal', value: token.text };
  if (token?.kind === 'number') return { kind: 'literal', value: token.value };
  if (token?.kind !== 'name') throw new Error('The expression ends too early.');
  requireSign(tokens, '(');
  const given: Expression[] = [];
  while (!takeSign(tokens, ')')) {
    if (given.length > 0) requireSign(tokens, ',');
    given.push(readExpression(tokens));
  }
  return { kind: 'call', name: token.text, given };
}

function takeSign(tokens: Token[], text: string): boolean {
  const [token] = tokens;
  const isThere = token?.kind === 'sign' && token.text === text;
  if (isThere) tokens.shift();
  return isThere;
}

function requireSign(tokens: Token[], text: string): void {
  if (!takeSign(tokens, text))
    throw new Error(`The expression has no '${text}' where one belongs.`);
}
