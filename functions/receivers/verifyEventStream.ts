import { app } from '@azure/functions';
import { ConnectorError } from '../../shared/base/connectorError.ts';
import { addSeconds, type DateTime } from '../../shared/base/dateTime.ts';
import { defined } from '../../shared/base/defined.ts';
import { invalidRequest } from '../../shared/base/validation/invalidRequest.ts';
import { onHttp } from '../../shared/compose.ts';
import { changeStream } from '../../shared/edge/eventStreams/changeStream.ts';
import type { EventStream } from '../../shared/edge/eventStreams/eventStream.ts';
import { VERIFICATION } from '../../shared/edge/eventStreams/eventTypes.ts';
import {
  requireReceiver,
  SSF_MANAGE_ROLES,
} from '../../shared/edge/eventStreams/requireReceiver.ts';
import { sendStreamEvent } from '../../shared/edge/eventStreams/sendStreamEvent.ts';
import { MIN_VERIFICATION_INTERVAL_IN_SECONDS } from '../../shared/edge/eventStreams/streamConfiguration.ts';
import { toSsfFaultReply } from '../../shared/edge/eventStreams/toSsfFaultReply.ts';
import type { HandlerContext } from '../../shared/edge/http/handler.ts';
import type { HttpReply, HttpRequest } from '../../shared/edge/http/http.ts';
import { noStore } from '../../shared/edge/http/noStore.ts';
import { readStreamBody } from '../../shared/edge/eventStreams/readStreamBody.ts';

const MAX_STATE_LENGTH = 1000;

/** Sends the receiver an event with its own `state`, so it knows that the stream works (SSF 1.0 section 8.1.4). */
export async function verifyEventStream(
  request: HttpRequest,
  context: HandlerContext,
): Promise<HttpReply> {
  const { services } = context;
  const caller = await requireReceiver(request, context, SSF_MANAGE_ROLES);
  const { stream_id: streamId, state } = await readStreamBody(request);
  if (state !== undefined && (typeof state !== 'string' || state.length > MAX_STATE_LENGTH))
    throw invalidRequest('the verification is not valid', {
      path: '/state',
      message: `must be a string of at most ${String(MAX_STATE_LENGTH)} characters`,
    });
  const { before: stream } = await changeStream(context, caller, {
    streamId,
    activity: 'verify',
    apply: (before) => withVerification(before, services.now().toISOString()),
  });
  const event = defined({ state });
  await sendStreamEvent(context, caller.ssf, stream, VERIFICATION, event);
  return noStore({ status: 204 });
}

/**
 * The stream with the time of this verification.
 * @throws ConnectorError `activityLimitReached` if the last is too recent.
 */
function withVerification(stream: EventStream, now: DateTime): EventStream {
  const { verifiedDateTime = '0001-01-01T00:00:00.000Z' } = stream;
  if (now >= addSeconds(verifiedDateTime, MIN_VERIFICATION_INTERVAL_IN_SECONDS))
    return { ...stream, verifiedDateTime: now };
  throw new ConnectorError('activityLimitReached', 'the stream was verified a moment ago', {
    retryAfterInSeconds: MIN_VERIFICATION_INTERVAL_IN_SECONDS,
  });
}

app.http('verifyEventStream', {
  methods: ['POST'],
  route: 'api/ssf/verification',
  authLevel: 'anonymous',
  handler: onHttp(verifyEventStream, toSsfFaultReply),
});
