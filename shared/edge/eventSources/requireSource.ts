import { createHash, timingSafeEqual } from 'node:crypto';
import { isPulledKind, type EventSource } from '../../domain/vocabulary/eventSource.ts';
import { verifyWebhookSignature } from '../../core/ingest/verifyWebhookSignature.ts';
import type { HandlerContext } from '../http/handler.ts';
import { BEARER, SIGNATURE, unauthenticated, withChallenge } from '../http/challenges.ts';
import type { HttpRequest } from '../http/http.ts';
import { callerName, requireRole } from '../http/requireRole.ts';

const CHALLENGE = `${BEARER}, ${SIGNATURE}`;
const DEFAULT_HEADER = 'x-api-key';
const DEFAULT_QUERY = 'secret';
const SIGNING_SECRET = 'whsec_';
const REFUSED = 'the event source and its secret are not valid';

/** A source whose sender may have proved itself already. */
export interface NamedSource {
  readonly source: EventSource;
  /** Only its body can prove the sender: it is signed. */
  readonly isSigned: boolean;
}

/**
 * The event source in the route, if the request has its secret or a token with `Telemetry.Write`. A signed request has to
 * be verified with its body. Sources that are unknown, disabled or fetched are refused like a wrong secret, so nobody
 * learns which there are.
 * @throws ConnectorError `unauthenticated`, `accessDenied`.
 */
export async function requireSource(
  request: HttpRequest,
  { services }: HandlerContext,
): Promise<NamedSource> {
  const { eventSources } = await services.configuration.load();
  const id = request.params['id'] ?? '';
  const source = eventSources.find((each) => each.id === id);
  const isOpen = source !== undefined && source.isEnabled && !isPulledKind(source.kind);
  const secrets = services.config.eventSourceSecrets.get(id) ?? [];
  const { headers } = request;
  const hasSecret = offeredSecrets(request, source).some((offered) => isOneOf(offered, secrets));
  const hasToken = !hasSecret && headers.get('authorization') !== null;
  const isSigned = !hasSecret && !hasToken && headers.get('webhook-signature') !== null;
  if (hasToken) {
    const now = services.now();
    const caller = await withChallenge(CHALLENGE, () =>
      requireRole(request, services.tokens, now, 'Telemetry.Write'),
    );
    services.rateLimit.take(callerName(caller), 1, now);
  } else if (!hasSecret && !isSigned) throw refused('no secret of the source');
  if (!isOpen) throw refused('no such source is open');
  return { source, isSigned };
}

/**
 * Verifies the signature of a body by the secrets of the source.
 * @throws ConnectorError `unauthenticated`
 */
export function requireSignature(
  { headers }: HttpRequest,
  { services }: HandlerContext,
  { id }: EventSource,
  body: Uint8Array,
): void {
  const secrets = (services.config.eventSourceSecrets.get(id) ?? [])
    .filter((secret) => secret.startsWith(SIGNING_SECRET))
    .map((secret) => Buffer.from(secret.slice(SIGNING_SECRET.length), 'base64'));
  const fault = verifyWebhookSignature(
    {
      id: headers.get('webhook-id'),
      timestamp: headers.get('webhook-timestamp'),
      signature: headers.get('webhook-signature'),
      body,
    },
    secrets,
    services.now(),
  );
  if (fault !== undefined) throw refused(fault);
}

/** The secrets in the places where senders put them: a header, the bearer token, or the address. */
function offeredSecrets(
  { headers, query }: HttpRequest,
  source: EventSource | undefined,
): readonly string[] {
  const { headerName = DEFAULT_HEADER, queryName = DEFAULT_QUERY } = source?.authentication ?? {};
  const authorization = headers.get('authorization') ?? '';
  const [, credentials] = /^(?:Bearer|Basic|Token|Splunk) +(\S+)$/i.exec(authorization) ?? [];
  const offered = [headers.get(headerName), query.get(queryName), credentials, authorization];
  return offered.flatMap((each) => each || []);
}

/** Compares hashes of all secrets, so the time says nothing about them. */
function isOneOf(offered: string, secrets: readonly string[]): boolean {
  const hash = digest(offered);
  return secrets.map((secret) => timingSafeEqual(digest(secret), hash)).includes(true);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function refused(cause: string): Error {
  return unauthenticated(REFUSED, CHALLENGE, cause);
}
