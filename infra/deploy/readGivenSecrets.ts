import { readFileSync } from 'node:fs';
import { SECRET_SETTINGS } from '../azure/secretSettings.ts';
import { UsageError } from '../cli/command.ts';

const KNOWN: readonly string[] = Object.values(SECRET_SETTINGS);

/**
 * Reads the secrets of `--secret NAME=FILE` by name.
 * @throws UsageError for a name that no app setting refers to, and for a file that cannot be read or is empty.
 */
export function readGivenSecrets(given: readonly string[]): ReadonlyMap<string, string> {
  return new Map(given.map(readOne));
}

function readOne(text: string): [string, string] {
  const [, name = '', file = ''] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
  if (name === '') throw new UsageError(`--secret must be NAME=FILE, not \`${text}\``);
  if (!KNOWN.includes(name))
    throw new UsageError(`\`${name}\` is not a secret; there is ${KNOWN.join(', ')}`);
  const value = readText(name, file);
  if (value === '') throw new UsageError(`the file of the secret \`${name}\` is empty`);
  return [name, value];
}

function readText(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new UsageError(`cannot read the secret \`${name}\`: ${String(error)}`);
  }
}
