import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { requireShape } from '../../base/validation/requireShape.ts';
import {
  AccessRequestSchema,
  requireResource,
  type AccessRequest,
} from '../../core/decisions/accessRequest.ts';
import type { AccessOutcome } from '../../core/decisions/decidedAccess.ts';
import { decideRequest } from '../../core/decisions/decideRequest.ts';
import type { DecisionServices } from '../../core/decisions/decideRequests.ts';
import type { TokenVerifier } from '../../core/ports/tokens.ts';
import type { Config } from '../../settings/config.ts';
import { BEARER_OR_BASIC, unauthenticated } from '../http/challenges.ts';
import type { HttpRequest } from '../http/http.ts';
import { fromExtendedValue } from './fromExtendedValue.ts';
import { fromProxyHeaders } from './fromProxyHeaders.ts';
import { requireDecider } from './requireDecider.ts';

/** The services that a decision for a proxy needs. */
export interface ProxyServices extends DecisionServices {
  readonly config: Pick<Config, 'remediationUrl' | 'ticketKeys' | 'trustedProxies'>;
  readonly tokens: TokenVerifier;
  readonly now: () => Date;
}

/**
 * Decides a proxy's request, which is in the route and the headers. The body is never read, whatever the method: it
 * belongs to the application behind the proxy.
 * @throws ConnectorError `unauthenticated` if the proxy has no valid credential or names no device, `accessDenied` if its
 * key is limited to other endpoints or resources, and what `decideRequests` throws.
 */
export async function decideForProxy(
  services: ProxyServices,
  request: HttpRequest,
  door: 'nginx' | 'envoy',
): Promise<AccessOutcome> {
  const at = services.now();
  const decider = await requireDecider(request, { tokens: services.tokens, now: at }, door);
  const { name: caller } = decider;
  const asked = requireProxiedAccess(request, caller, services.config.trustedProxies);
  decider.requireAllowed([asked.resource]);
  return (await decideRequest(services, asked, { caller, at })).outcome;
}

const USER_HEADER = 'x-user-principal-name';
const ProxiedUser = Compile(Type.Pick(AccessRequestSchema, ['userPrincipalName']));

function requireProxiedAccess(
  request: HttpRequest,
  proxy: string,
  trustedProxies: readonly string[],
): AccessRequest {
  const resource = requireResource(request.params['resource']);
  const named = request.headers.get(USER_HEADER);
  const userPrincipalName = named === null ? undefined : fromExtendedValue(USER_HEADER, named);
  const user = requireShape(ProxiedUser, { userPrincipalName }, 'the user is not valid');
  const device = fromProxyHeaders(request, proxy, trustedProxies);
  if (device === undefined)
    throw unauthenticated(
      'the request names no device: it needs a client certificate from a trusted proxy, or `x-device-id`',
      BEARER_OR_BASIC,
    );
  return { device, resource, ...user };
}
