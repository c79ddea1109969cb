import { ConnectorError } from '../../base/connectorError.ts';
import type { EventMailbox } from '../../core/ports/publications.ts';
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

const MAX_REMOVED_SUBJECTS = 10_000;
/** Counting the removed subjects reads the index. */
const COST_OF_REMOVING = 10;

/**
 * Removes a device, or all devices of a user, from one stream (SSF 1.0 section 8.1.3.3).
 * @throws ConnectorError `conflict` if too many subjects of the stream are removed already.
 */
export const removeSubject: Handler = async (request, context) => {
  const { caller, streamId, key } = await readSubject(request, context, COST_OF_REMOVING);
  const { mailbox } = context.services;
  await requireRoom(mailbox, streamId, key);
  await mailbox.excludeSubject(streamId, key);
  try {
    await changeStream(context, caller, {
      streamId,
      activity: 'update',
      apply: (stream) =>
        stream.hasRemovedSubjects === true ? stream : { ...stream, hasRemovedSubjects: true },
    });
  } catch (error) {
    // The stream may have just been deleted. Nothing of it may stay.
    await mailbox.includeSubject(streamId, key);
    throw error;
  }
  return noStore({ status: 204 });
};

async function requireRoom(mailbox: EventMailbox, streamId: string, key: string): Promise<void> {
  if (await mailbox.isExcludedSubject(streamId, key)) return;
  if ((await mailbox.countExcludedSubjects(streamId)) < MAX_REMOVED_SUBJECTS) return;
  throw new ConnectorError(
    'conflict',
    `${String(MAX_REMOVED_SUBJECTS)} subjects of the stream are removed already, which is the limit`,
  );
}

async function readSubject(
  request: HttpRequest,
  context: HandlerContext,
  cost?: number,
): Promise<SubjectKeys & { readonly caller: StreamCaller; readonly streamId: string }> {
  const caller = await requireReceiver(request, context, SSF_MANAGE_ROLES, cost);
  const { stream_id: streamId, subject } = await readJsonObject(request);
  const { stream } = await requireStream(context.services, caller, streamId);
  return { caller, streamId: stream.id, ...toSubjectKeys(subject, caller.ssf.issuer) };
}
