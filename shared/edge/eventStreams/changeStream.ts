import { ConnectorError } from '../../base/connectorError.ts';
import { auditDone } from '../http/auditDone.ts';
import type { HandlerContext } from '../http/handler.ts';
import { pauseAfterConflict } from '../../base/pauseAfterConflict.ts';
import { PUSH, type EventStream } from './eventStream.ts';
import { requireStream, type StreamCaller } from './requireReceiver.ts';

const MAX_TRIES = 8;

/** A change that a receiver or an operator asks for. */
interface Change {
  readonly streamId: unknown;
  readonly activity: 'update' | 'verify' | 'delete';
  /** The stream after, made of the one before; the same one changes nothing, `undefined` removes it. */
  readonly apply: (before: EventStream) => EventStream | undefined | Promise<EventStream>;
}

/**
 * Changes one stream, made anew where somebody else is first, and notes it in the audit log. Returns what it was and what
 * it is; `after` is absent where it was removed.
 * @throws ConnectorError `itemNotFound`, `conflict` where others change it all the time, and what `apply` throws.
 */
export async function changeStream(
  context: HandlerContext,
  caller: StreamCaller,
  { streamId, activity, apply }: Change,
): Promise<{ readonly before: EventStream; readonly after: EventStream | undefined }> {
  const { services } = context;
  for (let attempt = 0; attempt < MAX_TRIES; attempt += 1) {
    const { stream: before, etag } = await requireStream(services, caller, streamId);
    const after = await apply(before);
    if (after === before) return { before, after };
    const result =
      after === undefined
        ? await services.documents.deleteDocument(before, etag)
        : await services.documents.saveDocument(after, etag);
    if (result !== 'conflict') {
      services.eventStreams.forget();
      await auditStream(context, caller, activity, before, after);
      return { before, after };
    }
    await pauseAfterConflict(services, attempt);
  }
  throw new ConnectorError('conflict', 'the stream is changed too often at once');
}

/** Notes what was done to a stream, without the header that it is pushed with. */
export function auditStream(
  context: HandlerContext,
  { caller }: StreamCaller,
  activity: string,
  before: EventStream | undefined,
  after: EventStream | undefined,
): Promise<void> {
  return auditDone(context, caller, {
    activityType: `${activity} eventStream`,
    resourceType: 'eventStream',
    resourceId: after?.id ?? before?.id ?? '',
    ...(before === undefined ? {} : { before: withoutHeader(before) }),
    ...(after === undefined ? {} : { after: withoutHeader(after) }),
  });
}

function withoutHeader({ delivery, ...stream }: EventStream): object {
  const shown =
    delivery.method === PUSH ? { method: PUSH, endpoint_url: delivery.endpoint_url } : delivery;
  return { ...stream, delivery: shown };
}
