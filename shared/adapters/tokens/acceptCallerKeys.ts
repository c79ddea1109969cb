import { createHash } from 'node:crypto';
import type { CallerKey } from '../../settings/readCallerKeys.ts';
import { defined } from '../../base/defined.ts';
import { ConnectorError } from '../../base/connectorError.ts';
import type { Caller, Role, TokenVerifier } from '../../core/ports/tokens.ts';

/**
 * Accepts the keys of callers that cannot fetch tokens (nginx, Envoy, FreeRADIUS, Cisco ISE) as bearer tokens, and
 * passes all others to `tokens`. A key has one role, `Access.Decide` or `Nac.Query`, and may be limited to endpoints.
 * Keys are compared by their hashes, so the timing reveals nothing about them.
 */
export function acceptCallerKeys(
  keys: readonly (CallerKey & { readonly role: Role })[],
  tokens: TokenVerifier,
): TokenVerifier {
  const callers = new Map(
    keys.map(({ name, key, role, scopes }): [string, Caller] => [
      digest(key),
      { roles: [role], applicationId: name, keyName: name, ...defined({ scopes }) },
    ]),
  );
  return {
    async verify(token, now) {
      // RFC 7515 section 7.1: a signed token has two dots.
      if (token.includes('.')) return tokens.verify(token, now);
      const caller = callers.get(digest(token));
      if (caller !== undefined) return caller;
      throw new ConnectorError('unauthenticated', 'the bearer token is not valid', {
        cause: 'no caller has this key',
      });
    },
  };
}

function digest(key: string): string {
  return createHash('sha256').update(key).digest('base64');
}
