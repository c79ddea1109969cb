import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Config } from '../../settings/config.ts';
import { ConnectorError } from '../../base/connectorError.ts';
import type { HttpRequest } from '../http/http.ts';
import { callerName, requireRole } from '../http/requireRole.ts';
import type { TokenVerifier } from '../../core/ports/tokens.ts';
import { checkShape } from '../../base/validation/checkShape.ts';
import {
  AccessRequestSchema,
  requireResource,
  type AccessRequest,
} from '../../core/decisions/accessRequest.ts';
import { decideRequest } from '../../core/decisions/decideRequest.ts';
import type { AccessOutcome } from '../../core/decisions/decidedAccess.ts';
import type { DecisionServices } from '../../core/decisions/decideRequests.ts';
import { fromProxyHeaders } from './fromProxyHeaders.ts';

/** What a decision for a proxy needs of the world. */
export interface ProxyServices extends DecisionServices {
  readonly config: Pick<Config, 'remediationUrl' | 'ticketKeys' | 'trustedProxies'>;
  readonly tokens: TokenVerifier;
  readonly now: () => Date;
}

/**
 * Decides what a proxy asks in the route and in headers: nothing is read of a body, whatever the method, since it
 * belongs to the application behind.
 * @throws ConnectorError `unauthenticated` where the proxy has no valid credential or names no device, and what
 * `decideRequests` does.
 */
export async function decideForProxy(
  services: ProxyServices,
  request: HttpRequest,
): Promise<AccessOutcome> {
  const at = services.now();
  const caller = callerName(await requireRole(request, services.tokens, at, 'Access.Decide'));
  const asked = requireProxiedAccess(request, caller, services.config.trustedProxies);
  return (await decideRequest(services, asked, { caller, at })).outcome;
}

const ProxiedUser = Compile(Type.Pick(AccessRequestSchema, ['userPrincipalName']));

function requireProxiedAccess(
  request: HttpRequest,
  proxy: string,
  trustedProxies: readonly string[],
): AccessRequest {
  const resource = requireResource(request.params['resource']);
  const user = checkShape(ProxiedUser, {
    userPrincipalName: request.headers.get('x-user-principal-name') ?? undefined,
  });
  if (!user.ok)
    throw new ConnectorError('invalidRequest', 'the user is not valid', { details: user.problems });
  const device = fromProxyHeaders(request, proxy, trustedProxies);
  if (device === undefined)
    throw new ConnectorError(
      'unauthenticated',
      'the request names no device: neither by a client certificate of a trusted proxy nor by `x-device-id`',
    );
  return { device, resource, ...user.value };
}
