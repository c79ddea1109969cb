/** The prefix of an expression. No text of a template starts with it. */
const MARK = '\u0001';

/** Marks text as an expression, to distinguish it from literal text. */
export function toExpression(text: string): string {
  return `${MARK}${text}`;
}

/** The value in the form of a function argument. */
export function toArgument(value: string | number): string {
  if (typeof value === 'number') return String(value);
  return value.startsWith(MARK) ? value.slice(MARK.length) : `'${value.replaceAll("'", "''")}'`;
}

const CONCAT = /^concat\((.*)\)$/s;

/** Joins text and expressions into one flat `concat`. */
export function joinText(left: unknown, right: unknown): unknown {
  if (left === undefined || left === '') return right;
  if (right === undefined || right === '') return left;
  const [first, second] = [toText(left), toText(right)];
  if (!first.startsWith(MARK) && !second.startsWith(MARK)) return first + second;
  const flat = [first, second].map((part) => {
    const argument = toArgument(part);
    return part.startsWith(MARK) ? (CONCAT.exec(argument)?.[1] ?? argument) : argument;
  });
  return toExpression(`concat(${flat.join(', ')})`);
}

function toText(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw new TypeError('only text and numbers can be part of text');
}

/** The text in the form of a template: an expression in brackets; text that looks like one is escaped. */
export function toTemplateText(value: string): string {
  if (value.startsWith(MARK)) return `[${value.slice(MARK.length)}]`;
  return value.startsWith('[') ? `[${value}` : value;
}
