import { ConnectorError } from '../../base/connectorError.ts';
import type { Caller, Role, TokenVerifier } from '../../core/ports/tokens.ts';
import { challengeFor, withChallenge } from './challenges.ts';
import type { HttpRequest } from './http.ts';

/** The caller's name, for rate limits and logs. */
export function callerName({ applicationId, subject }: Caller): string {
  return applicationId ?? subject ?? 'unnamed';
}

/**
 * The caller, if its bearer token is valid; no role is needed. A caller that cannot fetch tokens may send its name and
 * key as user and password instead (RFC 7617).
 * @throws ConnectorError `unauthenticated` without a valid token.
 */
export async function requireCaller(
  request: HttpRequest,
  verifier: TokenVerifier,
  now: Date,
): Promise<Caller> {
  const authorization = request.headers.get('authorization') ?? '';
  const [, scheme, credentials = ''] = /^(Bearer|Basic) +(\S+)$/i.exec(authorization) ?? [];
  switch (scheme?.toLowerCase()) {
    case 'bearer':
      return verifier.verify(credentials, now);
    case 'basic':
      return verifyBasic(credentials, verifier, now);
    default:
      throw new ConnectorError('unauthenticated', 'a bearer token is required');
  }
}

/** The caller whose key has this name. An access token is not a password: only the bearer scheme accepts it. */
async function verifyBasic(
  credentials: string,
  verifier: TokenVerifier,
  now: Date,
): Promise<Caller> {
  const [, name, key] =
    /^([^:]+):([A-Za-z0-9_-]+)$/.exec(Buffer.from(credentials, 'base64').toString()) ?? [];
  const caller = key === undefined ? undefined : await verifier.verify(key, now);
  if (caller !== undefined && caller.applicationId === name) return caller;
  throw new ConnectorError('unauthenticated', 'the name and the key are not valid', {
    cause: caller === undefined ? 'no name and key' : 'the key belongs to another name',
  });
}

/**
 * The caller, if its bearer token is valid and grants one of `roles`.
 * @throws ConnectorError `unauthenticated` without a valid token, naming every scheme that the endpoint accepts;
 * `accessDenied` naming the missing role.
 */
export async function requireRole(
  request: HttpRequest,
  verifier: TokenVerifier,
  now: Date,
  ...roles: readonly [Role, ...Role[]]
): Promise<Caller> {
  const caller = await withChallenge(challengeFor(roles), () =>
    requireCaller(request, verifier, now),
  );
  if (!roles.some((role) => caller.roles.includes(role)))
    throw new ConnectorError(
      'accessDenied',
      `the token lacks the role \`${roles.join('` or `')}\``,
    );
  // Only `requireDecider` knows the endpoints to which a key can be limited.
  if (caller.scopes !== undefined)
    throw new ConnectorError('accessDenied', 'the key is limited to other endpoints');
  return caller;
}
