import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Announcement } from '../../../../shared/domain/announcements/announcement.ts';
import { publishBatch } from '../../../../shared/core/publishing/publishBatch.ts';
import { retryDuePublications } from '../../../../shared/core/publishing/retryDuePublications.ts';
import type { Delivery, Target } from '../../../../shared/core/ports/target.ts';
import { transitionOf } from '../../../support/announcements.ts';
import { createDice } from '../../../support/dice.ts';
import { createPublishing } from '../../../support/publishing.ts';

const DEVICES = ['phone-1', 'phone-2', 'phone-3'];
const EACH = 6;
const TARGETS = ['a', 'b', 'c'];

interface Heard {
  readonly target: string;
  readonly announcement: Announcement;
}

/**
 * Three workers and a timer on one clock: messages come late, twice, out of order and again after their worker has died
 * between any two steps; three targets fail every third time, before or after they have heard.
 */
async function simulate(seed: number): Promise<{ readonly heard: Heard[]; readonly lost: number }> {
  const random = createDice(seed);
  const publishing = createPublishing(random);
  const heard: Heard[] = [];
  let isCalm = false;
  /** Lets others go on, for a few turns. */
  const dawdle = async (): Promise<void> => {
    for (let turns = Math.floor(random() * 6); turns > 0; turns -= 1) await Promise.resolve();
  };
  const targetOf = (id: string): Target => ({
    id,
    isPaused: false,
    async deliver(announcement): Promise<Delivery> {
      await dawdle();
      const fate = isCalm ? 1 : random();
      if (fate < 0.15) return { outcome: 'failed', code: 'unreachable', reason: 'not heard' };
      heard.push({ target: id, announcement });
      await dawdle();
      if (fate < 0.3) return { outcome: 'failed', code: 'timedOut', reason: 'heard, not said' };
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
        await dawdle();
        return dependencies.publications.loadPublication(deviceId);
      },
      async savePublication(
        ...write: Parameters<typeof dependencies.publications.savePublication>
      ) {
        await dawdle();
        const saved = await dependencies.publications.savePublication(...write);
        // Dead right after the write: whoever waits for the answer never has it.
        if (!isCalm && random() < 0.1) throw new RangeError('killed');
        return saved;
      },
    },
  };

  const queue: Announcement[] = DEVICES.flatMap((deviceId) =>
    Array.from({ length: EACH }, (_, at) => transitionOf(at + 1, { deviceId })),
  );
  /** Takes some messages from near the front, works them, and gives them back where it was killed. */
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
    publishing.wait(20);
    isCalm = round > 10;
    await Promise.all([retryDuePublications(worker), retryDuePublications(worker), work()]);
  }
  return { heard, lost: publishing.deadLetters.length };
}

describe('what targets hear of devices while everything fails', () => {
  it('is every announcement, and in order the first time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const { heard, lost } = await simulate(seed);
        for (const target of TARGETS) {
          for (const deviceId of DEVICES) {
            const sequences = heard
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
