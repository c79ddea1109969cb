import type { ConnectorError } from '../../base/connectorError.ts';
import { invalidRequest } from '../../base/validation/invalidRequest.ts';
import type { HttpRequest } from './http.ts';

/** The error for a query option that is not valid: its name, and what is allowed. */
export function invalidOption(name: string, message: string): ConnectorError {
  return invalidRequest(`query option \`${name}\` ${message}`, { path: name, message });
}

/**
 * Checks the query options of OData and `confirm`. Ignoring an option would give the caller a wrong answer.
 * @throws ConnectorError `invalidRequest` for an option that is not in `allowed`, or is given twice.
 */
export function rejectUnknownOptions({ url }: HttpRequest, allowed: readonly string[]): void {
  const names = [...new URL(url).searchParams.keys()];
  for (const [at, name] of names.entries()) {
    if (names.indexOf(name) !== at) throw invalidOption(name, 'must not be given twice');
    if (allowed.includes(name) || !(name.startsWith('$') || name === 'confirm')) continue;
    const known = allowed.map((each) => `\`${each}\``).join(', ');
    throw invalidOption(name, `is not supported here${known === '' ? '' : `, only ${known}`}`);
  }
}
