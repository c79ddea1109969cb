import { describe, expect, it } from 'vitest';
import { retryOnConflict } from '../../../shared/base/retryOnConflict.ts';

function retrying(conflicts: number, maxTries: number) {
  const pauses: number[] = [];
  let tries = 0;
  const pausing = {
    random: () => 0.5,
    pause: (milliseconds: number) => {
      pauses.push(milliseconds);
      return Promise.resolve();
    },
  };
  const result = retryOnConflict(
    pausing,
    { maxTries, toError: () => new Error('changed too often') },
    () => {
      tries += 1;
      return Promise.resolve(tries > conflicts ? { tries } : ('conflict' as const));
    },
  );
  return { result, pauses };
}

describe('retryOnConflict', () => {
  it('does not pause without a conflict', async () => {
    const { result, pauses } = retrying(0, 3);
    expect(await result).toEqual({ tries: 1 });
    expect(pauses).toEqual([]);
  });

  it('runs the work again after a conflict', async () => {
    const { result } = retrying(2, 3);
    expect(await result).toEqual({ tries: 3 });
  });

  it('pauses longer after each conflict, up to 200 ms, by chance', async () => {
    const { result, pauses } = retrying(8, 12);
    await result;
    expect(pauses).toEqual([5, 10, 20, 40, 80, 160, 200, 200].map((longest) => longest / 2));
  });

  it('throws the caller’s error after the last try', async () => {
    const { result, pauses } = retrying(Infinity, 3);
    await expect(result).rejects.toThrow('changed too often');
    expect(pauses).toHaveLength(3);
  });

  it('throws what the work throws, without another try', async () => {
    let tries = 0;
    const result = retryOnConflict(
      { random: () => 0, pause: () => Promise.resolve() },
      { maxTries: 3, toError: () => new Error('changed too often') },
      () => {
        tries += 1;
        return Promise.reject(new Error('not found'));
      },
    );
    await expect(result).rejects.toThrow('not found');
    expect(tries).toBe(1);
  });
});
