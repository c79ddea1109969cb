import { percentiles } from '../../node/percentiles.ts';
import { startCaepReceiver } from './caepReceiver.ts';
import { measureDeliveries } from './measureDeliveries.ts';
import type { OuterClient } from './outerClient.ts';
import { healthyDevice, type Report } from './play.ts';

const TRANSITIONS = 20;

/** A CAEP receiver, such as an app with sessions, gets each transition as a signed token. */
export async function playDeliveries(client: OuterClient, report: Report): Promise<void> {
  const receiver = await startCaepReceiver(client.api, await client.token('receiver'));
  try {
    await healthyDevice(client, 'demo-session', report);
    const measured = await measureDeliveries(client, receiver, 'demo-session', TRANSITIONS);
    const [median = 0] = percentiles(measured, 0.5);
    report({
      title: 'event sent → token verified by a CAEP receiver (median time)',
      expected: `${String(TRANSITIONS)} transitions delivered`,
      got: `${String(measured.length)} transitions delivered`,
      milliseconds: median,
    });
  } finally {
    await receiver.stop();
  }
}
