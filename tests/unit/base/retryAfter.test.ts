import { describe, expect, it } from 'vitest';
import {
  MAX_RETRY_AFTER_IN_SECONDS,
  retryAfterInSeconds,
} from '../../../shared/base/retryAfter.ts';

const NOW = new Date('2026-11-25T13:00:00Z');

describe('retryAfterInSeconds', () => {
  it.each([
    ['120', 120],
    [' 0 ', 0],
    ['3600.5', 3601],
    ['Wed, 25 Nov 2026 13:00:30 GMT', 30],
    ['Wed, 25 Nov 2026 12:00:00 GMT', 0],
    ['Wednesday, 25-Nov-26 13:00:30 GMT', 30],
    ['Saturday, 28-Nov-26 13:00:00 GMT', MAX_RETRY_AFTER_IN_SECONDS],
    ['Friday, 25-Nov-94 13:00:30 GMT', 0],
    ['Wed Nov 25 13:00:30 2026', 30],
    ['Sun Nov  1 13:00:30 2026', 0],
    ['Tue Dec  1 13:00:30 2026', MAX_RETRY_AFTER_IN_SECONDS],
    ['Wed, 25 Nov 2026 13:00:60 GMT', 60],
    ['999999999', MAX_RETRY_AFTER_IN_SECONDS],
    ['1795612000000', MAX_RETRY_AFTER_IN_SECONDS],
    ['Fri, 31 Dec 9999 23:59:59 GMT', MAX_RETRY_AFTER_IN_SECONDS],
  ])('reads %j as %d seconds', (value, seconds) => {
    expect(retryAfterInSeconds(value, NOW)).toBe(seconds);
  });

  it.each([
    null,
    '',
    '60 seconds',
    '12000 seconds',
    '30000 ms',
    '+60',
    '-1',
    '1e9',
    '60, 60',
    '1 Jan 275760',
    'Fri, 31 Dec 12000 23:59:59 GMT',
    'Fri, 99 Foo 2026 13:00:30 GMT',
    'Fri, 31 Nov 2026 13:00:30 GMT',
    'Wed, 25 Nov 2026 25:00:30 GMT',
    'Wednesday, 25-Foo-26 13:00:30 GMT',
    'Wednesday, 25-Nov-2026 13:00:30 GMT',
    'Wed Nov 25 13:00:30 2026 GMT',
    'Wed Nov 1 13:00:30 2026',
    'wed, 25 nov 2026 13:00:30 gmt',
  ])('ignores %j', (value) => {
    expect(retryAfterInSeconds(value, NOW)).toBeUndefined();
  });
});
