import { hash } from 'node:crypto';
import { app } from '@azure/functions';
import { onHttp } from '../../shared/compose.ts';
import { ingestRequest } from '../../shared/core/ingest/ingestRequest.ts';
import { BEARER, SIGNATURE, withChallenge } from '../../shared/edge/http/challenges.ts';
import type { HandlerContext } from '../../shared/edge/http/handler.ts';
import type { HttpReply, HttpRequest } from '../../shared/edge/http/http.ts';
import { readBody, requireContentType } from '../../shared/edge/http/readBody.ts';
import { readSignedBody, type SignedBody } from '../../shared/edge/http/readSignedBody.ts';
import { callerName, requireRole } from '../../shared/edge/http/requireRole.ts';

const CHALLENGE = `${BEARER}, ${SIGNATURE}`;

/** Accepts reports of the four defences, authenticated by a webhook signature or a token. */
export async function ingestTelemetry(
  request: HttpRequest,
  { services, log }: HandlerContext,
): Promise<HttpReply> {
  const now = services.now();
  const { id: requestId, body } = await readAuthenticated(request, services, now);
  const contentType = requireContentType(request, ['application/json']);
  const outcome = await ingestRequest(
    { signals: services.queues, quarantine: services.quarantine, log },
    { source: 'telemetry', body, contentType, requestId, receivedDateTime: now.toISOString() },
  );
  return { status: 202, jsonBody: outcome };
}

/** What a report costs its caller, in decisions: 1, and 1 more for each 16 KiB, since a rejected report is stored. */
const BYTES_A_DECISION = 16 * 1024;

/**
 * The body and the id of the request, if the caller may send telemetry. A request by token gets an id from the caller and
 * the body, so in the quarantine a repeat overwrites the first one.
 * @throws ConnectorError `unauthenticated`, `accessDenied`, `activityLimitReached`, and what `readBody` throws.
 */
async function readAuthenticated(
  request: HttpRequest,
  { config, tokens, rateLimit }: HandlerContext['services'],
  now: Date,
): Promise<SignedBody> {
  if (request.headers.get('authorization') === null)
    return readSignedBody(request, config.webhookSecrets, now, { challenge: CHALLENGE });
  const caller = callerName(
    await withChallenge(CHALLENGE, () => requireRole(request, tokens, now, 'Telemetry.Write')),
  );
  rateLimit.take(caller, 1, now);
  const body = await readBody(request);
  rateLimit.take(caller, Math.floor(body.byteLength / BYTES_A_DECISION), now);
  return { id: `${caller}:${hash('sha256', body, 'base64url')}`, body };
}

app.http('ingestTelemetry', {
  methods: ['POST'],
  route: 'api/telemetry',
  authLevel: 'anonymous',
  handler: onHttp(ingestTelemetry),
});
