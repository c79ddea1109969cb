const WIDTH = 120;

/** `text` as lines of at most 120 characters, each after the first behind `indent`. A longer word has its own line. */
export function wrapped(text: string, indent = ''): string {
  const [first = '', ...words] = text.split(' ');
  const lines = [first];
  for (const word of words) {
    const line = `${lines.at(-1) ?? ''} ${word}`;
    if (line.length > WIDTH) lines.push(`${indent}${word}`);
    else lines[lines.length - 1] = line;
  }
  return lines.join('\n');
}
