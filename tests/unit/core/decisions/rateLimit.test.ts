import { expect, it } from 'vitest';
import { createRateLimit } from '../../../../shared/core/decisions/rateLimit.ts';

const AT = Date.parse('2026-01-01T00:00:00Z');
const after = (seconds: number): Date => new Date(AT + seconds * 1000);

it('allows a burst of twice the rate, then the rate', () => {
  const limit = createRateLimit(100);
  for (let count = 0; count < 200; count += 1) limit.take('gateway', 1, after(0));
  expect(() => limit.take('gateway', 1, after(0))).toThrow(
    expect.objectContaining({ code: 'activityLimitReached', retryAfterInSeconds: 1 }),
  );
  for (let count = 0; count < 50; count += 1) limit.take('gateway', 1, after(0.5));
  expect(() => limit.take('gateway', 1, after(0.5))).toThrow('decisions a second');
});

it('allows no burst above the configured size', () => {
  const limit = createRateLimit(1, 3);
  for (let count = 0; count < 3; count += 1) limit.take('ticket', 1, after(0));
  expect(() => limit.take('ticket', 1, after(0.9))).toThrow('decisions a second');
  limit.take('ticket', 1, after(1));
});

it('counts every decision of a batch and accepts it whole or not at all', () => {
  const limit = createRateLimit(10);
  limit.take('gateway', 100, after(0));
  expect(() => limit.take('gateway', 100, after(1))).toThrow(
    expect.objectContaining({ retryAfterInSeconds: 9 }),
  );
  limit.take('gateway', 10, after(1));
});

it('accepts a batch larger than the rate once the bucket is full, then makes its caller wait', () => {
  const limit = createRateLimit(100);
  limit.take('gateway', 1000, after(0));
  expect(() => limit.take('gateway', 1, after(7))).toThrow(
    expect.objectContaining({ code: 'activityLimitReached', retryAfterInSeconds: 2 }),
  );
  expect(() => limit.take('gateway', 1000, after(9))).toThrow('limit of 100 decisions');
  limit.take('gateway', 1000, after(10));
});

it('limits each caller separately and ignores a clock that goes back', () => {
  const limit = createRateLimit(1);
  for (let count = 0; count < 100; count += 1) limit.take('a', 1, after(0));
  limit.take('b', 1, after(0));
  expect(() => limit.take('a', 1, after(-60))).toThrow('decisions a second');
});

it('forgets the least recently seen caller, not an active one', () => {
  const limit = createRateLimit(1);
  limit.take('quiet', 100, after(0));
  for (let count = 0; count < 99; count += 1) limit.take('busy', 1, after(0));
  for (let count = 0; count < 9999; count += 1) limit.take(`other-${String(count)}`, 1, after(0));
  limit.take('busy', 1, after(0));
  expect(() => limit.take('busy', 1, after(0))).toThrow('decisions a second');
  limit.take('quiet', 100, after(0));
});
