import { describe, expect, it } from 'vitest';
import { toDateTime } from '../../../shared/base/dateTime.ts';

describe('toDateTime', () => {
  it.each([
    ['2026-01-31T12:00:00Z', '2026-01-31T12:00:00.000Z'],
    ['2026-01-31t12:00:00.5z', '2026-01-31T12:00:00.500Z'],
    ['2026-01-31T12:00:00.123999Z', '2026-01-31T12:00:00.123Z'],
    ['2026-01-31T00:30:00+02:00', '2026-01-30T22:30:00.000Z'],
    ['2026-01-31T23:59:59-00:00', '2026-01-31T23:59:59.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
  ])('converts %s to its canonical form', (text, canonical) => {
    expect(toDateTime(text)).toBe(canonical);
  });

  it.each([
    ['the 24th hour', '2026-01-01T24:00:00Z'],
    ['the 60th minute', '2026-01-01T00:60:00Z'],
    ['a leap second', '2016-12-31T23:59:60Z'],
    ['a day that does not exist', '2026-02-29T00:00:00Z'],
    ['a month that does not exist', '2026-13-01T00:00:00Z'],
    ['an offset of a day', '2026-01-01T00:00:00+24:00'],
    ['a missing offset', '2026-01-01T00:00:00'],
    ['a missing time', '2026-01-01'],
    ['a moment before year 0', '0000-01-01T00:00:00+01:00'],
    ['a word', 'yesterday'],
  ])('rejects %s', (_, text) => {
    expect(toDateTime(text)).toBeUndefined();
  });
});
