import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const CALLERS = resolve(import.meta.dirname, '../../infra/callers');

/**
 * A file of `infra/callers` as an operator deploys it, with each mark replaced by its value.
 * @throws Error if the file lacks a mark, or if a `REPLACE_…` is left.
 */
export function deployedFile(path: string, replacements: Readonly<Record<string, string>>): string {
  let text = readFileSync(join(CALLERS, path), 'utf8');
  for (const [mark, value] of Object.entries(replacements)) {
    if (!text.includes(mark)) throw new Error(`\`${path}\` has no \`${mark}\``);
    text = text.replaceAll(mark, value);
  }
  const left = text.match(/REPLACE_[A-Z]\w+/);
  if (left !== null) throw new Error(`\`${path}\` still has \`${left[0]}\``);
  return text;
}
