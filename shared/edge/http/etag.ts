import { createHash } from 'node:crypto';

/**
 * The entity tag of an answer. It stays the same while only the moment of evaluation changes (RFC 9110 section 8.8.3).
 */
export function toEtag(answer: object): string {
  const content = JSON.stringify({ ...answer, evaluatedDateTime: undefined });
  return `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;
}

/** Whether `If-None-Match` does not name `etag`, by weak comparison (RFC 9110 section 13.1.2). */
export function isNoneMatch(header: string | null, etag: string): boolean {
  const tags = (header ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return !tags.some((tag) => tag === etag || tag === '*');
}
