import { app } from '@azure/functions';
import { onHttp } from '../../shared/compose.ts';
import { ingestRequest } from '../../shared/core/ingest/ingestRequest.ts';
import { recordMilestone } from '../../shared/core/setup/recordMilestone.ts';
import type { HandlerContext } from '../../shared/edge/http/handler.ts';
import type { HttpReply, HttpRequest } from '../../shared/edge/http/http.ts';
import { requireContentType } from '../../shared/edge/http/readBody.ts';
import { readSignedBody } from '../../shared/edge/http/readSignedBody.ts';
import { toConsent } from '../../shared/edge/partner/toConsent.ts';

const CONTENT_TYPES = [
  'application/cloudevents+json',
  'application/cloudevents-batch+json',
  'application/json',
];

/** Accepts events of SEP Mobile, and replies 202 once Service Bus has every accepted event. */
export async function receivePartnerWebhook(
  request: HttpRequest,
  { services, log }: HandlerContext,
): Promise<HttpReply> {
  const now = services.now();
  const { webhookSecrets } = services.config;
  const { id: requestId, body } = await readSignedBody(request, webhookSecrets, now);
  const contentType = requireContentType(request, CONTENT_TYPES);
  const outcome = await ingestRequest(
    { signals: services.queues, quarantine: services.quarantine, log },
    { source: 'webhook', body, contentType, requestId, receivedDateTime: now.toISOString() },
  );
  if (outcome.accepted > 0) {
    await recordMilestone({ ...services, log }, 'firstSignedEvent', now.toISOString());
  }
  return { status: 202, jsonBody: outcome };
}

app.http('receivePartnerWebhook', {
  methods: ['POST', 'OPTIONS'],
  route: 'api/webhooks/sep-mobile',
  authLevel: 'anonymous',
  handler: onHttp({ POST: receivePartnerWebhook, OPTIONS: toConsent }),
});
