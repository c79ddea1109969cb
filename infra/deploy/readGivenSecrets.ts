import { SECRET_SETTINGS } from '../azure/secretSettings.ts';
import { UsageError } from '../cli/command.ts';
import { readSecretFile } from '../cli/readSecretFile.ts';

const KNOWN: readonly string[] = Object.values(SECRET_SETTINGS);
/** What looks like the name of a secret, and not like a secret. */
const NAME = /^[a-z]{2,16}(?:-[a-z]{2,16}){0,4}$/;

/**
 * Reads the secrets of `--secret NAME=FILE` by name. What is given in the place of a name or a file may be the secret
 * itself, so no error shows it.
 * @throws UsageError for a name that no app setting refers to, and for a file that cannot be read or is empty.
 */
export function readGivenSecrets(given: readonly string[]): ReadonlyMap<string, string> {
  return new Map(given.map(readOne));
}

function readOne(text: string): [string, string] {
  const [, name = '', file = ''] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
  if (name === '')
    throw new UsageError(`--secret must be NAME=FILE, and NAME one of ${KNOWN.join(', ')}`);
  if (!KNOWN.includes(name)) {
    const shown = NAME.test(name) ? `\`${name}\`` : 'what --secret names';
    throw new UsageError(`${shown} is not a secret; there is ${KNOWN.join(', ')}`);
  }
  return [name, readSecretFile(`the secret \`${name}\``, file)];
}
