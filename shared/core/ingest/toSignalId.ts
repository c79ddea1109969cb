import { hash } from 'node:crypto';

/**
 * The id of a signal, from the parts that identify it at its sender. The same parts always give the same id, so a
 * repeat is recognised. The id has a fixed length, whatever the sender's ids look like.
 */
export function toSignalId(...parts: readonly string[]): string {
  return hash('sha256', JSON.stringify(parts), 'base64url');
}
