import { ConnectorError } from '../../../base/connectorError.ts';
import type { HttpRequest } from '../../http/http.ts';
import { requireCaller } from '../../http/requireRole.ts';
import type { Caller, TokenVerifier } from '../../../core/ports/tokens.ts';

/** Entra's authentication events service: whoever calls custom authentication extensions has this id, in every tenant. */
const AUTHENTICATION_EVENTS = '99045fe1-7639-4a75-9d4a-577b6ca3810f';

/**
 * Entra itself, if it is the caller; no role makes anybody else into it.
 * @throws ConnectorError `unauthenticated` without a valid token, `accessDenied` where it was issued to anybody else.
 */
export async function requireEntra(
  request: HttpRequest,
  verifier: TokenVerifier,
  now: Date,
): Promise<Caller> {
  const caller = await requireCaller(request, verifier, now);
  // A key's name is its owner's choice.
  if (caller.keyName === undefined && caller.applicationId === AUTHENTICATION_EVENTS) return caller;
  throw new ConnectorError(
    'accessDenied',
    `the token was not issued to Entra's authentication events, \`${AUTHENTICATION_EVENTS}\``,
  );
}
