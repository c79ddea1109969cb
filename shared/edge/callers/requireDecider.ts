import { ConnectorError } from '../../base/connectorError.ts';
import type { Caller, TokenVerifier } from '../../core/ports/tokens.ts';
import { isSameResource, type Resource } from '../../domain/access/accessContext.ts';
import type { DecisionDoor, KeyScope } from '../../settings/readCallerKeys.ts';
import { BEARER_OR_BASIC, withChallenge } from '../http/challenges.ts';
import type { HttpRequest } from '../http/http.ts';
import { callerName, requireCaller } from '../http/requireRole.ts';

/** A caller that may ask for decisions at one endpoint. */
export interface Decider {
  /** For rate limits and logs. */
  readonly name: string;
  /** @throws ConnectorError `accessDenied` if the caller's key is limited to other resources. */
  requireAllowed(resources: readonly Resource[]): void;
}

/**
 * The caller, if it may ask for decisions at `door`. Check the resources with `requireAllowed` once they are known.
 * @throws ConnectorError `unauthenticated` without a valid token or key; `accessDenied` without the role, or if the key
 * is limited to other endpoints.
 */
export async function requireDecider(
  request: HttpRequest,
  { tokens, now }: { readonly tokens: TokenVerifier; readonly now: Date },
  door: DecisionDoor,
): Promise<Decider> {
  const caller = await withChallenge(BEARER_OR_BASIC, () => requireCaller(request, tokens, now));
  if (!caller.roles.includes('Access.Decide'))
    throw new ConnectorError('accessDenied', 'the token lacks the role `Access.Decide`');
  const scopes = caller.scopes?.filter((scope) => scope.door === door);
  if (scopes?.length === 0) throw outsideScopes(caller);
  return {
    name: callerName(caller),
    requireAllowed(resources) {
      const isAllowed = resources.every((each) => scopes === undefined || covers(scopes, each));
      if (!isAllowed) throw outsideScopes(caller);
    },
  };
}

function covers(scopes: readonly KeyScope[], asked: Resource): boolean {
  return scopes.some(({ resource }) => resource === undefined || isSameResource(resource, asked));
}

function outsideScopes({ keyName, scopes = [] }: Caller): ConnectorError {
  const allowed = scopes.map(({ door, resource }) =>
    resource === undefined ? `\`${door}\`` : `\`${door}/${resource}\``,
  );
  return new ConnectorError(
    'accessDenied',
    `the key of \`${keyName ?? ''}\` is limited to ${allowed.join(', ')}`,
  );
}
