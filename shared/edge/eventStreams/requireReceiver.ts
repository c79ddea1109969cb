import type { Services } from '../../core/services.ts';
import { ConnectorError } from '../../base/connectorError.ts';
import type { HttpRequest } from '../http/http.ts';
import type { HandlerContext } from '../http/handler.ts';
import { callerName, requireRole } from '../http/requireRole.ts';
import type { Caller, Role } from '../../core/ports/tokens.ts';
import type { SsfConfig } from '../../settings/readSsf.ts';
import type { EventStream } from './eventStream.ts';
import { toStream } from './toStream.ts';

/** CAEP interoperability profile 1.0 section 2.7.2; an operator may do what every receiver may. */
const OPERATOR = 'Configuration.ReadWrite.All';
export const SSF_READ_ROLES = ['ssf.read', 'ssf.manage', OPERATOR] as const;
export const SSF_MANAGE_ROLES = ['ssf.manage', OPERATOR] as const;

const STREAM_ID = /^[A-Za-z0-9-]{1,100}$/;

/** A receiver, or an operator, who may see the streams of all. */
export interface StreamCaller {
  readonly ssf: SsfConfig;
  readonly caller: Caller;
  readonly ownerId: string;
  readonly isOperator: boolean;
}

/** @throws ConnectorError `itemNotFound` where this system is no transmitter. */
export function requireTransmitter({ config }: Pick<Services, 'config'>): SsfConfig {
  if (config.ssf !== undefined) return config.ssf;
  throw new ConnectorError('itemNotFound', 'this system is not configured to transmit events');
}

/** @throws ConnectorError `unauthenticated`, `accessDenied`, `itemNotFound`. */
export async function requireReceiver(
  request: HttpRequest,
  { services }: HandlerContext,
  roles: readonly [Role, ...Role[]],
): Promise<StreamCaller> {
  const caller = await requireRole(request, services.tokens, services.now(), ...roles);
  // All that nobody is named in would own each other's streams.
  if (caller.applicationId === undefined && caller.subject === undefined)
    throw new ConnectorError('accessDenied', 'the token names nobody whose a stream could be');
  const isOperator = caller.roles.includes(OPERATOR);
  return { ssf: requireTransmitter(services), caller, ownerId: callerName(caller), isOperator };
}

/** A stream with the version that it was read at. */
export interface StoredStream {
  readonly stream: EventStream;
  readonly etag: string;
}

/** The stream, if it is the caller's: another's is not there. @throws ConnectorError `itemNotFound`, `invalidRequest`. */
export async function requireStream(
  { documents }: Pick<Services, 'documents'>,
  { ownerId, isOperator }: StreamCaller,
  streamId: unknown,
): Promise<StoredStream> {
  if (typeof streamId !== 'string' || streamId === '' || streamId.length > 100)
    throw new ConnectorError('invalidRequest', 'a stream must be named', {
      details: [{ path: '/stream_id', message: 'must be the id of a stream' }],
    });
  const stored = STREAM_ID.test(streamId)
    ? await documents.loadDocument('eventStream', streamId)
    : undefined;
  const stream = stored && toStream(stored);
  if (stored !== undefined && stream !== undefined && (isOperator || stream.ownerId === ownerId))
    return { stream, etag: stored.etag };
  throw new ConnectorError('itemNotFound', `there is no stream \`${streamId}\``);
}
