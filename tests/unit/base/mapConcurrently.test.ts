import { expect, it } from 'vitest';
import { mapConcurrently } from '../../../shared/base/mapConcurrently.ts';

const items = Array.from({ length: 20 }, (_, at) => at);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('returns the results in the order of the items, whichever finishes first', async () => {
  const results = await mapConcurrently(items, 5, async (item) => {
    for (let turns = item % 3; turns >= 0; turns -= 1) await turn();
    return item * 2;
  });
  expect(results).toEqual(items.map((item) => item * 2));
});

it('runs exactly the allowed number at once', async () => {
  let running = 0;
  let most = 0;
  await mapConcurrently(items, 4, async () => {
    running += 1;
    most = Math.max(most, running);
    await turn();
    running -= 1;
  });
  expect(most).toBe(4);
});

it('throws the first failure and starts nothing after it', async () => {
  const started: number[] = [];
  const work = mapConcurrently(items, 3, async (item) => {
    started.push(item);
    await turn();
    if (item === 1) throw new RangeError('one');
  });
  await expect(work).rejects.toThrow('one');
  await turn();
  expect(started.length).toBeLessThan(7);
});

it('returns no results for no items', async () => {
  expect(await mapConcurrently([], 3, () => Promise.reject(new RangeError()))).toEqual([]);
});
