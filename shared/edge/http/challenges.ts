import { ConnectorError } from '../../base/connectorError.ts';
import type { Role } from '../../core/ports/tokens.ts';
import { ReplyError } from './replyError.ts';

/** An access token (RFC 6750 section 3). */
export const BEARER = 'Bearer';

/**
 * A key, as a bearer token or as user and password (RFC 7617 section 2 requires the realm). Some clients send user and
 * password only after a 401 named `Basic`: curl with `--anyauth`, FreeRADIUS with `auth = 'any'`.
 */
export const BEARER_OR_BASIC = `${BEARER}, Basic realm="Mobile Threat Defense connector", charset="UTF-8"`;

/**
 * The partner's webhook signature. A 401 needs a challenge (RFC 9110 section 15.5.2), and no registered scheme fits
 * (iana.org/assignments/http-authschemes), so this one has the name of the specification.
 */
export const SIGNATURE = 'StandardWebhooks';

/** The roles that a key may have. A key never opens an endpoint that needs another role. */
const ROLES_OF_KEYS: ReadonlySet<Role> = new Set(['Access.Decide', 'Nac.Query']);

/** Every scheme that an endpoint for these roles accepts. RFC 9110 section 11.6.1: one header may hold several. */
export function challengeFor(roles: readonly Role[]): string {
  return roles.some((role) => ROLES_OF_KEYS.has(role)) ? BEARER_OR_BASIC : BEARER;
}

/** Runs `authenticate`. @throws its error; an `unauthenticated` one with `challenge` as `WWW-Authenticate`. */
export async function withChallenge<T>(
  challenge: string,
  authenticate: () => Promise<T>,
): Promise<T> {
  try {
    return await authenticate();
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.code !== 'unauthenticated') throw error;
    throw unauthenticated(error.message, challenge, error.cause);
  }
}

/** The error for missing or invalid credentials. Only the log has the cause. */
export function unauthenticated(message: string, challenge: string, cause?: unknown): ReplyError {
  return new ReplyError('unauthenticated', message, { 'www-authenticate': challenge }, { cause });
}
