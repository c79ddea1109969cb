import type { HttpReply, HttpRequest } from '../http/http.ts';
import { readJsonObject } from '../http/readBody.ts';
import type { HandlerContext } from '../http/handler.ts';
import { changeStream } from './changeStream.ts';
import {
  requireReceiver,
  requireStream,
  SSF_MANAGE_ROLES,
  type StreamCaller,
} from './requireReceiver.ts';
import { toSubjectKey } from './subject.ts';

const NO_STORE = { 'cache-control': 'no-store' };

/** Puts back whom the receiver took out; every stream begins with everybody (SSF 1.0 section 8.1.3.2). */
export async function addSubject(
  request: HttpRequest,
  context: HandlerContext,
): Promise<HttpReply> {
  const { streamId, key } = await readSubject(request, context);
  await context.services.mailbox.includeSubject(streamId, key);
  return { status: 200, headers: NO_STORE };
}

/** Takes a device, or all devices of a user, out of one stream (SSF 1.0 section 8.1.3.3). */
export async function removeSubject(
  request: HttpRequest,
  context: HandlerContext,
): Promise<HttpReply> {
  const { caller, streamId, key } = await readSubject(request, context);
  await context.services.mailbox.excludeSubject(streamId, key);
  await changeStream(context, caller, {
    streamId,
    activity: 'update',
    apply: (stream) =>
      stream.hasRemovedSubjects === true ? stream : { ...stream, hasRemovedSubjects: true },
  });
  return { status: 204, headers: NO_STORE };
}

async function readSubject(
  request: HttpRequest,
  context: HandlerContext,
): Promise<{ readonly caller: StreamCaller; readonly streamId: string; readonly key: string }> {
  const caller = await requireReceiver(request, context, SSF_MANAGE_ROLES);
  const { stream_id: streamId, subject } = await readJsonObject(request);
  const { stream } = await requireStream(context.services, caller, streamId);
  return { caller, streamId: stream.id, key: toSubjectKey(subject, caller.ssf.issuer) };
}
