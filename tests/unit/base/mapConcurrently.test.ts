import { expect, it } from 'vitest';
import { mapConcurrently } from '../../../shared/base/mapConcurrently.ts';

const items = Array.from({ length: 20 }, (_, at) => at);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('gives the results in the order of the items, whichever comes first', async () => {
  const results = await mapConcurrently(items, 5, async (item) => {
    for (let turns = item % 3; turns >= 0; turns -= 1) await turn();
    return item * 2;
  });
  expect(results).toEqual(items.map((item) => item * 2));
});

it('works as many at once as it may, and never more', async () => {
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

it('throws the first failure and begins nothing after it', async () => {
  const begun: number[] = [];
  const work = mapConcurrently(items, 3, async (item) => {
    begun.push(item);
    await turn();
    if (item === 1) throw new RangeError('one');
  });
  await expect(work).rejects.toThrow('one');
  await turn();
  expect(begun.length).toBeLessThan(7);
});

it('has nothing to do without items', async () => {
  expect(await mapConcurrently([], 3, () => Promise.reject(new RangeError()))).toEqual([]);
});
