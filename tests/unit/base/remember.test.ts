import { expect, it } from 'vitest';
import { remember } from '../../../shared/base/remember.ts';

it('reads once per period, and again after it ends or after a forget', async () => {
  let at = 0;
  let reads = 0;
  const { get, forget } = remember(
    () => Promise.resolve((reads += 1)),
    5,
    () => new Date(at),
  );
  expect([await get(), await get()]).toEqual([1, 1]);
  at = 4999;
  expect(await get()).toBe(1);
  at = 5000;
  expect(await get()).toBe(2);
  forget();
  expect(await get()).toBe(3);
});

it('does not cache a failure', async () => {
  let isAway = true;
  const { get } = remember(
    () => (isAway ? Promise.reject(new Error('away')) : Promise.resolve('here')),
    60,
    () => new Date(0),
  );
  await expect(get()).rejects.toThrow('away');
  isAway = false;
  expect(await get()).toBe('here');
});
