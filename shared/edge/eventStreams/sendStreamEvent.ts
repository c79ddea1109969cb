import { randomUUID } from 'node:crypto';
import type { SsfConfig } from '../../settings/readSsf.ts';
import type { HandlerContext } from '../http/handler.ts';
import type { EventStream } from './eventStream.ts';
import { sendSecurityEvent } from './eventStreamTargets.ts';
import { STREAM_UPDATED } from './eventTypes.ts';
import { PUSH } from './streamDelivery.ts';

const TIMEOUT_IN_MILLISECONDS = 5000;

/**
 * Sends an event about the stream itself (SSF 1.0 sections 8.1.4 and 8.1.5) by the stream's delivery method. There is
 * no retry: a receiver that misses a verification asks again. A stream that is not enabled gets no pushed event except
 * the one about its status.
 */
export async function sendStreamEvent(
  { services, log }: HandlerContext,
  ssf: SsfConfig,
  stream: EventStream,
  type: string,
  event: object,
): Promise<void> {
  const isHeldBack = stream.status !== 'enabled' && type !== STREAM_UPDATED;
  if (isHeldBack && stream.delivery.method === PUSH) return;
  const delivery = await sendSecurityEvent(
    { ...services, ssf },
    stream,
    {
      jti: randomUUID(),
      sub_id: { format: 'opaque', id: stream.id },
      events: { [type]: event },
    },
    AbortSignal.timeout(TIMEOUT_IN_MILLISECONDS),
  );
  if (delivery.outcome !== 'delivered')
    log.warn(`cannot send an event to stream \`${stream.id}\`: ${delivery.code}`);
}
