import { app } from '@azure/functions';
import { defined } from '../../shared/base/defined.ts';
import type { HttpReply, HttpRequest } from '../../shared/edge/http/http.ts';
import { readJsonObject } from '../../shared/edge/http/readBody.ts';
import { reply, type HandlerContext } from '../../shared/edge/http/reply.ts';
import { changeStream } from '../../shared/edge/eventStreams/changeStream.ts';
import {
  requireReceiver,
  requireStream,
  SSF_MANAGE_ROLES,
  SSF_READ_ROLES,
} from '../../shared/edge/eventStreams/requireSsf.ts';
import { sendStreamEvent } from '../../shared/edge/eventStreams/sendStreamEvent.ts';
import { STREAM_UPDATED } from '../../shared/edge/eventStreams/eventStream.ts';
import {
  fromStatusBody,
  toStatusAnswer,
  withStatus,
} from '../../shared/edge/eventStreams/streamStatus.ts';
import { toSsfErrorReply } from '../../shared/edge/eventStreams/toSsfErrorReply.ts';

/**
 * Whether a stream is sent anything (SSF 1.0 section 8.1.2). Paused, everything is kept for it; disabled, nothing is. A
 * receiver whose stream somebody else has changed is told.
 */
export async function eventStreamStatus(
  request: HttpRequest,
  context: HandlerContext,
): Promise<HttpReply> {
  const { services } = context;
  const headers = { 'cache-control': 'no-store' };
  if (request.method === 'GET') {
    const caller = await requireReceiver(request, context, SSF_READ_ROLES);
    const streamId = request.query.get('stream_id') ?? undefined;
    const { stream } = await requireStream(services, caller, streamId);
    return { status: 200, headers, jsonBody: toStatusAnswer(stream) };
  }
  const caller = await requireReceiver(request, context, SSF_MANAGE_ROLES);
  const body = await readJsonObject(request);
  const change = fromStatusBody(body);
  const { before, after = before } = await changeStream(context, caller, {
    streamId: change.stream_id,
    activity: 'update',
    apply: (stream) => withStatus(stream, change, caller, services.now().toISOString()),
  });
  if (before.ownerId !== caller.ownerId && before.status !== after.status)
    await sendStreamEvent(context, caller.ssf, after, STREAM_UPDATED, {
      status: after.status,
      ...defined({ reason: after.reason }),
    });
  return { status: 200, headers, jsonBody: toStatusAnswer(after) };
}

app.http('eventStreamStatus', {
  methods: ['GET', 'POST'],
  route: 'api/ssf/status',
  authLevel: 'anonymous',
  handler: reply(eventStreamStatus, toSsfErrorReply),
});
