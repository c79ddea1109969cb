import { readFileSync } from 'node:fs';
import { UsageError } from './command.ts';

/**
 * Reads the secret `what` of a file that the command line names. The text of Node's error contains the path, and an
 * operator may have typed the secret in its place, so only the error's code is shown.
 * @throws UsageError if the file cannot be read or is empty.
 */
export function readSecretFile(what: string, file: string): string {
  const text = tryRead(what, file).trim();
  if (text === '') throw new UsageError(`the file of ${what} is empty`);
  return text;
}

function tryRead(what: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new UsageError(
      `cannot read ${what}: ${code}; the option takes the path of a file, and not the secret itself`,
    );
  }
}
