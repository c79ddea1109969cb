import { randomUUID } from 'node:crypto';
import { app } from '@azure/functions';
import { onHttp } from '../../shared/compose.ts';
import { ingestRequest } from '../../shared/core/ingest/ingestRequest.ts';
import { BEARER, SIGNATURE, withChallenge } from '../../shared/edge/http/challenges.ts';
import type { HandlerContext } from '../../shared/edge/http/handler.ts';
import type { HttpReply, HttpRequest } from '../../shared/edge/http/http.ts';
import { readBody, requireContentType } from '../../shared/edge/http/readBody.ts';
import { readSignedBody, type SignedBody } from '../../shared/edge/http/readSignedBody.ts';
import { requireRole } from '../../shared/edge/http/requireRole.ts';

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

/**
 * The body and the id of the request, if the caller may send telemetry.
 * @throws ConnectorError `unauthenticated`, `accessDenied`, and what `readBody` throws.
 */
async function readAuthenticated(
  request: HttpRequest,
  { config, tokens }: HandlerContext['services'],
  now: Date,
): Promise<SignedBody> {
  if (request.headers.get('authorization') === null)
    return readSignedBody(request, config.webhookSecrets, now, CHALLENGE);
  await withChallenge(CHALLENGE, () => requireRole(request, tokens, now, 'Telemetry.Write'));
  return { id: randomUUID(), body: await readBody(request) };
}

app.http('ingestTelemetry', {
  methods: ['POST'],
  route: 'api/telemetry',
  authLevel: 'anonymous',
  handler: onHttp(ingestTelemetry),
});
