import { ConnectorError } from '../../base/connectorError.ts';
import { defined } from '../../base/defined.ts';
import { retryOnConflict } from '../../base/retryOnConflict.ts';
import type { HandlerContext } from '../http/handler.ts';
import { recordAudit } from '../http/recordAudit.ts';
import type { EventStream } from './eventStream.ts';
import type { StreamCaller } from './requireReceiver.ts';
import { requireStream } from './requireStream.ts';
import { sealStream } from './sealedHeader.ts';
import { PUSH } from './streamDelivery.ts';

const CONFLICT_LIMIT = {
  maxTries: 8,
  toError: () => new ConnectorError('conflict', 'the stream is changed too often at once'),
};

/** A change that a receiver or an operator requests. */
interface Change {
  readonly streamId: unknown;
  readonly activity: 'update' | 'verify' | 'delete';
  /** The stream after the change. The same object means no change; `undefined` deletes the stream. */
  readonly apply: (before: EventStream) => EventStream | undefined | Promise<EventStream>;
}

/**
 * Changes one stream and audits the change. If somebody else changes the stream first, it reads the stream and applies
 * the change again. Returns the stream before and after; `after` is `undefined` if it was deleted.
 * @throws ConnectorError `itemNotFound`, `conflict` after too many tries, and what `apply` throws.
 */
export async function changeStream(
  context: HandlerContext,
  caller: StreamCaller,
  { streamId, activity, apply }: Change,
): Promise<{ readonly before: EventStream; readonly after: EventStream | undefined }> {
  const { services } = context;
  return retryOnConflict(services, CONFLICT_LIMIT, async () => {
    const { stream: before, etag } = await requireStream(services, caller, streamId);
    const applied = await apply(before);
    if (applied === before) return { before, after: applied };
    const after = applied && sealStream(caller.ssf, applied);
    const result =
      after === undefined
        ? await services.documents.deleteDocument(before, etag)
        : await services.documents.saveDocument(after, etag);
    if (result === 'conflict') return 'conflict';
    services.eventStreams.forget();
    await auditStream(context, caller, activity, before, after);
    return { before, after };
  });
}

/** Audits a change of a stream, without the secret header of its push delivery. */
export function auditStream(
  context: HandlerContext,
  { caller }: StreamCaller,
  activity: 'create' | Change['activity'],
  before: EventStream | undefined,
  after: EventStream | undefined,
): Promise<void> {
  return recordAudit(context, caller, {
    activityType: `${activity} eventStream`,
    resourceType: 'eventStream',
    resourceId: after?.id ?? before?.id ?? '',
    ...defined({ before: before && withoutHeader(before), after: after && withoutHeader(after) }),
  });
}

function withoutHeader({ delivery, ...stream }: EventStream): object {
  const shown =
    delivery.method === PUSH ? { method: PUSH, endpoint_url: delivery.endpoint_url } : delivery;
  return { ...stream, delivery: shown };
}
