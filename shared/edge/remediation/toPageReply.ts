import { createHash } from 'node:crypto';
import type { HttpReply } from '../http/http.ts';
import type { Language } from '../texts/languages.ts';
import { PAGE_STYLE } from './pageStyle.ts';
import { toDocument, type Page } from './toDocument.ts';

const STYLE_HASH = createHash('sha256').update(PAGE_STYLE).digest('base64');

/** The page loads nothing, runs nothing, sends its form to itself, and stands in no frame. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${STYLE_HASH}'`,
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

/** Its address is a secret: it is told to nobody, kept nowhere and found by no search. */
const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'x-robots-tag': 'noindex',
  vary: 'Accept-Language',
};

/** The answer that is this page. */
export function toPageReply(
  page: Page,
  language: Language,
  { status, headers = {} }: Pick<HttpReply, 'status' | 'headers'> = { status: 200 },
): HttpReply {
  return {
    status,
    headers: { ...headers, ...HEADERS, 'content-language': language },
    body: String(toDocument(page, language)),
  };
}
