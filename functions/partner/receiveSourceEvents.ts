import { hash } from 'node:crypto';
import { app } from '@azure/functions';
import { onHttp } from '../../shared/compose.ts';
import { ingestSourceRequest } from '../../shared/core/eventSources/ingestSourceRequest.ts';
import { recordMilestone } from '../../shared/core/setup/recordMilestone.ts';
import { readSourceRequest } from '../../shared/edge/eventSources/readSourceRequest.ts';
import type { HandlerContext } from '../../shared/edge/http/handler.ts';
import type { HttpReply, HttpRequest } from '../../shared/edge/http/http.ts';

/**
 * Accepts events in the vendor's own words, and replies 202 once Service Bus has what they say. The id of the request
 * comes from its body, so in the quarantine a repeat overwrites the first one.
 */
export async function receiveSourceEvents(
  request: HttpRequest,
  context: HandlerContext,
): Promise<HttpReply> {
  const { services, log } = context;
  const now = services.now();
  const { source, body } = await readSourceRequest(request, context);
  const outcome = await ingestSourceRequest(
    { ...services, signals: services.queues, log },
    source,
    {
      body,
      contentType: request.headers.get('content-type') ?? '',
      requestId: `eventSource:${source.id}:${hash('sha256', body, 'base64url')}`,
      receivedDateTime: now.toISOString(),
    },
  );
  if (outcome.accepted > 0)
    await recordMilestone({ ...services, log }, 'firstSignedEvent', now.toISOString());
  return { status: 202, jsonBody: outcome };
}

app.http('receiveSourceEvents', {
  methods: ['POST'],
  route: 'api/eventSources/{id}/events',
  authLevel: 'anonymous',
  handler: onHttp(receiveSourceEvents),
});
