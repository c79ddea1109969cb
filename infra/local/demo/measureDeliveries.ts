import { isComplianceChange, type CaepReceiver } from './caepReceiver.ts';
import type { OuterClient } from './outerClient.ts';
import { event, send } from './play.ts';

/**
 * A device that is well goes to and fro between high risk and none: how long each time from the event to the token that the
 * receiver has verified, in milliseconds. Counted from the sending: it is accepted a little later, and the token may come
 * before the answer that says so.
 */
export async function measureDeliveries(
  client: OuterClient,
  receiver: CaepReceiver,
  deviceId: string,
  count: number,
): Promise<readonly number[]> {
  const measured: number[] = [];
  for (let each = 0; each < count; each += 1) {
    const isThreat = each % 2 === 0;
    const sentAt = performance.now();
    await send(
      client,
      event('device.risk', { deviceId, riskLevel: isThreat ? 'high' : 'minimal' }),
    );
    const status = isThreat ? 'not-compliant' : 'compliant';
    const { receivedAt } = await receiver.waitFor(
      // What came before it is of an earlier one.
      ({ claims, receivedAt: at }) => at > sentAt && isComplianceChange(claims, deviceId, status),
    );
    measured.push(receivedAt - sentAt);
  }
  return measured;
}
