import { percentiles } from '../../node/percentiles.ts';
import { startCaepReceiver } from './caepReceiver.ts';
import { measureDeliveries } from './measureDeliveries.ts';
import type { OuterClient } from './outerClient.ts';
import { healthyDevice, type Report } from './play.ts';

const TRANSITIONS = 20;

/** Who holds a session is told: a receiver of CAEP events hears each transition as a signed token. */
export async function playDeliveries(client: OuterClient, report: Report): Promise<void> {
  const receiver = await startCaepReceiver(client.api, await client.token('receiver'));
  try {
    await healthyDevice(client, 'demo-session', report);
    const measured = await measureDeliveries(client, receiver, 'demo-session', TRANSITIONS);
    const [median = 0] = percentiles(measured, 0.5);
    report({
      title: 'event sent → signed token verified by a CAEP receiver (the time is the median)',
      expected: `${String(TRANSITIONS)} transitions told`,
      got: `${String(measured.length)} transitions told`,
      milliseconds: median,
    });
  } finally {
    await receiver.stop();
  }
}
