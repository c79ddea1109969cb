import { describe, expect, it } from 'vitest';
import { backoffInSeconds } from '../../../shared/base/backoff.ts';

const BACKOFF = { firstInSeconds: 1, maxInSeconds: 30 };

describe('backoffInSeconds', () => {
  it('doubles with each attempt up to the maximum', () => {
    const longest = [0, 1, 2, 3, 4, 5, 100].map((attempt) =>
      backoffInSeconds(BACKOFF, attempt, () => 1),
    );
    expect(longest).toEqual([1, 2, 4, 8, 16, 30, 30]);
  });

  it('takes at most half of the pause away', () => {
    expect(backoffInSeconds(BACKOFF, 3, () => 0)).toBe(4);
    expect(backoffInSeconds(BACKOFF, 3, () => 0.5)).toBe(6);
  });
});
