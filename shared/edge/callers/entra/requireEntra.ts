import { ConnectorError } from '../../../base/connectorError.ts';
import type { Caller, TokenVerifier } from '../../../core/ports/tokens.ts';
import type { HttpRequest } from '../../http/http.ts';
import { requireCaller } from '../../http/requireRole.ts';

/** The id of Entra's authentication events service, which calls custom authentication extensions, in every tenant. */
const AUTHENTICATION_EVENTS = '99045fe1-7639-4a75-9d4a-577b6ca3810f';

/**
 * Entra itself, if it is the caller. No role can replace this check.
 * @throws ConnectorError `unauthenticated` without a valid token, `accessDenied` if the token was issued to anybody
 * else.
 */
export async function requireEntra(
  request: HttpRequest,
  verifier: TokenVerifier,
  now: Date,
): Promise<Caller> {
  const caller = await requireCaller(request, verifier, now);
  // The owner of a key chooses its name, so a key proves nothing here.
  if (caller.keyName === undefined && caller.applicationId === AUTHENTICATION_EVENTS) return caller;
  throw new ConnectorError(
    'accessDenied',
    `the token was not issued to Entra's authentication events, \`${AUTHENTICATION_EVENTS}\``,
  );
}
