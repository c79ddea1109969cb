import { randomUUID } from 'node:crypto';
import { app } from '@azure/functions';
import { onHttp } from '../../shared/compose.ts';
import { ingestRequest } from '../../shared/core/ingest/ingestRequest.ts';
import type { HandlerContext } from '../../shared/edge/http/handler.ts';
import type { HttpReply, HttpRequest } from '../../shared/edge/http/http.ts';
import { readBody, requireContentType } from '../../shared/edge/http/readBody.ts';
import { requireRole } from '../../shared/edge/http/requireRole.ts';
import { requireSignature } from '../../shared/edge/http/requireSignature.ts';

/** Accepts reports of the four defences, authenticated by a webhook signature or a token. */
export async function ingestTelemetry(
  request: HttpRequest,
  { services, log }: HandlerContext,
): Promise<HttpReply> {
  const now = services.now();
  const body = await readBody(request);
  const requestId = await authenticate(request, body, services, now);
  const contentType = requireContentType(request, ['application/json']);
  const outcome = await ingestRequest(
    { signals: services.queues, quarantine: services.quarantine, log },
    { source: 'telemetry', body, contentType, requestId, receivedDateTime: now.toISOString() },
  );
  return { status: 202, jsonBody: outcome };
}

/**
 * The id of the request, if the caller may send telemetry.
 * @throws ConnectorError `unauthenticated`, `accessDenied`.
 */
async function authenticate(
  request: HttpRequest,
  body: Uint8Array,
  { config, tokens }: HandlerContext['services'],
  now: Date,
): Promise<string> {
  if (request.headers.get('authorization') === null) {
    return requireSignature(request, body, config.webhookSecrets, now);
  }
  await requireRole(request, tokens, now, 'Telemetry.Write');
  return randomUUID();
}

app.http('ingestTelemetry', {
  methods: ['POST'],
  route: 'api/telemetry',
  authLevel: 'anonymous',
  handler: onHttp(ingestTelemetry),
});
