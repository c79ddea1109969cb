import { hash } from 'node:crypto';

/**
 * The id of a fact by what names it at its sender: the same parts always give the same id, so a repeat is
 * recognised, and the id has one length whatever the sender's looks like.
 */
export function toSignalId(...parts: readonly string[]): string {
  return hash('sha256', JSON.stringify(parts), 'base64url');
}
