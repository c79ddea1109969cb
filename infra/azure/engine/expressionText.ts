/** Before what Azure computes; no text of a template begins so. */
const MARK = '\u0001';

/** The text of an expression, told apart from text that is meant as it is. */
export function toExpression(text: string): string {
  return `${MARK}${text}`;
}

/** A value as it stands within a call. */
export function toArgument(value: string | number): string {
  if (typeof value === 'number') return String(value);
  return value.startsWith(MARK) ? value.slice(MARK.length) : `'${value.replaceAll("'", "''")}'`;
}

const CONCAT = /^concat\((.*)\)$/s;

/** Text and expressions one after the other: one flat `concat`. */
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
  throw new TypeError('only text and numbers can stand within text');
}

/** The text as it stands in a template: an expression in brackets, and text that only looks like one escaped. */
export function toTemplateText(value: string): string {
  if (value.startsWith(MARK)) return `[${value.slice(MARK.length)}]`;
  return value.startsWith('[') ? `[${value}` : value;
}
