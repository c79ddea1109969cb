import type { Handler, HandlerContext } from '../http/handler.ts';
import type { HttpRequest } from '../http/http.ts';
import { noStore } from '../http/noStore.ts';
import { readJsonObject } from '../http/readBody.ts';
import { changeStream } from './changeStream.ts';
import { requireReceiver, SSF_MANAGE_ROLES, type StreamCaller } from './requireReceiver.ts';
import { requireStream } from './requireStream.ts';
import { toSubjectKeys, type SubjectKeys } from './subject.ts';

/** Adds a removed subject to the stream again. Every stream starts with all subjects (SSF 1.0 section 8.1.3.2). */
export const addSubject: Handler = async (request, context) => {
  const { streamId, key, formerKeys } = await readSubject(request, context);
  const { mailbox } = context.services;
  await Promise.all([key, ...formerKeys].map((each) => mailbox.includeSubject(streamId, each)));
  return noStore({ status: 200 });
};

/** Removes a device, or all devices of a user, from one stream (SSF 1.0 section 8.1.3.3). */
export const removeSubject: Handler = async (request, context) => {
  const { caller, streamId, key } = await readSubject(request, context);
  await context.services.mailbox.excludeSubject(streamId, key);
  await changeStream(context, caller, {
    streamId,
    activity: 'update',
    apply: (stream) =>
      stream.hasRemovedSubjects === true ? stream : { ...stream, hasRemovedSubjects: true },
  });
  return noStore({ status: 204 });
};

async function readSubject(
  request: HttpRequest,
  context: HandlerContext,
): Promise<SubjectKeys & { readonly caller: StreamCaller; readonly streamId: string }> {
  const caller = await requireReceiver(request, context, SSF_MANAGE_ROLES);
  const { stream_id: streamId, subject } = await readJsonObject(request);
  const { stream } = await requireStream(context.services, caller, streamId);
  return { caller, streamId: stream.id, ...toSubjectKeys(subject, caller.ssf.issuer) };
}
