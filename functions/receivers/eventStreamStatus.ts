import { app } from '@azure/functions';
import { defined } from '../../shared/base/defined.ts';
import { onHttp } from '../../shared/compose.ts';
import { changeStream } from '../../shared/edge/eventStreams/changeStream.ts';
import type { EventStream } from '../../shared/edge/eventStreams/eventStream.ts';
import { STREAM_UPDATED } from '../../shared/edge/eventStreams/eventTypes.ts';
import {
  requireReceiver,
  SSF_MANAGE_ROLES,
  SSF_READ_ROLES,
} from '../../shared/edge/eventStreams/requireReceiver.ts';
import { requireStream } from '../../shared/edge/eventStreams/requireStream.ts';
import { sendStreamEvent } from '../../shared/edge/eventStreams/sendStreamEvent.ts';
import {
  fromStatusBody,
  toStatusAnswer,
  withStatus,
} from '../../shared/edge/eventStreams/streamStatus.ts';
import { toSsfFaultReply } from '../../shared/edge/eventStreams/toSsfFaultReply.ts';
import type { HandlerContext } from '../../shared/edge/http/handler.ts';
import type { HttpReply, HttpRequest } from '../../shared/edge/http/http.ts';
import { noStore } from '../../shared/edge/http/noStore.ts';
import { readJsonObject } from '../../shared/edge/http/readBody.ts';

/** Returns the status of a stream (SSF 1.0 section 8.1.2.1). */
export async function readStreamStatus(
  request: HttpRequest,
  context: HandlerContext,
): Promise<HttpReply> {
  const caller = await requireReceiver(request, context, SSF_READ_ROLES);
  const streamId = request.query.get('stream_id') ?? undefined;
  const { stream } = await requireStream(context.services, caller, streamId);
  return toReply(stream);
}

/**
 * Enables, pauses or disables a stream (SSF 1.0 section 8.1.2.2). Events for a paused stream are stored, events for a
 * disabled stream are dropped. If an operator changes the status, the receiver gets an event about it.
 */
export async function updateStreamStatus(
  request: HttpRequest,
  context: HandlerContext,
): Promise<HttpReply> {
  const caller = await requireReceiver(request, context, SSF_MANAGE_ROLES);
  const change = fromStatusBody(await readJsonObject(request));
  const { before, after = before } = await changeStream(context, caller, {
    streamId: change.stream_id,
    activity: 'update',
    apply: (stream) => withStatus(stream, change, caller, context.services.now().toISOString()),
  });
  if (before.ownerId !== caller.ownerId && before.status !== after.status)
    await sendStreamEvent(context, caller.ssf, after, STREAM_UPDATED, {
      status: after.status,
      ...defined({ reason: after.reason }),
    });
  return toReply(after);
}

function toReply(stream: EventStream): HttpReply {
  return noStore({ status: 200, jsonBody: toStatusAnswer(stream) });
}

app.http('eventStreamStatus', {
  methods: ['GET', 'HEAD', 'POST'],
  route: 'api/ssf/status',
  authLevel: 'anonymous',
  handler: onHttp({ GET: readStreamStatus, POST: updateStreamStatus }, toSsfFaultReply),
});
