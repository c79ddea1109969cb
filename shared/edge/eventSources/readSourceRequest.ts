import { createHash, timingSafeEqual } from 'node:crypto';
import { ConnectorError } from '../../base/connectorError.ts';
import { isPulledKind, type EventSource } from '../../domain/vocabulary/eventSource.ts';
import { unpackBody } from '../../core/eventSources/unpackBody.ts';
import { BEARER, SIGNATURE, unauthenticated, withChallenge } from '../http/challenges.ts';
import type { HandlerContext } from '../http/handler.ts';
import type { HttpRequest } from '../http/http.ts';
import { readBody } from '../http/readBody.ts';
import { readSignedBody } from '../http/readSignedBody.ts';
import { callerName, requireRole } from '../http/requireRole.ts';

/** The content codings of events. `x-gzip` is an older name (RFC 9110 section 8.4.1.3). */
export const EVENT_CODINGS = ['identity', 'gzip', 'x-gzip'] as const;

const CHALLENGE = `${BEARER}, ${SIGNATURE}`;
const DEFAULT_HEADER = 'x-api-key';
const DEFAULT_QUERY = 'secret';
const SIGNING_SECRET = 'whsec_';
const REFUSED = 'the event source and its secret are not valid';
/** What a request costs its source, in decisions: 1, and 1 more for each 16 KiB when it is unpacked. */
const BYTES_A_DECISION = 16 * 1024;

/** A request whose sender has proved to be the source, or to be allowed to send for it. */
export interface SourceBody {
  readonly source: EventSource;
  /** Unpacked. */
  readonly body: Uint8Array;
}

/**
 * Reads the body of a request that has the secret of the source, a token with `Telemetry.Write`, or a signature by the
 * secret over the bytes as they are sent. Without a token, a source that is unknown, disabled or fetched is refused like a
 * wrong secret, so nobody learns which there are. Only an authenticated request uses up the rate of the source, so nobody
 * else can silence it.
 * @throws ConnectorError `unauthenticated`, `accessDenied`; with a token `itemNotFound`; `activityLimitReached`, and what
 * `readBody` and `unpackBody` throw.
 */
export async function readSourceRequest(
  request: HttpRequest,
  context: HandlerContext,
): Promise<SourceBody> {
  const { services } = context;
  const id = request.params['id'] ?? '';
  const { eventSources } = await services.configuration.load();
  const known = eventSources.find((each) => each.id === id);
  const source = known?.isEnabled === true && !isPulledKind(known.kind) ? known : undefined;
  const secrets = services.config.eventSourceSecrets.get(id) ?? [];
  if (hasSecret(request, known, secrets)) {
    if (source === undefined) throw unauthenticated(REFUSED, CHALLENGE, 'no such source is open');
    return { source, body: await readUnsigned(request, context, source) };
  }
  if (request.headers.get('authorization') === null)
    return readSigned(request, context, source, secrets);
  await requireSender(request, context);
  if (source === undefined)
    throw new ConnectorError('itemNotFound', `there is no event source \`${id}\` that is pushed`);
  return { source, body: await readUnsigned(request, context, source) };
}

async function requireSender(request: HttpRequest, { services }: HandlerContext): Promise<void> {
  const now = services.now();
  const caller = await withChallenge(CHALLENGE, () =>
    requireRole(request, services.tokens, now, 'Telemetry.Write'),
  );
  services.rateLimit.take(callerName(caller), 1, now);
}

async function readUnsigned(
  request: HttpRequest,
  context: HandlerContext,
  source: EventSource,
): Promise<Uint8Array> {
  takeRate(context, source, 1);
  return unpack(context, source, await readBody(request, EVENT_CODINGS));
}

async function readSigned(
  request: HttpRequest,
  context: HandlerContext,
  source: EventSource | undefined,
  secrets: readonly string[],
): Promise<SourceBody> {
  const keys = secrets
    .filter((secret) => source !== undefined && secret.startsWith(SIGNING_SECRET))
    .map((secret) => Buffer.from(secret.slice(SIGNING_SECRET.length), 'base64'));
  const { body } = await readSignedBody(request, keys, context.services.now(), {
    challenge: CHALLENGE,
    message: REFUSED,
    codings: EVENT_CODINGS,
  });
  if (source === undefined) throw unauthenticated(REFUSED, CHALLENGE, 'no such source is open');
  takeRate(context, source, 1);
  return { source, body: unpack(context, source, body) };
}

function unpack(context: HandlerContext, source: EventSource, packed: Uint8Array): Uint8Array {
  const body = unpackBody(packed);
  takeRate(context, source, Math.floor(body.byteLength / BYTES_A_DECISION));
  return body;
}

function takeRate({ services }: HandlerContext, { id }: EventSource, cost: number): void {
  services.rateLimit.take(`eventSource:${id}`, cost, services.now());
}

/** Compares hashes, each with each, so the time says nothing about the secrets. */
function hasSecret(
  request: HttpRequest,
  source: EventSource | undefined,
  secrets: readonly string[],
): boolean {
  const valid = secrets.map(digest);
  return offeredSecrets(request, source)
    .map(digest)
    .flatMap((offered) => valid.map((each) => timingSafeEqual(each, offered)))
    .includes(true);
}

/** The secrets in the places where senders put them: a header, `Authorization`, or the address. */
function offeredSecrets(
  { headers, query }: HttpRequest,
  { authentication = {} }: Pick<EventSource, 'authentication'> = {},
): readonly string[] {
  const {
    headerName = DEFAULT_HEADER,
    queryName = DEFAULT_QUERY,
    isQueryAllowed = true,
  } = authentication;
  const authorization = headers.get('authorization') ?? '';
  const [, credentials] = /^[A-Za-z]+ +(\S+)$/.exec(authorization) ?? [];
  return [
    headers.get(headerName),
    isQueryAllowed ? query.get(queryName) : undefined,
    authorization,
    credentials,
    passwordOf(authorization),
  ].flatMap((each) => each || []);
}

/** The password of `Basic` credentials (RFC 7617). The user name has no meaning here. */
function passwordOf(authorization: string): string | undefined {
  const [, encoded] = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(authorization) ?? [];
  return encoded === undefined
    ? undefined
    : /^[^:]*:(.*)$/s.exec(Buffer.from(encoded, 'base64').toString())?.[1];
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
