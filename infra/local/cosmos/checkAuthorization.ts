import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { CosmosError } from './cosmosError.ts';
import type { ResourcePath } from './resourcePath.ts';

/**
 * Checks the master key signature (Cosmos DB REST, "Access control"): HMAC-SHA256 of verb, resource type, resource
 * link and date, each on a line. @throws CosmosError 401.
 */
export function checkAuthorization(
  request: IncomingMessage,
  path: ResourcePath,
  key: string,
): void {
  const token = new URLSearchParams(decodeToken(request.headers.authorization ?? ''));
  const date = String(request.headers['x-ms-date'] ?? request.headers.date ?? '').toLowerCase();
  const signed = `${(request.method ?? '').toLowerCase()}\n${path.type}\n${path.link}\n${date}\n\n`;
  const expected = createHmac('sha256', Buffer.from(key, 'base64')).update(signed).digest();
  // URLSearchParams reads `+` as a space; base64 has no spaces.
  const offered = Buffer.from((token.get('sig') ?? '').replaceAll(' ', '+'), 'base64');
  const isValid =
    token.get('type') === 'master' &&
    offered.length === expected.length &&
    timingSafeEqual(offered, expected);
  if (!isValid) {
    throw new CosmosError(
      401,
      'Unauthorized',
      'the authorization token does not match the account key',
    );
  }
}

function decodeToken(header: string): string {
  try {
    return decodeURIComponent(header);
  } catch {
    return '';
  }
}
