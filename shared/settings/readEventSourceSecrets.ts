import { invalid, readWords, type Environment } from './readSetting.ts';

/** Two during rotation. */
const MAX_SECRETS_A_SOURCE = 2;
/** An id of an event source, as its document has it. */
const ID = /^[a-z0-9][a-z0-9-]{0,62}$/;
/** Connection strings and signed addresses of blob containers fit. */
const SECRET = /^[\x21-\x7E]{16,2048}$/;

const ENTRIES =
  'entries `id=secret` separated by spaces: the id of an event source, of lower-case letters, digits and hyphens, and a secret of 16 to 2048 printable ASCII characters without spaces; at most two entries for each id, during rotation';

/**
 * Reads `id=secret` entries. An entry is split at its first `=`, because a connection string holds more of them.
 * @throws ConnectorError `settingInvalid`, naming the setting and the form.
 */
export function readEventSourceSecrets(
  environment: Environment,
  name: string,
): ReadonlyMap<string, readonly string[]> {
  const secrets = new Map<string, readonly string[]>();
  for (const entry of readWords(environment, name)) {
    const at = entry.indexOf('=');
    const [id, secret] = [entry.slice(0, at), entry.slice(at + 1)];
    const known = secrets.get(id) ?? [];
    const isValid = at > 0 && ID.test(id) && SECRET.test(secret);
    if (!isValid || known.length === MAX_SECRETS_A_SOURCE) throw invalid(name, ENTRIES);
    secrets.set(id, [...known, secret]);
  }
  return secrets;
}
