import { ConnectorError } from '../../base/connectorError.ts';
import { invalidRequest } from '../../base/validation/invalidRequest.ts';
import type { Services } from '../../core/services.ts';
import { toStream, type EventStream } from './eventStream.ts';
import type { StreamCaller } from './requireReceiver.ts';

const MAX_ID_LENGTH = 100;
const STREAM_ID = /^[A-Za-z0-9-]+$/;

/** A stream with the version at which it was read. */
export interface StoredStream {
  readonly stream: EventStream;
  readonly etag: string;
}

/**
 * The stream of this id, if the caller owns it or is an operator.
 * @throws ConnectorError `invalidRequest` without a stream id, `itemNotFound` also for another receiver's stream.
 */
export async function requireStream(
  { documents }: Pick<Services, 'documents'>,
  { ownerId, isOperator }: StreamCaller,
  streamId: unknown,
): Promise<StoredStream> {
  if (typeof streamId !== 'string' || streamId === '' || streamId.length > MAX_ID_LENGTH)
    throw invalidRequest('a stream id is required', {
      path: '/stream_id',
      message: 'must be the id of a stream',
    });
  const stored = STREAM_ID.test(streamId)
    ? await documents.loadDocument('eventStream', streamId)
    : undefined;
  const stream = stored && toStream(stored);
  if (stored !== undefined && stream !== undefined && (isOperator || stream.ownerId === ownerId))
    return { stream, etag: stored.etag };
  throw new ConnectorError('itemNotFound', `there is no stream \`${streamId}\``);
}
