import { createHash } from 'node:crypto';
import type { HttpReply } from '../http/http.ts';
import { NO_STORE } from '../http/noStore.ts';
import type { Language } from '../texts/languages.ts';
import { PAGE_STYLE } from './pageStyle.ts';
import { toDocument, type RemediationPage } from './toDocument.ts';

const STYLE_HASH = createHash('sha256').update(PAGE_STYLE).digest('base64');

/** The page loads nothing, runs no script, submits its form only to itself and cannot be framed. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${STYLE_HASH}'`,
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

/** The URL is a secret, so no header leaks it, no cache stores the page and no search engine indexes it. */
const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  ...NO_STORE,
  'x-robots-tag': 'noindex',
  vary: 'Accept-Language',
};

/** The page as a reply. */
export function toPageReply(
  page: RemediationPage,
  language: Language,
  { status, headers = {} }: Pick<HttpReply, 'status' | 'headers'> = { status: 200 },
): HttpReply {
  return {
    status,
    headers: { ...headers, ...HEADERS, 'content-language': language },
    body: String(toDocument(page, language)),
  };
}
