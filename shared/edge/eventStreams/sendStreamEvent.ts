import { randomUUID } from 'node:crypto';
import type { HandlerContext } from '../http/handler.ts';
import type { SsfConfig } from '../../settings/readSsf.ts';
import { PUSH, STREAM_UPDATED, type EventStream } from './eventStream.ts';
import { sendSecurityEvent } from './eventStreamTargets.ts';

const TIMEOUT_IN_MILLISECONDS = 5000;

/**
 * Sends what concerns the stream itself (SSF 1.0 sections 8.1.4 and 8.1.5), by the way that it is delivered by. Tried
 * once: a receiver that misses it asks again, and whether it comes is what it wants to know. Nothing is pushed to a stream
 * that is not enabled, but that it is not.
 */
export async function sendStreamEvent(
  { services, log }: HandlerContext,
  ssf: SsfConfig,
  stream: EventStream,
  type: string,
  event: object,
): Promise<void> {
  const isSilent = stream.status !== 'enabled' && type !== STREAM_UPDATED;
  if (isSilent && stream.delivery.method === PUSH) return;
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
    log.warn(`stream \`${stream.id}\` was not reached: ${delivery.code}`);
}
