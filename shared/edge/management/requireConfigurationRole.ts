import type { Caller, Role } from '../../core/ports/tokens.ts';
import type { HandlerContext } from '../http/handler.ts';
import type { HttpRequest } from '../http/http.ts';
import { requireRole } from '../http/requireRole.ts';

/**
 * The caller, if it may read or write the configuration. By default a `GET` needs read access, other methods write
 * access.
 * @throws ConnectorError `unauthenticated`, `accessDenied`.
 */
export async function requireConfigurationRole(
  request: HttpRequest,
  { services }: HandlerContext,
  access: 'read' | 'write' = request.method === 'GET' ? 'read' : 'write',
): Promise<Caller> {
  const writer = 'Configuration.ReadWrite.All';
  const roles: readonly [Role, ...Role[]] =
    access === 'read' ? ['Configuration.Read.All', writer] : [writer];
  return requireRole(request, services.tokens, services.now(), ...roles);
}
