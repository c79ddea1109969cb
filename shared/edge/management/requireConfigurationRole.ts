import type { Caller, Role } from '../../core/ports/tokens.ts';
import type { HandlerContext } from '../http/handler.ts';
import type { HttpRequest } from '../http/http.ts';
import { callerName, requireRole } from '../http/requireRole.ts';

interface Demand {
  /** By default a `GET` needs read access, other methods write access. */
  readonly access?: 'read' | 'write';
  /** What the request takes from the caller's budget of the rate limit, in decisions; by default 1. */
  readonly cost?: number;
}

/**
 * The caller, if it may read or write the configuration, and does not ask too often.
 * @throws ConnectorError `unauthenticated`, `accessDenied`, `activityLimitReached`.
 */
export async function requireConfigurationRole(
  request: HttpRequest,
  { services }: HandlerContext,
  { access = request.method === 'GET' ? 'read' : 'write', cost = 1 }: Demand = {},
): Promise<Caller> {
  const writer = 'Configuration.ReadWrite.All';
  const roles: readonly [Role, ...Role[]] =
    access === 'read' ? ['Configuration.Read.All', writer] : [writer];
  const at = services.now();
  const caller = await requireRole(request, services.tokens, at, ...roles);
  services.rateLimit.take(callerName(caller), cost, at);
  return caller;
}
