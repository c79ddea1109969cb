import type { HttpReply, HttpRequest } from '../http/http.ts';
import { readJsonObject } from '../http/readBody.ts';
import type { HandlerContext } from '../http/reply.ts';
import {
  requireReceiver,
  requireStream,
  saveStream,
  SSF_MANAGE_ROLES,
  type StoredStream,
} from './requireSsf.ts';
import { toSubjectKey } from './subject.ts';

const NO_STORE = { 'cache-control': 'no-store' };

/** Puts back whom the receiver took out; every stream begins with everybody (SSF 1.0 section 8.1.3.2). */
export async function addSubject(
  request: HttpRequest,
  context: HandlerContext,
): Promise<HttpReply> {
  const { stored, key } = await readSubject(request, context);
  await context.services.mailbox.addSubject(stored.stream.id, key);
  return { status: 200, headers: NO_STORE };
}

/** Takes a device, or all devices of a user, out of one stream (SSF 1.0 section 8.1.3.3). */
export async function removeSubject(
  request: HttpRequest,
  context: HandlerContext,
): Promise<HttpReply> {
  const { services } = context;
  const { stored, key } = await readSubject(request, context);
  const { stream, etag } = stored;
  await services.mailbox.removeSubject(stream.id, key);
  if (stream.hasRemovedSubjects !== true)
    await saveStream(services, { ...stream, hasRemovedSubjects: true }, etag);
  return { status: 204, headers: NO_STORE };
}

async function readSubject(
  request: HttpRequest,
  context: HandlerContext,
): Promise<{ readonly stored: StoredStream; readonly key: string }> {
  const caller = await requireReceiver(request, context, SSF_MANAGE_ROLES);
  const { stream_id: streamId, subject } = await readJsonObject(request);
  const stored = await requireStream(context.services, caller, streamId);
  return { stored, key: toSubjectKey(subject) };
}
