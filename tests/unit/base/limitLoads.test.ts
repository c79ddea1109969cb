import { expect, it } from 'vitest';
import { limitLoads, type LimitedLoads } from '../../../shared/base/limitLoads.ts';

const PER_SECOND = 3;

interface Counted extends LimitedLoads<string> {
  at: number;
  loads: number;
  isFailing: boolean;
}

/** Loads that are counted; the value of an item names the load that returned it. */
function counted(): Counted {
  const made: Counted = {
    at: 0,
    loads: 0,
    isFailing: false,
    ...limitLoads(
      (id) => {
        made.loads += 1;
        const value = `${id} ${String(made.loads)}`;
        return made.isFailing ? Promise.reject(new Error(value)) : Promise.resolve(value);
      },
      PER_SECOND,
      () => new Date(made.at),
    ),
  };
  return made;
}

const loadTimes = async (limited: Counted, times: number): Promise<readonly string[]> => {
  const values: string[] = [];
  for (let time = 0; time < times; time += 1) values.push(await limited.load('x'));
  return values;
};

it('loads an item so often a second, and then answers with the last load', async () => {
  const limited = counted();
  expect(await loadTimes(limited, 5)).toEqual(['x 1', 'x 2', 'x 3', 'x 3', 'x 3']);
  expect(await limited.load('y')).toBe('y 4');
  limited.at = 999;
  expect(await limited.load('x')).toBe('x 3');
  limited.at = 1000;
  expect(await limited.load('x')).toBe('x 5');
});

it('loads again at once after a change', async () => {
  const limited = counted();
  await loadTimes(limited, 4);
  limited.forget('x');
  expect(await limited.load('x')).toBe('x 4');
});

it('keeps no value that was loaded before a change', async () => {
  const limited = counted();
  await loadTimes(limited, 2);
  const before = limited.load('x');
  limited.forget('x');
  expect([await before, ...(await loadTimes(limited, 3))]).toEqual(['x 3', 'x 4', 'x 5', 'x 6']);
});

it('keeps no failure', async () => {
  const limited = counted();
  await loadTimes(limited, 2);
  limited.isFailing = true;
  await expect(limited.load('x')).rejects.toThrow('x 3');
  limited.isFailing = false;
  expect(await limited.load('x')).toBe('x 4');
});

it('forgets the oldest items, which are then loaded', async () => {
  const limited = counted();
  await loadTimes(limited, 4);
  for (let other = 0; other < 10_000; other += 1) await limited.load(`other-${String(other)}`);
  expect(await limited.load('x')).not.toBe('x 3');
});
