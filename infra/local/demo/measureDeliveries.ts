import { isComplianceChange, type CaepReceiver } from './caepReceiver.ts';
import type { OuterClient } from './outerClient.ts';
import { event, send } from './play.ts';

/**
 * Alternates a healthy device between high and minimal risk. Returns for each change the milliseconds from sending the
 * event to the token that the receiver has verified. The time starts before the send, because the token may arrive
 * before the answer to it.
 */
export async function measureDeliveries(
  client: OuterClient,
  receiver: CaepReceiver,
  deviceId: string,
  count: number,
): Promise<readonly number[]> {
  const measured: number[] = [];
  for (let at = 0; at < count; at += 1) {
    const isThreat = at % 2 === 0;
    const sentAt = performance.now();
    await send(
      client,
      event('device.risk', { deviceId, riskLevel: isThreat ? 'high' : 'minimal' }),
    );
    const status = isThreat ? 'not-compliant' : 'compliant';
    const received = await receiver.waitFor(
      // Earlier tokens belong to earlier changes.
      ({ claims, receivedAt }) =>
        receivedAt > sentAt && isComplianceChange(claims, deviceId, status),
    );
    measured.push(received.receivedAt - sentAt);
  }
  return measured;
}
