import { ConnectorError } from '../../base/connectorError.ts';
import type { Caller, Role } from '../../core/ports/tokens.ts';
import type { Services } from '../../core/services.ts';
import type { SsfConfig } from '../../settings/readSsf.ts';
import type { HandlerContext } from '../http/handler.ts';
import type { HttpRequest } from '../http/http.ts';
import { callerName, requireRole } from '../http/requireRole.ts';

const OPERATOR = 'Configuration.ReadWrite.All';
/** CAEP interoperability profile 1.0 section 2.7.2. An operator may do whatever a receiver may. */
export const SSF_READ_ROLES = ['ssf.read', 'ssf.manage', OPERATOR] as const;
export const SSF_MANAGE_ROLES = ['ssf.manage', OPERATOR] as const;

/** A receiver, which sees its own streams, or an operator, who sees all streams. */
export interface StreamCaller {
  readonly ssf: SsfConfig;
  readonly caller: Caller;
  readonly ownerId: string;
  readonly isOperator: boolean;
}

/** The settings of the transmitter. @throws ConnectorError `itemNotFound` if this system is no transmitter. */
export function requireTransmitter({ config }: Pick<Services, 'config'>): SsfConfig {
  if (config.ssf !== undefined) return config.ssf;
  throw new ConnectorError('itemNotFound', 'this system is not configured to transmit events');
}

/**
 * The receiver, or the operator, that calls. Takes `cost` from its budget of the rate limit.
 * @throws ConnectorError `unauthenticated`, `accessDenied`, `activityLimitReached`, `itemNotFound`.
 */
export async function requireReceiver(
  request: HttpRequest,
  { services }: HandlerContext,
  roles: readonly [Role, ...Role[]],
  cost = 1,
): Promise<StreamCaller> {
  const at = services.now();
  const caller = await requireRole(request, services.tokens, at, ...roles);
  // All callers without a name would share one owner id, and so each other's streams.
  if (caller.applicationId === undefined && caller.subject === undefined)
    throw new ConnectorError('accessDenied', 'the token names no application and no subject');
  services.rateLimit.take(callerName(caller), cost, at);
  const isOperator = caller.roles.includes(OPERATOR);
  return { ssf: requireTransmitter(services), caller, ownerId: callerName(caller), isOperator };
}
