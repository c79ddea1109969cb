import { setTimeout as pause } from 'node:timers/promises';
import { OuterClient } from '../../../infra/local/demo/outerClient.ts';
import type { StackDescription } from '../../../infra/local/stack/startStack.ts';
import { mapConcurrently } from '../../../shared/base/mapConcurrently.ts';
import type { Pace } from './createPace.ts';
import { toSepMobileEvent, type Batch } from './workload.ts';

const SENDERS = 4;
const AGAIN_AFTER_IN_MILLISECONDS = 100;

/** Sends everything until it is acknowledged. Returns the number of repeats. */
export async function sendWorkload(
  description: StackDescription,
  batches: readonly Batch[],
  pace: Pace,
): Promise<number> {
  let client = new OuterClient(description);
  let retries = 0;

  /** Repeats as a partner does: a killed worker may have accepted the request or not. */
  const insist = async (
    ask: () => ReturnType<OuterClient['request']>,
    wanted: readonly number[],
  ): Promise<void> => {
    for (;;) {
      const answer = await ask().catch(() => undefined);
      if (answer !== undefined && wanted.includes(answer.status)) return;
      // The token has expired, or could not be fetched.
      if (answer === undefined || answer.status === 401) client = new OuterClient(description);
      else if (answer.status < 500 && answer.status !== 429)
        throw new Error(`answered ${String(answer.status)}: ${answer.text}`);
      retries += 1;
      await pause(AGAIN_AFTER_IN_MILLISECONDS);
    }
  };

  await mapConcurrently(batches, SENDERS, async ({ events, enrolments }) => {
    await pace.turn(events.length);
    await mapConcurrently(enrolments, SENDERS, (deviceId) =>
      insist(
        () => client.enrol(deviceId, { operatingSystem: 'Android', osVersion: '15' }),
        [200, 201],
      ),
    );
    const sent = events.map(toSepMobileEvent);
    await insist(() => client.sendEvents(sent), [202]);
    pace.onAcknowledged(events.length);
  });
  return retries;
}
