import { hash } from 'node:crypto';
import { app } from '@azure/functions';
import { onHttp } from '../../shared/compose.ts';
import { ingestSourceRequest } from '../../shared/core/eventSources/ingestSourceRequest.ts';
import { recordMilestone } from '../../shared/core/setup/recordMilestone.ts';
import { requireSignature, requireSource } from '../../shared/edge/eventSources/requireSource.ts';
import { unpackBody } from '../../shared/edge/eventSources/unpackBody.ts';
import type { HandlerContext } from '../../shared/edge/http/handler.ts';
import type { HttpReply, HttpRequest } from '../../shared/edge/http/http.ts';
import { readBody } from '../../shared/edge/http/readBody.ts';

/** What a request costs its source, in decisions: 1, and 1 more for each 16 KiB. */
const BYTES_A_DECISION = 16 * 1024;

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
  const { source, isSigned } = await requireSource(request, context);
  const caller = `eventSource:${source.id}`;
  services.rateLimit.take(caller, 1, now);
  const packed = await readBody(request, ['identity', 'gzip']);
  services.rateLimit.take(caller, Math.floor(packed.byteLength / BYTES_A_DECISION), now);
  if (isSigned) requireSignature(request, context, source, packed);
  const body = unpackBody(packed);
  const outcome = await ingestSourceRequest(
    { ...services, signals: services.queues, log },
    source,
    {
      body,
      contentType: request.headers.get('content-type') ?? '',
      requestId: `${caller}:${hash('sha256', body, 'base64url')}`,
      receivedDateTime: now.toISOString(),
    },
  );
  await recordMilestone({ ...services, log }, 'firstSignedEvent', now.toISOString());
  return { status: 202, jsonBody: outcome };
}

app.http('receiveSourceEvents', {
  methods: ['POST'],
  route: 'api/eventSources/{id}/events',
  authLevel: 'anonymous',
  handler: onHttp(receiveSourceEvents),
});
