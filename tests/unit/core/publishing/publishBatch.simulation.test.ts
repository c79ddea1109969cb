import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Announcement } from '../../../../shared/domain/announcements/announcement.ts';
import { publishBatch } from '../../../../shared/core/publishing/publishBatch.ts';
import { retryDuePublications } from '../../../../shared/core/publishing/retryDuePublications.ts';
import type { Delivery, Target } from '../../../../shared/core/ports/target.ts';
import { transitionOf } from '../../../support/transitionOf.ts';
import { createDice } from '../../../support/createDice.ts';
import { createPublishing } from '../../../support/publishing.ts';

const DEVICES = ['phone-1', 'phone-2', 'phone-3'];
const ANNOUNCEMENTS_PER_DEVICE = 6;
const TARGETS = ['a', 'b', 'c'];

interface Received {
  readonly target: string;
  readonly announcement: Announcement;
}

/**
 * Runs three workers and a timer on one clock. Messages arrive late, twice, out of order, and again after their worker
 * died between any two steps. Three targets fail every third time, before or after they accept an announcement.
 */
async function simulate(
  seed: number,
): Promise<{ readonly received: Received[]; readonly lost: number }> {
  const random = createDice(seed);
  const publishing = createPublishing(random);
  const received: Received[] = [];
  let isCalm = false;
  /** Yields to the other workers for a few turns. */
  const yieldTurns = async (): Promise<void> => {
    for (let turns = Math.floor(random() * 6); turns > 0; turns -= 1) await Promise.resolve();
  };
  const targetOf = (id: string): Target => ({
    id,
    isPaused: false,
    async deliver(announcement): Promise<Delivery> {
      await yieldTurns();
      const fate = isCalm ? 1 : random();
      if (fate < 0.15) return { outcome: 'failed', code: 'unreachable', reason: 'not received' };
      received.push({ target: id, announcement });
      await yieldTurns();
      if (fate < 0.3)
        return { outcome: 'failed', code: 'timedOut', reason: 'received, but the answer was lost' };
      return { outcome: 'delivered' };
    },
  });
  publishing.targets.push(...TARGETS.map(targetOf));
  const { dependencies } = publishing;
  const worker = {
    ...dependencies,
    publications: {
      ...dependencies.publications,
      async loadPublication(deviceId: string) {
        await yieldTurns();
        return dependencies.publications.loadPublication(deviceId);
      },
      async savePublication(
        ...write: Parameters<typeof dependencies.publications.savePublication>
      ) {
        await yieldTurns();
        const saved = await dependencies.publications.savePublication(...write);
        // The worker dies right after the write, so its caller gets no answer.
        if (!isCalm && random() < 0.1) throw new RangeError('killed');
        return saved;
      },
    },
  };

  const queue: Announcement[] = DEVICES.flatMap((deviceId) =>
    Array.from({ length: ANNOUNCEMENTS_PER_DEVICE }, (_, at) => transitionOf(at + 1, { deviceId })),
  );
  /** Takes some messages from near the front, publishes them, and returns them if the worker was killed. */
  const work = async (): Promise<void> => {
    while (queue.length > 0) {
      const batch = Array.from({ length: 1 + Math.floor(random() * 4) }, () =>
        queue.splice(Math.floor(random() * Math.min(queue.length, 5)), 1),
      ).flat();
      const again = batch.filter(() => !isCalm && random() < 0.2);
      await publishBatch(worker, batch);
      queue.push(...again);
      for (const { body } of publishing.sentLater.splice(0)) queue.push(body as Announcement);
    }
  };
  await Promise.all([work(), work(), work(), retryDuePublications(worker)]);
  for (let round = 0; round < 40; round += 1) {
    publishing.advance(20);
    isCalm = round > 10;
    await Promise.all([retryDuePublications(worker), retryDuePublications(worker), work()]);
  }
  return { received, lost: publishing.deadLetters.length };
}

describe('publishBatch with failing workers, stores and targets', () => {
  it('delivers every announcement to every target, the first time in order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const { received, lost } = await simulate(seed);
        for (const target of TARGETS) {
          for (const deviceId of DEVICES) {
            const sequences = received
              .filter((each) => each.target === target)
              .filter(({ announcement }) => announcement.deviceId === deviceId)
              .map(({ announcement }) => announcement.sequence);
            expect([...new Set(sequences)]).toEqual([1, 2, 3, 4, 5, 6]);
          }
        }
        expect(lost).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
});
